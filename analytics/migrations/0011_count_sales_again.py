"""Days with orders are counted again by the worker, so that the new rollups and columns know the past."""

from django.db import migrations

MARK = "INSERT INTO analytics_dirty_days (day, cause) SELECT DISTINCT day, 'release' FROM rollup_orders"


class Migration(migrations.Migration):
    dependencies = [
        ('analytics', '0010_sales_rollups'),
    ]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
