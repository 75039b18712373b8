"""Values as people read them: days, moments, amounts, shares and changes, in words and figures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from analytics.people.narrowing import SegmentUse
from analytics.registry.reports.forms import Unit
from analytics.report.periods import Period
from zuka.platform.clock import shop_zone
from zuka.platform.money import currency_symbol, format_money

EMPTY = "–"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
COMPACT_FROM = 1_000_000
BILLION_FROM = 999_950_000  # from here on it would be rounded to 1,000 million
GRAIN_FORMATS = {"month": "%b %Y", "year": "%Y"}


def whom_text(segment: SegmentUse | None, *, is_asked: bool = False) -> str:
    """Return whom figures are about, and since when that is so; '' for everybody, unless a segment was asked for."""
    if segment is None:
        return "Everybody: these figures are not kept by person" if is_asked else ""
    people = f"{segment.people:,} {'person' if segment.people == 1 else 'people'}"
    return f"{segment.title} ({people}{' in it' if segment.is_outside else ''} as of {moment_text(segment.as_of)})"


def day_text(day: date, grain: str = "day") -> str:
    """Return a day like `Sat 21 Nov 2026`, or the month or year that begins with it."""
    return f"{day:{GRAIN_FORMATS[grain]}}" if grain in GRAIN_FORMATS else f"{day:%a} {day.day} {day:%b %Y}"


def short_day_text(day: date, grain: str = "day") -> str:
    """Return a day as it stands below a chart: `21 Nov`."""
    return day_text(day, grain) if grain in GRAIN_FORMATS else f"{day.day} {day:%b}"


def month_text(text: str) -> str:
    """Return a month like `2026-11` as `Nov 2026`, and any other text as it is."""
    return day_text(date.fromisoformat(f"{text}-01"), "month") if MONTH.fullmatch(text) else text


def period_text(period: Period) -> str:
    """Return a period like `23 Oct – 21 Nov 2026`."""
    if period.first == period.last:
        return day_text(period.first)
    year = "" if period.first.year == period.last.year else f" {period.first.year}"
    return f"{short_day_text(period.first)}{year} – {short_day_text(period.last)} {period.last.year}"


def moment_text(moment: datetime, *, seconds: bool = False) -> str:
    """Return a moment in the shop's time zone, like `Sat 21 Nov 2026, 14:05`."""
    local = moment.astimezone(shop_zone())
    return f"{day_text(local.date())}, {local:%H:%M:%S}" if seconds else f"{day_text(local.date())}, {local:%H:%M}"


def compact_text(value: float) -> str:
    """Return a large number in millions or billions with one decimal at the most: 12_345_678 is `12.3M`."""
    size, letter = (1_000_000_000, "B") if value >= BILLION_FROM else (1_000_000, "M")
    return f"{value / size:,.1f}".removesuffix(".0") + letter


def rounded_money_text(kobo: int, currency: str) -> str:
    """Return an amount of kobo as a headline: in millions, from a thousand on in whole naira, below to the kobo."""
    if abs(kobo) < 100_000:
        return format_money(kobo, currency)
    naira = (abs(kobo) + 50) // 100
    text = compact_text(naira) if naira >= COMPACT_FROM else f"{naira:,}"
    return f"{'-' if kobo < 0 else ''}{currency_symbol(currency)}{text}"


def duration_text(seconds: int) -> str:
    """Return a number of seconds like `3 min 20 s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def json_text(value: Any) -> str:
    """Return a document indented for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)


WORDINGS: dict[Unit, Callable[[Any], str]] = {
    Unit.TEXT: str,
    Unit.COUNT: "{:,}".format,
    Unit.PERCENT: "{:.1%}".format,
    Unit.DECIMAL: "{:,.1f}".format,
    Unit.DURATION: duration_text,
    Unit.MOMENT: lambda moment: moment_text(moment, seconds=True),
    Unit.JSON: json_text,
}


def value_text(unit: Unit, value: Any, currency: str, grain: str = "day") -> str:
    """Return a value in its unit; money is kobo, a percentage a ratio, empty is a dash."""
    if value is None or value == "":
        return EMPTY
    if unit is Unit.MONEY:
        return format_money(value, currency)
    if unit is Unit.DAY:
        return day_text(value, grain)
    return WORDINGS[unit](value)


def headline_text(unit: Unit, value: Any, currency: str) -> str:
    """Return a value as the large figure of a card."""
    if unit is Unit.MONEY and value is not None:
        return rounded_money_text(value, currency)
    if unit is Unit.COUNT and value is not None and value >= COMPACT_FROM:
        return compact_text(value)
    return value_text(unit, value, currency)


def change_text(change: float | None) -> str:
    """Return a change as a signed percentage; empty without a base."""
    return "" if change is None else f"{change:+,.1%}".replace("-", "−")
