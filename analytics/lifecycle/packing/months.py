"""Which months are packed, and which are to be. Light: the page of what is kept asks it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from analytics.lifecycle.archive import months as archive
from analytics.store.partitioning import TABLE
from zuka.platform.clock import add_months, local_day, month_start
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


def first_hot(today: date) -> date | None:
    """Return the first day of the months that stay as they came; None where all do."""
    return add_months(month_start(today), -settings.EVENT_HOT_MONTHS) if settings.EVENT_HOT_MONTHS else None


def due_months(*, at: datetime) -> list[Partition]:
    """Return the months that are to be packed, oldest first: those with events that are over, and do not leave soon."""
    hot = first_hot(local_day(at))
    if hot is None:
        return []
    packed = packed_names()
    leaving = set(archive.due_months(at=at)) if settings.ARCHIVE_EVENTS and settings.ARCHIVE_URL else set()

    def is_due(partition: Partition) -> bool:
        month = local_day(partition.start)
        is_over = month < hot and archive.is_settled(month, at=at)
        return bool(is_over and partition.rows and partition.name not in packed and month not in leaving)

    return [each for each in list_partitions(table=TABLE) if is_due(each)]
