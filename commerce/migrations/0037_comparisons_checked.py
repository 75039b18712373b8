"""The check of what needs attention, validated while orders go on being paid."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0036_comparisons'),
    ]

    operations = [
        ValidateConstraint(model_name='payment', name='payment_attention_known'),
    ]
