"""Days of the last month that had views of products are marked, so that their pairs are counted."""

from datetime import timedelta
from typing import Any

from django.db import migrations

from zuka.platform.clock import local_day, now

COUNTED = timedelta(days=30)


def mark_days(apps: Any, _schema_editor: Any) -> None:
    """Mark each of those days once."""
    counted = apps.get_model("analytics", "RollupEvent").objects
    dirty = apps.get_model("analytics", "DirtyDay")
    found = counted.filter(event_type="product.viewed", day__gt=local_day(now()) - COUNTED)
    days = found.order_by("day").values_list("day", flat=True).distinct()
    dirty.objects.bulk_create([dirty(day=day, cause="viewed_pairs") for day in days])


class Migration(migrations.Migration):
    dependencies = [("analytics", "0033_viewed_pairs")]

    operations = [migrations.RunPython(mark_days, migrations.RunPython.noop)]
