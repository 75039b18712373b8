"""Plausible's export: days, already counted. No event and no person can be had from it, and none is made up.

Facts: `lib/plausible/exports.ex` of plausible/analytics (`export_visitors_q`), `https://plausible.io/docs/csv-import`.
Its zip holds a CSV for each of ten tables; the one of all visitors has a row a day of the site's time zone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.history.forms import DayTotal, Format, Shape, Unreadable, whole


def read_day(value: dict[str, Any]) -> DayTotal:
    """Return what was counted on a day. Raises Unreadable."""
    text = str(value.get("date") or "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"date must be a day like 2025-11-21, not {text[:40]!r}.") from error
    return DayTotal(
        day=day,
        visitors=whole(value, "visitors"),
        visits=whole(value, "visits"),
        pageviews=whole(value, "pageviews"),
        bounces=whole(value, "bounces"),
        visit_seconds=whole(value, "visit_duration"),
    )


PLAUSIBLE = Format(
    id="plausible",
    title="Plausible",
    files="the zip of its export, or imported_visitors_….csv of it",
    patterns=("imported_visitors*.csv",),
    needs=frozenset(("date", "visitors", "pageviews", "visits", "visit_duration")),
    get="Site settings › Imports & exports, Prepare download, and the zip from the mail.",
    kept="Visitors, visits, page views, bounces and how long visits lasted, day by day, in a report of their own "
    "(Visits reports › Before Zuka).",
    lost="The tables of pages, sources, places and devices. Plausible gives totals, not events: they are shown apart "
    "and added to nothing, since nobody can say which of those visitors come back to Zuka.",
    facts="https://github.com/plausible/analytics/blob/master/lib/plausible/exports.ex",
    fields=(
        ("date", "the day, in the site's time zone"),
        ("visitors, visits, pageviews, bounces", "the same"),
        ("visit_duration", "seconds of all visits together"),
    ),
    shape=Shape.TABLE,
    read_day=read_day,
)
