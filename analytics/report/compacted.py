"""Questions about months and years whose counts are kept as a whole: answered as always where all of such a period is
asked about, else refused in words that say what to ask instead.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from pathlib import Path

from analytics.lifecycle.compaction.periods import DAY, compacted_periods, kept_by_day_since, last_compacted
from analytics.people.narrowing import tables_of, view_texts
from analytics.registry.reports.forms import Report
from analytics.registry.rollups import ROLLUPS
from analytics.report.periods import Period, compared_period
from analytics.store.models import CompactedPeriod
from analytics.store.report_files import SHARED, STANDS_FOR, report_file
from zuka.platform.db.files import load_sql

OF_TABLE = {each.table: each.name for each in ROLLUPS.values() if each.compacts}
GRAINS = ("day", "week", "month", "year")
LONGEST = {CompactedPeriod.Grain.MONTH: "month", CompactedPeriod.Grain.YEAR: "year"}


class CutPeriod(ValueError):  # noqa: N818 - it is the period that is cut
    """A period begins or ends within days that are counted as a whole; `field` is the parameter to change."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def rollups_of_text(text: str) -> set[str]:
    """Return the compacting rollups that a statement reads, through views too."""
    tables = tables_of(text)
    found = {OF_TABLE[each] for each in tables if each in OF_TABLE}
    return found.union(*(rollups_of_text(view_texts()[each]) for each in tables if each in view_texts()))


@cache
def compacting_rollups(report_id: str) -> frozenset[str]:
    """Return the compacting rollups that a report reads."""
    files = [report_file(name) for name in (report_id, f"{report_id}_totals", f"{report_id}_series")]
    texts = [whole_text(path) for path in files if path.exists()]
    return frozenset().union(*map(rollups_of_text, texts))


def whole_text(path: Path) -> str:
    """Return the text of a statement, and behind it that of what it shares with others."""
    text = load_sql(path)
    shared = [SHARED / f"{name}.sql" for name in STANDS_FOR.findall(text)]
    return " ".join([text, *(whole_text(each) for each in shared if each.exists())])


def grain_of(report: Report) -> str:
    """Return by what a report's rows or chart go: its days, or nothing ('')."""
    return "day" if report.chart is not None and report.chart.x in {"day", "bucket"} else ""


def refuse_cut(report: Report, period: Period, *, today: date) -> None:
    """Raise CutPeriod where a report asks for days of a period that is counted as a whole."""
    if period.first < kept_by_day_since(today=today):
        refuse_parts(compacting_rollups(report.id), period, grain=grain_of(report), today=today)


def refuse_parts(rollups: Collection[str], period: Period, *, grain: str, today: date, field: str = "from") -> None:
    """Raise CutPeriod where rollups are asked about days, or intervals, that are shorter than what they are counted by.

    `field` is the parameter of the interval, or of the first day where there is none.
    """
    if not {*rollups} & {*OF_TABLE.values()} or period.first >= kept_by_day_since(today=today):
        return
    periods = compacted_periods(period.first, period.last)
    for each in periods:
        name, longest = str(each), LONGEST[CompactedPeriod.Grain(each.grain)]
        if grain and GRAINS.index(grain) < GRAINS.index(longest):
            since = last_compacted() + DAY
            other = f"or choose {longest.capitalize()} as the interval" if field == "interval" else LONGER[longest]
            raise CutPeriod(f"{name} is counted as a whole, not by {grain}. Ask from {since} on, {other}.", field)
        if each.first_day < period.first:
            text = f"{name} is counted as a whole: let the period begin on {each.first_day} or {each.last_day + DAY}."
            raise CutPeriod(text, "from")
        if each.last_day > period.last:
            text = f"{name} is counted as a whole: let the period end on {each.first_day - DAY} or {each.last_day}."
            raise CutPeriod(text, "to")


LONGER = {each: f"or build a report by {each}" for each in LONGEST.values()}


def answerable(comparison: str, report: Report, period: Period, *, today: date) -> str:
    """Return what a period is compared with; `none` where that cuts what is counted as a whole, as weeks do."""
    return answerable_for(compacting_rollups(report.id), comparison, period, grain=grain_of(report), today=today)


def answerable_for(rollups: Collection[str], comparison: str, period: Period, *, grain: str, today: date) -> str:
    """Return the same for a question to rollups."""
    compared = compared_period(period, comparison)
    try:
        if compared is not None:
            refuse_parts(rollups, compared, grain=grain, today=today)
    except CutPeriod:
        return "none"  # the answer stands without a comparison
    return comparison
