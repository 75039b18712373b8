"""Which months of events are where. Light: what counts and what reports asks it all the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings

from analytics.store.models import AWAY_STATES, ArchivedMonth
from analytics.store.partitioning import TABLE
from zuka.platform.clock import add_months, local_day, month_start
from zuka.platform.db.partitions import list_partitions
from zuka.platform.errors import Refused

DAY = timedelta(days=1)
# Clients may send what happened 30 days ago, and counting a day looks at those beside it.
STILL_CHANGING = timedelta(days=32)
# What a killed worker left on its way.
HALF_STATES = {ArchivedMonth.State.DETACHED, ArchivedMonth.State.RESTORING}


class NotArchived(Refused):
    """A month is not in the archive."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_archived"


def is_switched_on() -> bool:
    """Say whether months past their retention leave PostgreSQL."""
    return bool(settings.ARCHIVE_EVENTS and settings.ARCHIVE_URL)


def away_months(*, using: str = "default") -> list[ArchivedMonth]:
    """Return the months whose events are in the archive alone, oldest first, as a database knows them."""
    return list(ArchivedMonth.objects.using(using).filter(state__in=AWAY_STATES).order_by("month"))


def find_away(month: date) -> ArchivedMonth:
    """Return a month whose events are in the archive alone. Raises NotArchived."""
    found = ArchivedMonth.objects.filter(month=month, state__in=AWAY_STATES).first()
    if found is None:
        raise NotArchived(f"{month:%Y-%m} is not in the archive.", field="month")
    return found


def days_of_month(month: date) -> list[date]:
    """Return the days of a month."""
    return [month + DAY * number for number in range((add_months(month, 1) - month).days)]


def away_days(days: Iterable[date]) -> set[date]:
    """Return those of some days that cannot be counted from events in PostgreSQL: it takes the day itself, and the
    one before and after, since visits cross midnight.
    """
    asked = set(days)
    if not asked:
        return set()
    months = set(ArchivedMonth.objects.filter(state__in=AWAY_STATES).values_list("month", flat=True))
    return {day for day in asked if months & {month_start(day + DAY * step) for step in (-1, 0, 1)}}


def keep_changed_day(day: date, *, together: Collection[date] = ()) -> None:
    """Note that a day whose events, or those of days that are counted together with it, are away would have been
    counted again: it will be once they are back.
    """
    months = {month_start(each + DAY * step) for each in together or (day,) for step in (-1, 0, 1)}
    for stored in ArchivedMonth.objects.select_for_update().filter(month__in=months, state__in=AWAY_STATES):
        if day not in stored.changed_days:
            stored.changed_days = sorted([*stored.changed_days, day])
            stored.save(update_fields=["changed_days"])


def months_there() -> list[date]:
    """Return the months that have a partition, oldest first."""
    return [local_day(each.start) for each in list_partitions(table=TABLE)]


def due_months(*, at: datetime) -> list[date]:
    """Return the months past their retention that are still in PostgreSQL, or half out of it or back, oldest first.

    One that was restored stays ARCHIVE_RESTORED_DAYS.
    """
    oldest = add_months(month_start(local_day(at)), -settings.EVENT_RETENTION_MONTHS)
    states = dict(ArchivedMonth.objects.values_list("month", "state"))
    pinned = set(
        ArchivedMonth.objects.filter(
            state=ArchivedMonth.State.RESTORED, restored_at__gt=at - DAY * settings.ARCHIVE_RESTORED_DAYS
        ).values_list("month", flat=True)
    )
    there = {month for month in months_there() if month < oldest} - pinned
    half = {month for month, state in states.items() if state in HALF_STATES}
    return sorted(there | half)


def is_settled(month: date, *, at: datetime) -> bool:
    """Say whether nothing of a month can come in any more, except by imports."""
    return add_months(month, 1) <= local_day(at - STILL_CHANGING)
