"""An index of one person's days, made while rollups go on being filled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('analytics', '0012_recency'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='rollupvisitor',
            index=models.Index(fields=['person_key', 'day'], name='rollup_visitors_days'),
        ),
    ]
