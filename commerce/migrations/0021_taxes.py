"""Taxes on what is sold, and what of an order is tax."""

from django.contrib.postgres.operations import AddConstraintNotValid
import django.core.validators
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0020_returns_checked'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('name', models.CharField(default='VAT', help_text='As customers read it.', max_length=40)),
                ('country', models.CharField(default='NG', help_text='ISO 3166 code, for example NG.', max_length=2)),
                ('state', models.CharField(blank=True, default='', help_text='Empty: the rest of the country.', max_length=100)),
                ('basis_points', models.PositiveIntegerField(help_text='750 is 7.5 %.', validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='hundredths of a percent')),
                ('is_included', models.BooleanField(default=True, verbose_name='included in prices')),
                ('for_delivery', models.BooleanField(default=True, verbose_name='delivery is taxed too')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'db_table': 'commerce_tax_rate',
            },
        ),
        migrations.AddField(
            model_name='order',
            name='tax_included_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='order',
            name='tax_title',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='orderline',
            name='tax_included_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='orderline',
            name='tax_kobo',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        AddConstraintNotValid(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('tax_included_kobo__gte', 0)), name='order_tax_included_kobo_not_negative'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('tax_kobo__gte', 0)), name='order_line_tax_kobo_not_negative'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('tax_included_kobo__gte', 0)), name='order_line_tax_included_kobo_not_negative'),
        ),
        migrations.AddField(
            model_name='taxrate',
            name='exempt',
            field=models.ManyToManyField(blank=True, related_name='tax_rates', to='commerce.category'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('basis_points__lte', 10000)), name='tax_rate_basis_points'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='tax_rate_country'),
        ),
        migrations.AddConstraint(
            model_name='taxrate',
            constraint=models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('country', 'state'), name='tax_rate_one_a_place'),
        ),
    ]
