"""Why the pieces on hand changed: a table that is only ever added to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REASONS = [
    ('opening', 'Opening stock'),
    ('received', 'Received'),
    ('counted', 'Counted'),
    ('damaged', 'Damaged'),
    ('lost', 'Lost'),
    ('corrected', 'Corrected'),
    ('imported', 'Import'),
    ('shipped', 'Shipped'),
    ('refused', 'Refused at the door'),
    ('returned', 'Returned'),
]
REFUSE = """
CREATE FUNCTION zuka_refuse_stock_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are never changed or deleted: write another one'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER zuka_stock_movement_kept BEFORE UPDATE OR DELETE ON commerce_stock_movement
    FOR EACH ROW EXECUTE FUNCTION zuka_refuse_stock_change();
"""
ALLOW = """
DROP TRIGGER zuka_stock_movement_kept ON commerce_stock_movement;
DROP FUNCTION zuka_refuse_stock_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0013_fill_catalog_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=64)),
                ('change', models.IntegerField()),
                ('balance_after', models.IntegerField()),
                ('reason', models.CharField(choices=REASONS, max_length=10)),
                ('order_number', models.CharField(blank=True, default='', max_length=30, verbose_name='order')),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('moved_at', models.DateTimeField()),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stock_movements', to=settings.AUTH_USER_MODEL)),
                ('variant', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='movements', to='commerce.productvariant')),
            ],
            options={
                'db_table': 'commerce_stock_movement',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['variant', '-id'], name='stock_movement_variant')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('reason__in', [name for name, _ in REASONS])), name='stock_movement_reason'),
                    models.CheckConstraint(condition=models.Q(('balance_after__gte', 0)), name='stock_movement_balance_after_not_negative'),
                    models.CheckConstraint(condition=models.Q(('change', 0), _negated=True), name='stock_movement_changes'),
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
