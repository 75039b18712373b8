"""The rows of a query on their way into a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from analytics.registry.reports.forms import Column, Report
from analytics.report.archived import reading
from analytics.report.query import Query, file_stem
from analytics.report.reading import Batch, read_batches
from analytics.report.replica import check_there, read_report
from analytics.report.run import counted_at, from_either, loan_of, read_totals
from analytics.report.seeing import seen_report, seen_rows
from zuka.platform.clock import local_day
from zuka.platform.replica.reading import known_until


@dataclass(frozen=True, slots=True)
class Extract:
    """A query's rows, read as they are written, and what is said beside them.

    `is_continued` says that a file with its head and earlier rows is there already.
    """

    query: Query
    report: Report
    batches: Iterable[Batch]
    as_of: datetime
    is_partial: bool
    is_continued: bool = False

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the rows."""
        return self.report.columns

    @property
    def file_stem(self) -> str:
        """Return the name of the file, without its kind."""
        return file_stem(self.query)

    def totals(self, sums: Mapping[str, int]) -> dict[str, Any]:
        """Return the totals: from the report's totals file, else the sums of what was written."""
        if not self.report.has_totals:
            return dict(sums)
        hidden = self.query.scope.hidden(self.query.report)
        found = read_report(self.query, lambda: from_either(lambda: totals_of(self.query)))
        return {name: value for name, value in found.items() if name not in hidden}


def totals_of(query: Query) -> dict[str, Any]:
    """Return the totals of a query from one database. Raises TooSlow, and NotOnReplica."""
    loan = loan_of(query)
    check_there(query, loan)
    with reading(loan):
        return read_totals(query, ())


def seen_batches(query: Query, batches: Iterable[Batch]) -> Iterator[Batch]:
    """Yield batches as whoever asks sees them."""
    names = [column.name for column in query.report.columns]
    for batch in batches:
        yield replace(batch, rows=seen_rows(query.report, names, batch.rows, scope=query.scope))


def extract_query(
    query: Query, *, now: datetime, batches: Iterable[Batch] | None = None, is_continued: bool = False
) -> Extract:
    """Return the extract of a query, with what its scope may see; nothing is read before it is written."""
    read = read_batches(query, now=now) if batches is None else batches
    return Extract(
        query=query,
        report=seen_report(query.report, query.scope),
        batches=seen_batches(query, read),
        # Read before the rows, and where they are: what is older than they are is never untrue.
        as_of=read_report(query, lambda: counted_at(query.report, query.period) or known_until(now)),
        is_partial=query.report.has_period and query.period.last >= local_day(now),
        is_continued=is_continued,
    )
