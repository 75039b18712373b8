"""An index by which guest orders are found when their e-mail is confirmed, made while orders go on being placed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0009_accounts'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(Lower('guest_email'), condition=models.Q(('user', None)), name='order_guest_email'),
        ),
    ]
