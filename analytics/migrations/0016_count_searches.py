"""Days that had searches or sign-ins before these were counted are marked for counting."""

from typing import Any

from django.db import migrations


def mark_days(apps: Any, _schema_editor: Any) -> None:
    """Mark each of those days once."""
    counted = apps.get_model("analytics", "RollupEvent").objects
    dirty = apps.get_model("analytics", "DirtyDay")
    found = counted.filter(event_type__in=("product.searched", "user.logged_in"))
    days = found.order_by("day").values_list("day", flat=True).distinct()
    dirty.objects.bulk_create([dirty(day=day, cause="searches") for day in days])


class Migration(migrations.Migration):
    dependencies = [("analytics", "0015_search_and_logins")]

    operations = [migrations.RunPython(mark_days, migrations.RunPython.noop)]
