"""What customers send back, its refunds, and each line's share of the discount."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0017_past_parcels'),
    ]

    operations = [
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('position', models.PositiveSmallIntegerField(verbose_name='return')),
                ('status', models.CharField(choices=[('requested', 'Asked for'), ('approved', 'Approved, to be sent back'), ('refused', 'Refused'), ('received', 'Back at the shop'), ('closed', 'Closed')], default='requested', max_length=10)),
                ('note', models.TextField(blank=True, default='', verbose_name="the customer's words")),
                ('answer', models.TextField(blank=True, default='', verbose_name="the shop's answer")),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'commerce_return',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField()),
                ('reason', models.CharField(choices=[('too_small', 'Too small'), ('too_large', 'Too large'), ('not_as_shown', 'Not as shown'), ('damaged', 'Damaged or faulty'), ('wrong_product', 'Not what was ordered'), ('changed_mind', 'Not wanted any more')], max_length=20)),
                ('sellable', models.PositiveIntegerField(default=0, verbose_name='can be sold again')),
                ('worth_kobo', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'commerce_return_line',
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='discount_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('discount_kobo__gte', 0), ('discount_kobo__lte', models.F('total_kobo'))), name='order_line_discount_within_total'),
        ),
        migrations.AddField(
            model_name='return',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='commerce.order'),
        ),
        migrations.AddField(
            model_name='return',
            name='requested_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='returns_requested', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='goods_return',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='commerce.return'),
        ),
        migrations.AddField(
            model_name='returnline',
            name='goods_return',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='commerce.return'),
        ),
        migrations.AddField(
            model_name='returnline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returned', to='commerce.orderline'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.UniqueConstraint(fields=('order', 'position'), name='return_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('position__gt', 0)), name='return_position_positive'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['requested', 'approved', 'refused', 'received', 'closed'])), name='return_status'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['received', 'closed']), _negated=True), ('received_at__isnull', False), _connector='OR'), name='return_received_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(fields=('goods_return', 'line'), name='return_line_once'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='return_line_quantity_positive'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('worth_kobo__gte', 0)), name='return_line_worth_kobo_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('sellable__lte', models.F('quantity'))), name='return_line_sellable_within'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['too_small', 'too_large', 'not_as_shown', 'damaged', 'wrong_product', 'changed_mind'])), name='return_line_reason'),
        ),
    ]
