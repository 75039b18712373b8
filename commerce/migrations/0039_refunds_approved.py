"""Refunds that a second member of staff approves or declines."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0038_no_comparisons'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_status',
        ),
        migrations.AddField(
            model_name='refund',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='decision_note',
            field=models.TextField(blank=True, db_default='', default='', verbose_name='why it was approved or declined'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='status',
            field=models.CharField(choices=[('asked', 'Waits for approval'), ('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('declined', 'Declined')], default='pending', max_length=10),
        ),
        AddConstraintNotValid(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('status', 'declined'), models.Q(('decided_by', models.F('refunded_by')), _negated=True), _connector='OR'), name='refund_not_approved_by_who_asked'),
        ),
        AddConstraintNotValid(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['asked', 'pending', 'succeeded', 'failed', 'declined'])), name='refund_status'),
        ),
    ]
