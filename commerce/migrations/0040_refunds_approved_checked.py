"""The checks of refunds, validated while refunds go on being made."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0039_refunds_approved'),
    ]

    operations = [
        ValidateConstraint(model_name='refund', name='refund_not_approved_by_who_asked'),
        ValidateConstraint(model_name='refund', name='refund_status'),
    ]
