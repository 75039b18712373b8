"""`manage.py partitions`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from analytics.store.partitioning import TABLE, ensure_event_partitions
from zuka.platform.db.partitions import list_partitions


class Command(BaseCommand):
    """Create the months of events that are missing, then list all of them."""

    help = "Create missing monthly partitions of events and list them with their sizes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        made = set(ensure_event_partitions())
        for each in list_partitions(table=TABLE):
            mark = "  new" if each.name in made else ""
            self.stdout.write(f"{each.name}  {each.size / 1_048_576:8.1f} MB  about {each.rows} rows{mark}")
