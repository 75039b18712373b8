"""Pieces of orders that were placed before stock was reserved, and are not shipped yet."""

from django.db import migrations

RESERVE = """
UPDATE commerce_product_variant
SET stock_reserved = least(pieces.quantity, stock_on_hand)
FROM (
    SELECT variant_id, sum(quantity) AS quantity
    FROM commerce_order_line
    JOIN commerce_order ON commerce_order.id = commerce_order_line.order_id
    WHERE commerce_order.status IN ('placed', 'confirmed')
        AND commerce_order.fulfilment_status IN ('unfulfilled', 'packed')
    GROUP BY variant_id
) AS pieces
WHERE pieces.variant_id = commerce_product_variant.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0003_order_cart_index'),
    ]

    operations = [
        migrations.RunSQL(RESERVE, reverse_sql="UPDATE commerce_product_variant SET stock_reserved = 0"),
    ]
