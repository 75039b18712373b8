"""Room for events of months that are in the archive."""

from __future__ import annotations

from datetime import date, datetime

from analytics.lifecycle.archive.months import away_months
from zuka.platform.clock import month_start


def make_room(*, first: date, last: date, at: datetime) -> list[date]:
    """Restore the archived months of `[first, last]`, so that events can be stored there; return which.

    Beside their own month's events they are deduplicated by their key and counted as all others; the next run of the
    archive, ARCHIVE_RESTORED_DAYS later, takes the month out again.
    """
    months = [each.month for each in away_months() if month_start(first) <= each.month <= last]
    if months:
        # It loads what reads Parquet, which nobody needs who has nothing archived.
        from analytics.lifecycle.archive.restoring import restore_month
    for month in months:
        restore_month(month=month, at=at, waits=True)
    return months
