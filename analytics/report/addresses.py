"""Where reports are, and where their figures lead: to the rows behind them, over the same days, filters and scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Behind, Column, Parameter
from analytics.report.narrowed import can_be_narrowed
from analytics.report.query import Query
from analytics.report.table import Row, Table
from zuka.platform.clock import add_months


def report_url(report_id: str, params: Mapping[str, str], *, name: str = "report") -> str:
    """Return the address of a report's page (or of its CSV) with parameters."""
    return with_params(reverse(f"admin:{name}", args=[report_id]), params)


def with_params(address: str, params: Mapping[str, str]) -> str:
    """Return an address with parameters."""
    return f"{address}?{urlencode(params)}" if params else address


def period_params(query: Query) -> dict[str, str]:
    """Return the parameters that ask for the same period again."""
    if query.report.fixed_period:
        return {"period": query.report.fixed_period}
    if query.period_id == "custom":
        return {"from": query.period.first.isoformat(), "to": query.period.last.isoformat()}
    return {"period": query.period_id}


def may_follow(query: Query, behind: Behind) -> bool:
    """Say whether whoever asks may see the rows behind a figure, of a segment's people those alone."""
    report = REPORTS[behind.report]
    return query.scope.allows(report) and (query.segment is None or can_be_narrowed(report))


def behind_url(table: Table, query: Query, column: Column, row: Row) -> str:
    """Return where a figure's rows are: over the days of its row where that is about days, else over the period."""
    behind = column.behind
    if behind is None or not may_follow(query, behind):
        return ""
    day, values = as_day(row[0]), dict(zip((each.name for each in table.columns), row, strict=True))
    period = row_period(table, query, day) if day else period_params(query)
    named = {name.format_map(query.values): source for name, source in behind.given}
    known = {parameter.name for parameter in REPORTS[behind.report].parameters}
    asked = {
        name: str(values[source])
        for name, source in named.items()
        if source in values and name in known and not (day and source == table.columns[0].name)
    }
    return rows_url(query, behind, period | dict(behind.fixed) | asked)


def total_url(query: Query, column: Column) -> str:
    """Return where the rows of a total are: those of all rows of the table."""
    behind = column.behind
    if behind is None or behind.whole is None or not may_follow(query, behind):
        return ""
    return rows_url(query, behind, period_params(query) | dict(behind.fixed) | dict(behind.whole))


def rows_url(query: Query, behind: Behind, asked: Mapping[str, str]) -> str:
    """Return the address of the rows behind a figure."""
    currency = {} if query.currency == settings.SHOP_CURRENCY else {"currency": query.currency}
    return report_url(behind.report, {**shared_params(query, behind.report), **asked, **currency})


def part_urls(table: Table, query: Query, column: Column) -> Iterator[tuple[str, str]]:
    """Yield the titles of the figures that one is worked out of, with the rows behind their totals."""
    for each in (table.report.column(name) for name in column.parts):
        if href := total_url(query, each):
            yield each.title, href


def row_period(table: Table, query: Query, day: date) -> dict[str, str]:
    """Return the days that a row is about: one, or those of its month or year within the table's period."""
    grain = query.values.get("grain", "day")
    after = {"month": add_months(day, 1), "year": add_months(day, 12)}.get(grain, day + timedelta(days=1))
    first, last = max(day, table.period.first), min(after - timedelta(days=1), table.period.last)
    return {"from": first.isoformat(), "to": last.isoformat()}


def link_of(query: Query, column: Column, value: Any) -> str:
    """Return where a cell leads: the rows behind it, over the same period."""
    if column.link is None or value in (None, ""):
        return ""
    target, parameter = column.link
    if not query.scope.allows(REPORTS[target]):
        return ""
    return report_url(target, {**period_params(query), **shared_params(query, target), parameter: str(value)})


def shared_params(query: Query, target: str) -> dict[str, str]:
    """Return what another report must be asked likewise to show the rows behind a figure of this one."""
    narrowed = {"segment": query.segment.value} if query.segment and can_be_narrowed(REPORTS[target]) else {}
    if target == query.report.id:
        return narrowed
    known = {parameter.name: parameter for parameter in REPORTS[target].parameters}
    same = {name: value for name, value in query.values.items() if name in known and value}
    return narrowed | {name: value for name, value in same.items() if can_be(known[name], value)}


def can_be(parameter: Parameter, value: str) -> bool:
    """Say whether a parameter can have a value: one of the same name may mean something else elsewhere."""
    return not parameter.choices or value in dict(parameter.choices)


def as_day(value: Any) -> date | None:
    """Return a label as a day, when it is one."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:  # a text that is no day
        return None
