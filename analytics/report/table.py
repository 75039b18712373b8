"""What a report answers: one record for pages, JSON, CSV and other code."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    `segment` says whom it is about, None everybody; `notes` stand on its chart. `archived` are the months,
    like 2025-03, whose events were read from the archive, which takes longer.
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
    archived: tuple[str, ...] = ()

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
