"""The index of orders by cart, made while orders go on being placed."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0002_cart_address_review_stock'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='order',
            index=models.Index(condition=models.Q(('cart__isnull', False)), fields=['cart'], name='order_cart'),
        ),
    ]
