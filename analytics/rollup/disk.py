"""How large the database is, day by day."""

from __future__ import annotations

import shutil
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection

from analytics.store.models import DiskUse
from zuka.platform.clock import local_day

log = structlog.get_logger(__name__)


def free_bytes() -> int | None:
    """Return what is free on PostgreSQL's disk; None where nobody said which that is, or it cannot be seen."""
    if not settings.DATABASE_DISK_PATH:
        return None
    try:
        return shutil.disk_usage(settings.DATABASE_DISK_PATH).free
    except OSError as error:
        log.warning("disk.unseen", path=settings.DATABASE_DISK_PATH, error=str(error))
        return None


def measure_disk_use(*, at: datetime) -> DiskUse:
    """Note the size of the database on a day; a later measure of the same day replaces the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        facts = {"database_bytes": cursor.fetchone()[0], "free_bytes": free_bytes(), "measured_at": at}
    return DiskUse.objects.update_or_create(day=local_day(at), defaults=facts)[0]
