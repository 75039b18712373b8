"""The index of rejected events by key, made while events go on being rejected."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('analytics', '0005_ingest_counts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='rejectedevent',
            index=models.Index(fields=['source_key', '-received_at'], name='rejected_key_time'),
        ),
    ]
