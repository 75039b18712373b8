"""Days and hours: a day is a day in the shop's time zone (`SHOP_TIME_ZONE`). The only place that makes moments days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware. Doors and jobs call it once and pass it down."""
    return timezone.now()


def shop_zone() -> ZoneInfo:
    """Return the shop's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def local_day(moment: datetime) -> date:
    """Return the shop's day that holds an aware moment. Same rule as `zuka_local_day` in SQL."""
    return moment.astimezone(shop_zone()).date()


def day_start(day: date) -> datetime:
    """Return the moment at which a shop's day begins."""
    return datetime.combine(day, time.min, tzinfo=shop_zone())


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return `[start, end)` of a shop's day."""
    return day_start(day), day_start(day + timedelta(days=1))


def hour_start(moment: datetime) -> datetime:
    """Return the beginning of a moment's hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def month_start(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """Return the first day of the month that is `months` after the month of a day."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
