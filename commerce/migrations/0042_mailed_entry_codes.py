"""Codes by which somebody signs in or up by e-mail."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0041_no_asked_refunds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='onetimecode',
            name='purpose',
            field=models.CharField(choices=[('email', 'Confirms an e-mail'), ('password', 'Sets a new password'), ('close', 'Closes an account'), ('entry', 'Signs in or up by phone'), ('entry_mail', 'Signs in or up by e-mail'), ('phone', 'Confirms a phone'), ('close_sms', 'Closes an account that has no e-mail')], max_length=10),
        ),
        migrations.RemoveConstraint(
            model_name='onetimecode',
            name='one_time_code_purpose',
        ),
        AddConstraintNotValid(
            model_name='onetimecode',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['email', 'password', 'close', 'entry', 'entry_mail', 'phone', 'close_sms'])), name='one_time_code_purpose'),
        ),
    ]
