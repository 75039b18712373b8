"""How large the database is, day by day, and for how long its disk lasts."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection

from analytics.store.models import DiskUse
from zuka.platform.clock import local_day
from zuka.platform.db.files import load_sql
from zuka.platform.retention.storage import Disk

log = structlog.get_logger(__name__)
LATEST = Path(__file__).parent.parent / "store" / "sql" / "reports" / "disk_use_totals.sql"
LOOKED_BACK = timedelta(days=30)
GIGABYTE, MEGABYTE = 1_000_000_000, 1_000_000


def free_bytes(database_bytes: int) -> int | None:
    """Return what is free on PostgreSQL's disk: as it is seen, else its declared size less the database.

    None where nobody said which disk that is nor how large, or it cannot be seen.
    """
    if settings.DATABASE_DISK_PATH:
        try:
            return shutil.disk_usage(settings.DATABASE_DISK_PATH).free
        except OSError as error:
            log.warning("disk.unseen", path=settings.DATABASE_DISK_PATH, error=str(error))
    if settings.DATABASE_DISK_GB:
        return max(settings.DATABASE_DISK_GB * GIGABYTE - database_bytes, 0)
    return None


def measure_disk_use(*, at: datetime) -> DiskUse:
    """Note the size of the database on a day; a later measure of the same day replaces the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0])
    facts = {"database_bytes": size, "free_bytes": free_bytes(size), "measured_at": at}
    return DiskUse.objects.update_or_create(day=local_day(at), defaults=facts)[0]


def read_disk() -> Disk | None:
    """Return the disk as it was last measured, by the figures of the report on it; None where it never was."""
    last = DiskUse.objects.order_by("-day").first()
    if last is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(load_sql(LATEST), {"first": last.day - LOOKED_BACK, "last": last.day})
        _size, growth, _free, days_left = cursor.fetchone()
    return Disk(
        day=last.day,
        database_bytes=last.database_bytes,
        free_bytes=last.free_bytes,
        growth_bytes=None if growth is None else float(growth) * MEGABYTE,
        days_left=days_left,
        source=source_text() if last.free_bytes is not None else "",
    )


def source_text() -> str:
    """Return by what is known how much is free."""
    if settings.DATABASE_DISK_PATH:
        return f"seen at {settings.DATABASE_DISK_PATH}"
    return f"of {settings.DATABASE_DISK_GB:,} GB, as DATABASE_DISK_GB says"
