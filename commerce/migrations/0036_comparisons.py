"""What providers list of each day beside the ledger, and how they differ."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0035_coupons_together'),
    ]

    operations = [
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('unknown_money', 'Money of no payment of ours'), ('not_taken', 'Money that our payment did not take'), ('not_listed', 'Paid here, unknown to the provider'), ('amount', 'Another amount'), ('currency', 'Another currency'), ('test_money', 'Paid here, made with test keys'), ('unknown_refund', 'Given back there, not here'), ('refund_not_listed', 'Given back here, not there'), ('refund_amount', 'Another amount was given back')], max_length=20)),
                ('subject_key', models.CharField(max_length=250)),
                ('reference', models.CharField(blank=True, default='', max_length=200)),
                ('provider_id', models.CharField(blank=True, default='', max_length=100, verbose_name="provider's id")),
                ('provider_kobo', models.BigIntegerField(blank=True, null=True)),
                ('provider_currency', models.CharField(blank=True, default='', max_length=3)),
                ('ledger_kobo', models.BigIntegerField(blank=True, null=True)),
                ('ledger_currency', models.CharField(blank=True, default='', max_length=3)),
                ('explanation', models.CharField(blank=True, default='', max_length=500)),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(verbose_name='last seen')),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolution', models.CharField(blank=True, choices=[('agrees', 'A later comparison agreed'), ('staff', 'Dealt with by staff')], default='', max_length=10)),
                ('note', models.TextField(blank=True, default='')),
            ],
            options={
                'verbose_name': 'difference from a provider',
                'verbose_name_plural': 'differences from providers',
                'db_table': 'commerce_payment_difference',
            },
        ),
        migrations.CreateModel(
            name='PaymentComparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('provider', models.CharField(choices=[('paystack', 'Paystack'), ('flutterwave', 'Flutterwave'), ('cash', 'Cash')], max_length=20)),
                ('money_date', models.DateField(verbose_name='day')),
                ('currency', models.CharField(default='NGN', max_length=3)),
                ('status', models.CharField(choices=[('waiting', 'Waits for a worker'), ('running', 'Under way'), ('finished', 'Compared'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('failure_reason', models.TextField(blank=True, default='')),
                ('provider_count', models.PositiveIntegerField(default=0)),
                ('provider_kobo', models.BigIntegerField(default=0)),
                ('fee_kobo', models.BigIntegerField(default=0)),
                ('ledger_count', models.PositiveIntegerField(default=0)),
                ('ledger_kobo', models.BigIntegerField(default=0)),
                ('provider_refund_count', models.PositiveIntegerField(default=0)),
                ('provider_refund_kobo', models.BigIntegerField(default=0)),
                ('ledger_refund_count', models.PositiveIntegerField(default=0)),
                ('ledger_refund_kobo', models.BigIntegerField(default=0)),
                ('open_refund_count', models.PositiveIntegerField(default=0, verbose_name='refunds under way there')),
                ('other_currency_count', models.PositiveIntegerField(default=0, verbose_name='payments in other currencies')),
                ('settled_count', models.PositiveIntegerField(default=0, verbose_name='taken into the ledger by this')),
                ('note', models.TextField(blank=True, default='')),
            ],
            options={
                'verbose_name': 'comparison with a provider',
                'verbose_name_plural': 'comparisons with providers',
                'db_table': 'commerce_payment_comparison',
            },
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_attention_known',
        ),
        migrations.AddField(
            model_name='refund',
            name='listed_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=100, verbose_name="id in the provider's lists"),
        ),
        migrations.AlterField(
            model_name='payment',
            name='attention',
            field=models.CharField(blank=True, choices=[('underpaid', 'Less than was due'), ('overpaid', 'More than was due'), ('order_closed', 'Paid after the order was cancelled or expired'), ('wrong_currency', 'Paid in another currency'), ('test_money', "Made with the provider's test keys"), ('refunded_twice', 'More went back than the ledger has room for'), ('differs', 'Not as the provider lists it')], db_default='', default='', max_length=20, verbose_name='needs attention'),
        ),
        AddConstraintNotValid(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('attention__in', ['', 'underpaid', 'overpaid', 'order_closed', 'wrong_currency', 'test_money', 'refunded_twice', 'differs'])), name='payment_attention_known'),
        ),
        migrations.AddField(
            model_name='difference',
            name='payment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='commerce.payment'),
        ),
        migrations.AddField(
            model_name='difference',
            name='refund',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='commerce.refund'),
        ),
        migrations.AddField(
            model_name='difference',
            name='resolved_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paymentcomparison',
            name='asked_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='difference',
            name='comparison',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='commerce.paymentcomparison'),
        ),
        migrations.AddConstraint(
            model_name='paymentcomparison',
            constraint=models.UniqueConstraint(fields=('money_date', 'provider'), name='payment_comparison_day_unique'),
        ),
        migrations.AddConstraint(
            model_name='paymentcomparison',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='payment_comparison_currency'),
        ),
        migrations.AddConstraint(
            model_name='paymentcomparison',
            constraint=models.CheckConstraint(condition=models.Q(('provider__in', ['paystack', 'flutterwave', 'cash'])), name='payment_comparison_provider'),
        ),
        migrations.AddConstraint(
            model_name='paymentcomparison',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'running', 'finished', 'failed'])), name='payment_comparison_status'),
        ),
        migrations.AddConstraint(
            model_name='paymentcomparison',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['finished', 'failed']), _negated=True), ('finished_at__isnull', False), _connector='OR'), name='payment_comparison_ended_has_moment'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['-id'], name='payment_difference_open'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('comparison', 'kind', 'subject_key'), name='payment_difference_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['unknown_money', 'not_taken', 'not_listed', 'amount', 'currency', 'test_money', 'unknown_refund', 'refund_not_listed', 'refund_amount'])), name='payment_difference_kind'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('resolution__in', ['', 'agrees', 'staff'])), name='payment_difference_resolution'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolution', ''), ('resolved_at__isnull', True)), models.Q(('resolved_at__isnull', False), models.Q(('resolution', ''), _negated=True)), _connector='OR'), name='payment_difference_resolved_why'),
        ),
    ]
