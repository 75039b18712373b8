"""The index of mails that are not forgotten yet, made while mails go on being queued."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('platform', '0004_mail_headers'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('recipient', ''), _negated=True), fields=['queued_at'], name='outgoing_mail_kept'),
        ),
    ]
