"""Counted days whose events are still there are marked, so that who did what, and the pages of visits, are kept too."""

from typing import Any

from django.db import migrations

from zuka.platform.clock import day_bounds


def mark_days(apps: Any, _schema_editor: Any) -> None:
    """Mark each of those days once: one whose events were dropped would be counted as if nothing had happened."""
    counted = apps.get_model("analytics", "RollupEvent").objects
    events = apps.get_model("analytics", "Event").objects
    dirty = apps.get_model("analytics", "DirtyDay")
    days = counted.order_by("day").values_list("day", flat=True).distinct()
    found = [day for day in days if events.filter(occurred_at__range=day_bounds(day)).exists()]
    dirty.objects.bulk_create([dirty(day=day, cause="journeys") for day in found])


class Migration(migrations.Migration):
    dependencies = [("analytics", "0038_journeys")]

    operations = [migrations.RunPython(mark_days, migrations.RunPython.noop)]
