"""An index of one product's days, made while rollups go on being filled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('analytics', '0008_ingest_alerts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='rollupproduct',
            index=models.Index(fields=['product_ref', 'day'], name='rollup_products_of_one'),
        ),
    ]
