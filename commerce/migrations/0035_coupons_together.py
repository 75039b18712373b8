"""Coupons that may be used together, and what each took off an order."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0034_part_cancelled_checked'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='stackable',
            field=models.BooleanField(db_default=False, default=False, help_text='Customers may use it together with others that allow it. Percentages come off first, then amounts.', verbose_name='with other codes'),
        ),
        migrations.AddField(
            model_name='order',
            name='coupons',
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
