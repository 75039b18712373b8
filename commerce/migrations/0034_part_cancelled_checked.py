"""The checks of cancelled pieces, validated while orders go on being placed."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0033_part_cancelled'),
    ]

    operations = [
        ValidateConstraint(model_name='order', name='order_worth_within_total'),
        ValidateConstraint(model_name='orderline', name='order_line_cancelled_within_quantity'),
    ]
