"""The products that were there before their index was."""

from django.db import migrations

FILL = "SELECT commerce_index_products(ARRAY(SELECT id FROM commerce_product))"


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0012_catalog_search_indexes'),
    ]

    operations = [
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
    ]
