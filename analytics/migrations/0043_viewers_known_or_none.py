from django.db import migrations

# Going back, the column is NOT NULL again: what is not known of a month as a whole is then written as none.
BACK = "UPDATE rollup_products SET viewers = 0 WHERE viewers IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0042_compacted_periods"),
    ]

    operations = [
        migrations.RunSQL(migrations.RunSQL.noop, BACK),
    ]
