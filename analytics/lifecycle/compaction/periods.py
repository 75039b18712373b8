"""Which periods are kept as a whole. Light: what counts and what reports asks it all the time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from analytics.store.models import CompactedPeriod
from zuka.platform.clock import add_months, month_start

DAY = timedelta(days=1)
# What a named period asks for at most, the last 365 days beside the same days of the year before, stays by day.
LEAST_MONTHS = 25


def kept_by_day_since(*, today: date, months: int = LEAST_MONTHS) -> date:
    """Return the first day of those that are kept by day so many whole months long; by default of those that always
    are.
    """
    return add_months(month_start(today), -months)


def compacted_periods(first: date, last: date) -> list[CompactedPeriod]:
    """Return the compacted periods that `[first, last]` touches, oldest first."""
    found = CompactedPeriod.objects.filter(first_day__lte=last, last_day__gte=first)
    return list(found.order_by("first_day"))


def last_compacted() -> date:
    """Return the last day of those that are counted as a whole. Raises DoesNotExist where there are none."""
    return CompactedPeriod.objects.latest("last_day").last_day


def days_of(period: CompactedPeriod) -> list[date]:
    """Return the days of a period."""
    return [period.first_day + DAY * number for number in range((period.last_day - period.first_day).days + 1)]


def counting_days(days: Iterable[date]) -> dict[date, list[date]]:
    """Return all days that must be counted together with each of some days: those of its compacted period."""
    asked = sorted(set(days))
    periods = compacted_periods(asked[0], asked[-1]) if asked else []
    whole = {each.first_day: days_of(each) for each in periods}
    found: dict[date, list[date]] = {}
    for day in asked:
        period = next((each for each in periods if each.first_day <= day <= each.last_day), None)
        found[day] = whole[period.first_day] if period else [day]
    return found


def needed_months(months: Iterable[date]) -> set[date]:
    """Return the months (first days) whose events it takes to count days of these: of a compacted period all of it, and
    since visits cross midnight the months beside it.
    """
    asked = set(months)
    whole = [each for each in counting_days(asked).values() if len(each) > 1]
    around = {month_start(day) for days in whole for day in (days[0] - DAY, *days, days[-1] + DAY)}
    return asked | around
