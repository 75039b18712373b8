"""When a mailed report is due, by the shop's clock, and which days it is about."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from analytics.report.periods import Period
from analytics.store.models.subscriptions import Cadence, ReportSubscription
from zuka.platform.clock import add_months, local_day, shop_zone

WEEK = timedelta(days=7)


def due_on(day: date, hour: int) -> datetime:
    """Return the moment at which an hour of a shop's day begins."""
    return datetime.combine(day, time(hour), tzinfo=shop_zone())


def latest_due(subscription: ReportSubscription, *, at: datetime) -> datetime:
    """Return the last moment up to now at which a subscription was due."""
    day = local_day(at)
    if due_on(day, subscription.hour) > at:
        day -= timedelta(days=1)
    if subscription.cadence == Cadence.WEEKLY:
        day -= timedelta(days=(day.weekday() - subscription.weekday) % 7)
    if subscription.cadence == Cadence.MONTHLY:
        month = day.replace(day=1) if day.day >= subscription.month_day else add_months(day, -1)
        day = month.replace(day=subscription.month_day)
    return due_on(day, subscription.hour)


def next_due(subscription: ReportSubscription, *, at: datetime) -> datetime:
    """Return the first moment after now at which a subscription is due."""
    day = local_day(latest_due(subscription, at=at))
    if subscription.cadence == Cadence.DAILY:
        day += timedelta(days=1)
    elif subscription.cadence == Cadence.WEEKLY:
        day += WEEK
    else:
        day = add_months(day, 1).replace(day=subscription.month_day)
    return due_on(day, subscription.hour)


def ended_period(cadence: str, *, day: date) -> Period:
    """Return the day, the seven days or the month that had ended before a day began."""
    yesterday = day - timedelta(days=1)
    if cadence == Cadence.DAILY:
        return Period(yesterday, yesterday)
    if cadence == Cadence.WEEKLY:
        return Period(day - WEEK, yesterday)
    return Period(add_months(day, -1), day.replace(day=1) - timedelta(days=1))
