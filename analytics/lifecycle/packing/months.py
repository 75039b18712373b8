"""Which months are packed, and which are to be. Light: the page of what is kept asks it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from analytics.lifecycle.archive.months import STILL_CHANGING, is_switched_on
from analytics.lifecycle.archive.months import due_months as months_to_archive
from analytics.store.partitioning import TABLE
from zuka.platform.clock import add_months, local_day
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import Partition, list_partitions

FOLDER = Path(__file__).parents[2] / "store" / "sql" / "packing"
# A partition's own mark, in PostgreSQL's catalogue: it goes with the table, whatever becomes of it. To fill pages of
# rows wholly is what a table does anyway.
FULL = "fillfactor=100"


def packed_names() -> set[str]:
    """Return the names of the partitions that are packed."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "packed.sql"), {"table": TABLE, "mark": FULL})
        return {name for (name,) in cursor.fetchall()}


def packed_from(month: date) -> date:
    """Return the day from which on a month is packed, unless none ever is."""
    return max(add_months(month, settings.EVENT_HOT_MONTHS + 1), add_months(month, 1) + STILL_CHANGING)


def due_months(*, at: datetime) -> list[Partition]:
    """Return the months that are to be packed, oldest first: those with events that are over, and do not leave soon."""
    if not settings.EVENT_HOT_MONTHS:
        return []
    today, packed = local_day(at), packed_names()
    leaving = set(months_to_archive(at=at)) if is_switched_on() else set()

    def is_due(partition: Partition) -> bool:
        month = local_day(partition.start)
        is_over = partition.rows and packed_from(month) <= today
        return bool(is_over and partition.name not in packed and month not in leaving)

    return [each for each in list_partitions(table=TABLE) if is_due(each)]
