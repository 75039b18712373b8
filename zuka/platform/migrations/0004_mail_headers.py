"""Headers of a mail beside the usual ones."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('platform', '0003_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='headers',
            field=models.JSONField(db_default={}, default=dict, help_text='Beside the usual ones.'),
        ),
    ]
