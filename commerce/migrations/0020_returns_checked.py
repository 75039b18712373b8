"""The check of lines' discounts, validated while orders go on being placed."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0019_past_discounts'),
    ]

    operations = [
        ValidateConstraint(model_name='orderline', name='order_line_discount_within_total'),
    ]
