"""Pieces that were cancelled or refused while the rest of their order went on, and returns asked for twice."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0032_sign_in_providers'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='taken_off_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='cancelled_quantity',
            field=models.IntegerField(db_default=0, default=0, verbose_name='cancelled'),
        ),
        migrations.AddField(
            model_name='return',
            name='idempotency_key',
            field=models.CharField(blank=True, editable=False, max_length=200, null=True),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('taken_off_kobo__gte', 0), ('taken_off_kobo__lte', models.F('total_kobo'))), name='order_worth_within_total'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('cancelled_quantity__gte', 0), ('cancelled_quantity__lte', models.F('quantity'))), name='order_line_cancelled_within_quantity'),
        ),
    ]
