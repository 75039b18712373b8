"""Payments at a provider: their pages, what staff must look at, and the messages that providers send."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0004_reserve_open_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(choices=[('paystack', 'Paystack'), ('flutterwave', 'Flutterwave'), ('cash', 'Cash')], max_length=20)),
                ('event', models.CharField(max_length=100)),
                ('dedupe_key', models.CharField(max_length=400)),
                ('body', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, default='', max_length=200)),
                ('attempts', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'webhook deliveries',
                'db_table': 'commerce_webhook_delivery',
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='attention',
            field=models.CharField(blank=True, choices=[('underpaid', 'Less than was due'), ('overpaid', 'More than was due'), ('order_closed', 'Paid after the order was cancelled or expired'), ('wrong_currency', 'Paid in another currency'), ('test_money', "Made with the provider's test keys"), ('refunded_twice', 'More went back than the ledger has room for')], db_default='', default='', max_length=20, verbose_name='needs attention'),
        ),
        migrations.AddField(
            model_name='payment',
            name='checked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='provider last asked'),
        ),
        migrations.AddField(
            model_name='payment',
            name='checkout_url',
            field=models.CharField(blank=True, db_default='', default='', max_length=1000, verbose_name='payment page'),
        ),
        migrations.AddField(
            model_name='payment',
            name='provider_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name="provider's id"),
        ),
        migrations.AddField(
            model_name='refund',
            name='request_key',
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='failure_reason',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='refund',
            name='provider_reference',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name="provider's reference"),
        ),
        AddConstraintNotValid(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('attention__in', ['', 'underpaid', 'overpaid', 'order_closed', 'wrong_currency', 'test_money', 'refunded_twice'])), name='payment_attention_known'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('handled_at__isnull', True)), fields=['received_at'], name='webhook_waiting'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('provider', 'dedupe_key'), name='webhook_dedupe_key_unique'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('provider__in', ['paystack', 'flutterwave', 'cash'])), name='webhook_delivery_provider'),
        ),
    ]
