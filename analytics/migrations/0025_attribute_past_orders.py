"""Counted days are marked to be counted again, when there is time, so that orders of before are attributed too."""

from django.db import migrations

MARK = """
    INSERT INTO analytics_dirty_days (day, cause)
    SELECT DISTINCT day, 'identity' FROM analytics_fill_state WHERE rows > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ('analytics', '0024_attribution'),
    ]

    operations = [
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
