"""How long something is kept: days, months or years, of a setting where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from zuka.platform.clock import add_months, day_start, local_day, month_start
from zuka.platform.live_settings.reading import LIVE_SETTINGS, live


class Unit(StrEnum):
    """In what a span is counted."""

    DAYS = "day"
    MONTHS = "month"
    YEARS = "year"


@dataclass(frozen=True, slots=True)
class Span:
    """How long, by the setting of that name, else by `count`; `more` is added to it."""

    unit: Unit
    setting: str = ""
    count: int = 0
    more: int = 0

    @property
    def length(self) -> int:
        """Return how many days, months or years that are now."""
        if not self.setting:
            return self.count + self.more
        return int(getattr(live if self.setting in LIVE_SETTINGS else settings, self.setting)) + self.more

    def before(self, at: datetime) -> datetime:
        """Return the moment before which what is kept so long is over.

        Months end at the beginning of the same day, or of the first day after a month that is too short for it.
        """
        if self.unit is Unit.DAYS:
            return at - timedelta(days=self.length)
        today = local_day(at)
        months = self.length * (12 if self.unit is Unit.YEARS else 1)
        return day_start(add_months(month_start(today), -months) + timedelta(days=today.day - 1))

    def ends(self, begun: datetime) -> datetime:
        """Return when what began at a moment is over."""
        if self.unit is Unit.DAYS:
            return begun + timedelta(days=self.length)
        day = local_day(begun)
        months = self.length * (12 if self.unit is Unit.YEARS else 1)
        return day_start(add_months(month_start(day), months) + timedelta(days=day.day - 1))

    @property
    def text(self) -> str:
        """Return the span in words, as it is now: `13 months`."""
        return f"{self.length:,} {self.unit}{'' if self.length == 1 else 's'}"

    @property
    def declared(self) -> str:
        """Return the span as the docs say it: by its setting."""
        if not self.setting:
            return f"{self.count:,} {self.unit}{'' if self.count == 1 else 's'}"
        more = f" and {self.more} {self.unit} more" if self.more else ""
        return f"`{self.setting}`{more}"


def days(setting: str = "", *, count: int = 0) -> Span:
    """Return a span of days."""
    return Span(Unit.DAYS, setting, count)


def months(setting: str, *, more: int = 0) -> Span:
    """Return a span of months."""
    return Span(Unit.MONTHS, setting, more=more)


def years(setting: str) -> Span:
    """Return a span of years."""
    return Span(Unit.YEARS, setting)
