"""Periods: whole months of the shop's calendar, counted from where a subscription began."""

from __future__ import annotations

import calendar
from datetime import datetime

from zuka.platform.clock import shop_zone


def months_after(anchor: datetime, months: int) -> datetime:
    """Return the moment so many months after another: the same day and time, or the last day of a shorter month."""
    local = anchor.astimezone(shop_zone())
    index = local.year * 12 + local.month - 1 + months
    year, month = index // 12, index % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day)


def period_from(*, anchor: datetime, start: datetime, months: int) -> datetime:
    """Return when the period ends that begins at `start`, a whole number of months after the anchor."""
    first, here = anchor.astimezone(shop_zone()), start.astimezone(shop_zone())
    passed = (here.year - first.year) * 12 + here.month - first.month
    return months_after(anchor, passed + months)
