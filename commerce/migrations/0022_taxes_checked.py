"""The checks of taxes, validated while orders go on being placed."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0021_taxes'),
    ]

    operations = [
        ValidateConstraint(model_name='order', name='order_tax_included_kobo_not_negative'),
        ValidateConstraint(model_name='orderline', name='order_line_tax_kobo_not_negative'),
        ValidateConstraint(model_name='orderline', name='order_line_tax_included_kobo_not_negative'),
    ]
