"""The sizes and colours of the products that were there before."""

from django.db import migrations

FILL = "SELECT commerce_index_choices(ARRAY(SELECT id FROM commerce_product))"


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0027_choices_of_products'),
    ]

    operations = [
        migrations.RunSQL(FILL, reverse_sql=migrations.RunSQL.noop),
    ]
