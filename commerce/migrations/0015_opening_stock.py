"""What was on hand before movements were written is their first one."""

from django.db import migrations

OPEN = """
INSERT INTO commerce_stock_movement
    (variant_id, sku, change, balance_after, reason, order_number, note, moved_at)
SELECT id, sku, stock_on_hand, stock_on_hand, 'opening', '', '', now()
FROM commerce_product_variant
WHERE stock_on_hand <> 0
ORDER BY id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0014_stock_movements'),
    ]

    operations = [
        # Going back deletes nothing here: the table itself goes with the migration before.
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
    ]
