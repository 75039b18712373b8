"""Periods: whole days of the shop, both ends included; and what a period is compared with, weekdays aligned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from zuka.platform.clock import add_months, month_start

WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.last - self.first).days + 1

    def shifted(self, days: int) -> Period:
        """Return the period so many days earlier."""
        return Period(self.first - timedelta(days=days), self.last - timedelta(days=days))


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A choice of the period picker."""

    id: str
    title: str
    of: Callable[[date], Period]


def last_days(count: int) -> Callable[[date], Period]:
    """Return the rule of "the last N days", today included."""
    return lambda today: Period(today - timedelta(days=count - 1), today)


def yesterday(today: date) -> Period:
    """Return the day before today."""
    return Period(today - timedelta(days=1), today - timedelta(days=1))


def this_month(today: date) -> Period:
    """Return the month so far."""
    return Period(month_start(today), today)


def last_month(today: date) -> Period:
    """Return the whole month before this one."""
    return Period(add_months(today, -1), month_start(today) - timedelta(days=1))


def this_year(today: date) -> Period:
    """Return the year so far."""
    return Period(today.replace(month=1, day=1), today)


PERIODS: dict[str, NamedPeriod] = {
    each.id: each
    for each in (
        NamedPeriod("today", "Today", last_days(1)),
        NamedPeriod("yesterday", "Yesterday", yesterday),
        NamedPeriod("7d", "Last 7 days", last_days(7)),
        NamedPeriod("30d", "Last 30 days", last_days(30)),
        NamedPeriod("90d", "Last 90 days", last_days(90)),
        NamedPeriod("month", "This month", this_month),
        NamedPeriod("last_month", "Last month", last_month),
        NamedPeriod("365d", "Last 365 days", last_days(365)),
        NamedPeriod("year", "This year", this_year),
    )
}
DEFAULT_PERIOD = "30d"
COMPARISONS = {"previous": "Previous period", "year": "Same period last year", "none": "No comparison"}


def compared_period(period: Period, comparison: str) -> Period | None:
    """Return what a period is compared with, moved by whole weeks so that a Monday stands beside a Monday."""
    if comparison == "none":
        return None
    if comparison == "year":
        return period.shifted(52 * WEEK)
    return period.shifted(-(-period.days // WEEK) * WEEK)
