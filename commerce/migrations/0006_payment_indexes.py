"""Indexes of payments under way and to be looked at, made while orders go on being paid."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0005_online_payments'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['created_at'], name='payment_waiting'),
        ),
        AddIndexConcurrently(
            model_name='payment',
            index=models.Index(condition=models.Q(('attention', ''), _negated=True), fields=['-id'], name='payment_attention'),
        ),
        ValidateConstraint(model_name='payment', name='payment_attention_known'),
    ]
