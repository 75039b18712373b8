"""How long the people of past days had been away, in one statement: recounting each day would take minutes."""

from django.db import migrations

FILL = """
INSERT INTO rollup_recency (day, days_away, visitors)
SELECT day, days_away, count(*)
FROM (
    SELECT day, coalesce(day - lag(day) OVER (PARTITION BY person_key ORDER BY day), 0) AS days_away
    FROM rollup_visitors
) AS visits
GROUP BY day, days_away
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ('analytics', '0013_visitors_days'),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
