"""Which months of requests exist: those of the last API_USAGE_DAYS, and two ahead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from zuka.platform import clock
from zuka.platform.db.partitions import drop_partitions, ensure_partitions
from zuka.platform.usage.writing import TABLE

MONTHS_AHEAD = 2


def ensure_usage_partitions(using: str = "default", *, at: datetime | None = None, **_signal: Any) -> list[str]:
    """Create this month and those ahead, and return the names it made. Runs daily, at start and after migrate."""
    today = clock.local_day(at or clock.now())
    last = clock.add_months(today, MONTHS_AHEAD)
    return ensure_partitions(table=TABLE, first=today, last=last, using=using)


def drop_old_usage(*, at: datetime) -> list[str]:
    """Drop the months all of whose requests are past their days, and return their names."""
    return drop_partitions(table=TABLE, before=at - timedelta(days=settings.API_USAGE_DAYS))
