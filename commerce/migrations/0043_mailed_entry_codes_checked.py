"""The check of the purposes of codes, validated while codes go on being made."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0042_mailed_entry_codes'),
    ]

    operations = [
        ValidateConstraint(model_name='onetimecode', name='one_time_code_purpose'),
    ]
