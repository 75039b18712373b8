"""Each line's share of what a coupon took off past orders; what came off the delivery is no line's."""

from django.db import migrations

SPREAD = """
UPDATE commerce_order_line
SET discount_kobo = shares.share
FROM (
    SELECT
        id,
        div(discount * upto, subtotal) - div(discount * (upto - total_kobo), subtotal) AS share
    FROM (
        SELECT
            commerce_order_line.id,
            commerce_order_line.total_kobo,
            least(commerce_order.discount_kobo, commerce_order.subtotal_kobo)::numeric AS discount,
            commerce_order.subtotal_kobo AS subtotal,
            sum(commerce_order_line.total_kobo) OVER (
                PARTITION BY commerce_order_line.order_id ORDER BY commerce_order_line.id
            ) AS upto
        FROM commerce_order_line
        JOIN commerce_order ON commerce_order.id = commerce_order_line.order_id
        WHERE commerce_order.discount_kobo > 0
            AND commerce_order.subtotal_kobo > 0
            AND NOT EXISTS (
                SELECT
                FROM commerce_coupon_redemption
                JOIN commerce_coupon ON commerce_coupon.id = commerce_coupon_redemption.coupon_id
                WHERE commerce_coupon_redemption.order_id = commerce_order.id
                    AND commerce_coupon.kind = 'free_shipping'
            )
    ) AS running
) AS shares
WHERE shares.id = commerce_order_line.id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0018_returns'),
    ]

    operations = [
        migrations.RunSQL(SPREAD, reverse_sql="UPDATE commerce_order_line SET discount_kobo = 0 WHERE discount_kobo > 0"),
    ]
