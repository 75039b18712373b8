"""One parcel for each order that was sent before parcels were kept, with all that was ordered in it."""

from django.db import migrations

PARCELS = """
INSERT INTO commerce_shipment (
    order_id, position, status, courier, tracking_number, tracking_url, shipped_at, delivered_at, refused_at,
    created_at, updated_at
)
SELECT
    id,
    1,
    way.status,
    coalesce(shipping_provider, ''),
    coalesce(tracking_number, ''),
    '',
    coalesce(shipped_at, delivered_at, placed_at),
    CASE WHEN way.status = 'delivered' THEN coalesce(delivered_at, shipped_at, placed_at) END,
    CASE WHEN way.status = 'refused' THEN coalesce(
        (
            SELECT max(occurred_at)
            FROM commerce_order_event
            WHERE order_id = commerce_order.id AND kind = 'fulfilment' AND to_state = 'refused'
        ),
        shipped_at,
        placed_at
    ) END,
    coalesce(shipped_at, delivered_at, placed_at),
    now()
FROM commerce_order
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN fulfilment_status = 'shipped' THEN 'shipped'
        WHEN fulfilment_status = 'delivered' OR fulfilment_status = 'returned' AND delivered_at IS NOT NULL
            THEN 'delivered'
        ELSE 'refused'
    END AS status
) AS way
WHERE fulfilment_status IN ('shipped', 'delivered', 'refused', 'returned')
    AND NOT EXISTS (SELECT FROM commerce_shipment WHERE order_id = commerce_order.id)
"""
LINES = """
INSERT INTO commerce_shipment_line (shipment_id, line_id, quantity)
SELECT commerce_shipment.id, commerce_order_line.id, commerce_order_line.quantity
FROM commerce_shipment
JOIN commerce_order_line ON commerce_order_line.order_id = commerce_shipment.order_id
WHERE NOT EXISTS (SELECT FROM commerce_shipment_line WHERE shipment_id = commerce_shipment.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0016_parcels'),
    ]

    operations = [
        # The way back drops both tables: what orders say of their one parcel was never touched.
        migrations.RunSQL([PARCELS, LINES], reverse_sql=migrations.RunSQL.noop),
    ]
