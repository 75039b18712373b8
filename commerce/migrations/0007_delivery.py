"""Where the shop delivers, and for how much."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0006_payment_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='shipping_method',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.CreateModel(
            name='ShippingZone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('country', models.CharField(default='NG', help_text='ISO 3166 code, for example NG.', max_length=2)),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text='States, separated by commas. Empty: the rest of the country.', size=None)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'db_table': 'commerce_shipping_zone',
                'constraints': [models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='shipping_zone_country'), models.UniqueConstraint(condition=models.Q(('is_active', True), ('states', [])), fields=('country',), name='shipping_zone_one_rest_a_country')],
            },
        ),
        migrations.CreateModel(
            name='ShippingRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(help_text='As customers read it, for example Standard or By motorbike.', max_length=100)),
                ('currency', models.CharField(default='NGN', max_length=3)),
                ('amount_kobo', models.BigIntegerField()),
                ('free_from_kobo', models.BigIntegerField(blank=True, null=True)),
                ('min_days', models.PositiveSmallIntegerField(default=1, verbose_name='days, at least')),
                ('max_days', models.PositiveSmallIntegerField(default=5, verbose_name='days, at most')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='commerce.shippingzone')),
            ],
            options={
                'db_table': 'commerce_shipping_rate',
                'ordering': ['amount_kobo', 'id'],
                'constraints': [models.UniqueConstraint(fields=('zone', 'name', 'currency'), name='shipping_rate_name_unique'), models.CheckConstraint(condition=models.Q(('amount_kobo__gte', 0)), name='shipping_rate_amount_kobo_not_negative'), models.CheckConstraint(condition=models.Q(('free_from_kobo__gte', 0)), name='shipping_rate_free_from_kobo_not_negative'), models.CheckConstraint(condition=models.Q(('max_days__gte', models.F('min_days'))), name='shipping_rate_days'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='shipping_rate_currency')],
            },
        ),
    ]
