"""Room for events of months that are in the archive."""

from __future__ import annotations

from datetime import date, datetime

from analytics.lifecycle.archive.months import away_months
from analytics.lifecycle.compaction.periods import needed_months
from zuka.platform.clock import add_months, month_start


def months_between(first: date, last: date) -> list[date]:
    """Return the months that the days of `[first, last]` are in."""
    months = [month_start(first)]
    while (following := add_months(months[-1], 1)) <= last:
        months.append(following)
    return months


def make_room(*, first: date, last: date, at: datetime) -> list[date]:
    """Restore the archived months of `[first, last]`, so that events can be stored and counted there; return which.

    Of a period that is counted as a whole (`compaction/`) all of it comes back. Beside their own month's events they
    are deduplicated by their key and counted as all others; the next run of the archive, ARCHIVE_RESTORED_DAYS later,
    takes the month out again.
    """
    away = [each.month for each in away_months()]
    needed = needed_months(months_between(first, last)) if away else set()
    months = [month for month in away if month in needed]
    if months:
        # It loads what reads Parquet, which nobody needs who has nothing archived.
        from analytics.lifecycle.archive.restoring import restore_month
    for month in months:
        restore_month(month=month, at=at, waits=True)
    return months
