"""What a report answers: one record for pages, JSON, CSV and other code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from analytics.people.narrowing import SegmentUse
from analytics.registry.reports.forms import Column, Report
from analytics.report.annotations import Note
from analytics.report.periods import Period

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a report, in the order of its columns, with totals and what they are compared with.

    Money is in kobo of `currency`, percentages are ratios (0.25 is 25 %), empty is None. `series` are the chart's
    points, `previous_series` those of the compared period at the same places. `next_page` continues a long list.
    `segment` says whom it is about, None everybody; `notes` stand on its chart.
    """

    report: Report
    period: Period
    currency: str
    rows: list[Row]
    totals: dict[str, Any]
    previous: dict[str, Any]
    compared: Period | None
    series: list[Row]
    series_columns: tuple[str, ...]
    previous_series: list[Row]
    as_of: datetime | None
    is_partial: bool
    next_page: dict[str, str] = field(default_factory=dict)
    segment: SegmentUse | None = None
    notes: tuple[Note, ...] = ()

    @property
    def title(self) -> str:
        """Return what it is called: its report, and whom it is about where that is not everybody."""
        return f"{self.report.title}: {self.segment.title}" if self.segment else self.report.title

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the rows."""
        return self.report.columns

    def currency_of(self, column: Column, row: Row) -> str:
        """Return the currency of an amount: the row's own where the column says so, else the table's."""
        if not column.currency_from:
            return self.currency
        place = [each.name for each in self.columns].index(column.currency_from)
        return row[place] or self.currency

    def change(self, name: str) -> float | None:
        """Return how a total moved against the compared period, as a ratio; None without a base."""
        now, before = self.totals.get(name), self.previous.get(name)
        return None if now is None or not before else float(now - before) / float(before)


def without_people(table: Table) -> Table:
    """Return a table as those read it who may not see customers: columns that say who somebody is are not there."""
    hidden = personal_names(table.report)
    if not hidden:
        return table
    return replace(
        table,
        report=impersonal(table.report),
        rows=without_places([column.name for column in table.columns], table.rows, hidden),
        totals={name: value for name, value in table.totals.items() if name not in hidden},
        previous={name: value for name, value in table.previous.items() if name not in hidden},
        series_columns=tuple(name for name in table.series_columns if name not in hidden),
        series=without_places(table.series_columns, table.series, hidden),
        previous_series=without_places(table.series_columns, table.previous_series, hidden),
    )


def personal_names(report: Report) -> set[str]:
    """Return the names of the columns that say who customers are."""
    return {column.name for column in report.columns if column.personal}


def impersonal(report: Report) -> Report:
    """Return a report without its columns that say who customers are."""
    return replace(report, columns=tuple(column for column in report.columns if not column.personal))


def without_places(names: Sequence[str], rows: list[Row], hidden: set[str]) -> list[Row]:
    """Return rows without the values of some names."""
    kept = [place for place, name in enumerate(names) if name not in hidden]
    return [tuple(row[place] for place in kept) for row in rows]
