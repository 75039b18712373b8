"""What of an answer somebody gets to see: the same for pages, JSON, files, mails and `ask`.

Columns that a scope hides are left out. Who may not see orders gets no number of one in any other cell either: not in
the properties of an event, nor in the address of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from analytics.registry.reports.forms import Column, Report, Unit
from analytics.report.scope import Scope
from analytics.report.table import Row, Table

# The shop's own numbers; those that another shop sends are known by the order's column beside them.
NUMBERS = re.compile(r"ZUKA-[0-9]{4}-[0-9]{6,12}", re.IGNORECASE)
HIDDEN = "[order]"
Cleaner = Callable[[Row], Row]


def seen_table(table: Table, scope: Scope) -> Table:
    """Return a table as somebody sees it."""
    seen = partial(seen_rows, scope=scope)
    report, hidden = table.report, scope.hidden(table.report)
    if scope.sees_orders and not hidden:
        return table
    names = tuple(column.name for column in report.columns)
    return replace(
        table,
        report=seen_report(report, scope),
        rows=seen(report, names, table.rows),
        totals={name: value for name, value in table.totals.items() if name not in hidden},
        previous={name: value for name, value in table.previous.items() if name not in hidden},
        series_columns=tuple(name for name in table.series_columns if name not in hidden),
        series=seen(report, table.series_columns, table.series),
        previous_series=seen(report, table.series_columns, table.previous_series),
    )


def seen_report(report: Report, scope: Scope) -> Report:
    """Return a report with the columns that somebody sees, and the parameters that they may ask by."""
    hidden = scope.hidden(report)
    return replace(
        report,
        columns=tuple(column for column in report.columns if column.name not in hidden),
        parameters=tuple(each for each in report.parameters if scope.sees_orders or not each.of_orders),
    )


def seen_rows(report: Report, names: Sequence[str], rows: Sequence[Row], *, scope: Scope) -> list[Row]:
    """Return rows of these columns as somebody sees them."""
    hidden = scope.hidden(report)
    if not scope.sees_orders:
        columns = {column.name: column for column in report.columns}
        rows = list(map(row_cleaner([columns.get(name) for name in names]), rows))
    return without_places(names, rows, hidden)


def without_places(names: Sequence[str], rows: Sequence[Row], hidden: Collection[str]) -> list[Row]:
    """Return rows without the values of some names."""
    kept = [place for place, name in enumerate(names) if name not in hidden]
    return [tuple(row[place] for place in kept) for row in rows]


def row_cleaner(columns: Sequence[Column | None]) -> Cleaner:
    """Return what takes the numbers of orders out of the texts of a row."""
    orders = [place for place, column in enumerate(columns) if column and column.of_orders]
    texts = [place for place, column in enumerate(columns) if column is None or column.unit in {Unit.TEXT, Unit.JSON}]

    def cleaned(row: Row) -> Row:
        known = [row[place] for place in orders if isinstance(row[place], str) and row[place]]
        cells = list(row)
        for place in texts:
            cells[place] = without_numbers(cells[place], known)
        return tuple(cells)

    return cleaned


def without_numbers(value: Any, known: Sequence[str]) -> Any:
    """Return a text or a JSON value without the numbers of orders."""
    if isinstance(value, str):
        for number in known:
            value = value.replace(number, HIDDEN)
        return NUMBERS.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {name: without_numbers(each, known) for name, each in value.items()}
    return [without_numbers(each, known) for each in value] if isinstance(value, list) else value
