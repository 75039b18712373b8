"""Which months of events exist: as far back as raw events are kept, three months ahead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connections

from analytics.store.models import AWAY_STATES, ArchivedMonth
from zuka.platform import clock
from zuka.platform.db.partitions import ensure_partitions, list_partitions

TABLE = "analytics_events"
MONTHS_AHEAD = 3


def ensure_event_partitions(using: str = "default", *, today: date | None = None, **_signal: Any) -> list[str]:
    """Create the missing months around today and return their names. Runs daily, at start and after migrate.

    Not those that are in the archive: an event beside them would be in none of their counts.
    """
    day = today or clock.local_day(clock.now())
    first = clock.add_months(day, -settings.EVENT_RETENTION_MONTHS)
    last = clock.add_months(day, MONTHS_AHEAD)
    return ensure_partitions(table=TABLE, first=first, last=last, but=archived_months(using), using=using)


def archived_months(using: str = "default") -> set[date]:
    """Return the months that are in the archive; none while the table that says so is not there (a migration back)."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [ArchivedMonth._meta.db_table])  # noqa: SLF001 - Django's API
        is_there = cursor.fetchone()[0]
    away = ArchivedMonth.objects.using(using).filter(state__in=AWAY_STATES)
    return set(away.values_list("month", flat=True)) if is_there else set()


def event_months() -> list[tuple[datetime, datetime]]:
    """Return `[start, end)` of the months that can take events, oldest first."""
    return [(each.start, each.end) for each in list_partitions(table=TABLE)]


def months_ahead(today: date, starts: list[date]) -> int:
    """Return how many whole months after today's have a partition."""
    return sum(start > clock.month_start(today) for start in starts)
