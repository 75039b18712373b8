"""Codes that take something off an order, and their uses."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0007_delivery'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('code', models.CharField(help_text='Customers may type it in small letters.', max_length=40, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9_-]{3,40}$', '3 to 40 letters, digits, - or _.')])),
                ('name', models.CharField(max_length=100)),
                ('description', models.TextField(blank=True, default='')),
                ('kind', models.CharField(choices=[('percentage', 'A share of the goods'), ('fixed', 'An amount'), ('free_shipping', 'The delivery')], max_length=20)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('currency', models.CharField(default='NGN', max_length=3)),
                ('amount_kobo', models.BigIntegerField(blank=True, null=True)),
                ('min_spend_kobo', models.BigIntegerField(blank=True, null=True)),
                ('max_discount_kobo', models.BigIntegerField(blank=True, null=True)),
                ('usage_limit', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses in all')),
                ('user_limit', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses a customer')),
                ('usage_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='used')),
                ('valid_from', models.DateTimeField(blank=True, null=True)),
                ('valid_until', models.DateTimeField(blank=True, null=True)),
                ('for_all_goods', models.BooleanField(default=True)),
                ('for_reduced', models.BooleanField(default=True, verbose_name='also for reduced products')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('categories', models.ManyToManyField(blank=True, related_name='coupons', to='commerce.category')),
                ('products', models.ManyToManyField(blank=True, related_name='coupons', to='commerce.product')),
            ],
            options={
                'db_table': 'commerce_coupon',
            },
        ),
        migrations.CreateModel(
            name='CouponRedemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guest', models.CharField(blank=True, default='', help_text="A guest's e-mail, else their phone.", max_length=254)),
                ('discount_kobo', models.BigIntegerField()),
                ('redeemed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('coupon', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='commerce.coupon')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='commerce.order')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='redemptions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'commerce_coupon_redemption',
            },
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Upper('code'), name='coupon_code_unique'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['percentage', 'fixed', 'free_shipping'])), name='coupon_kind'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='coupon_currency'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'percentage'), _negated=True), models.Q(('percent__gt', 0), ('percent__isnull', False), ('percent__lte', 100)), _connector='OR'), name='coupon_percentage_has_percent'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'fixed'), _negated=True), models.Q(('amount_kobo__gt', 0), ('amount_kobo__isnull', False)), _connector='OR'), name='coupon_fixed_has_amount'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('min_spend_kobo__gte', 0)), name='coupon_min_spend_kobo_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('max_discount_kobo__gt', 0)), name='coupon_max_discount_kobo_positive'),
        ),
        migrations.AddConstraint(
            model_name='coupon',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_from', None), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='coupon_window'),
        ),
        migrations.AddConstraint(
            model_name='couponredemption',
            constraint=models.UniqueConstraint(fields=('coupon', 'order'), name='coupon_redemption_once_an_order'),
        ),
        migrations.AddConstraint(
            model_name='couponredemption',
            constraint=models.CheckConstraint(condition=models.Q(('discount_kobo__gte', 0)), name='coupon_redemption_discount_kobo_not_negative'),
        ),
    ]
