"""The check of what orders were worth when they earned their points, while orders go on being placed."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('commerce', '0053_points_settled_kobo'),
    ]

    operations = [
        ValidateConstraint(model_name='order', name='order_points_settled_kobo_not_negative'),
    ]
