"""The checks of groups of notices, validated while choices go on being made."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0051_reward_notices'),
    ]

    operations = [
        ValidateConstraint(model_name='addressoptout', name='address_opt_out_group'),
        ValidateConstraint(model_name='notificationpreference', name='notification_preference_group'),
    ]
