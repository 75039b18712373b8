"""A table as a page shows it: cells with links to the rows behind them, totals with their change, cards and charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from analytics.registry.reports.forms import Column, Unit
from analytics.report import addresses
from analytics.report.addresses import as_day, behind_url, link_of, part_urls, total_url
from analytics.report.annotations import marks_of
from analytics.report.query import Query
from analytics.report.table import Row, Table
from analytics.report.wording import (
    EMPTY,
    change_text,
    headline_text,
    json_text,
    month_text,
    period_text,
    short_day_text,
    value_text,
)
from zuka.platform.money import currency_symbol

TIMES = {"day", "bucket", "month"}
NUMBERS = {Unit.COUNT, Unit.MONEY, Unit.PERCENT, Unit.DECIMAL, Unit.DURATION}
MOST_BARS = 12
LABEL_LENGTH = 26
SO_FAR = " (so far)"
report_url, with_params = addresses.report_url, addresses.with_params


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading: its title and what it means."""

    title: str
    text: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, where it leads, and a document that is shown folded.

    `bar` is how long a bar behind it is, in hundredths of its column's longest; None without one.
    """

    text: str
    is_number: bool = False
    href: str = ""
    document: str = ""
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """A row above the others: the totals, those of the compared period, or the change between them.

    `hrefs` are where its cells lead; none but those of the totals do.
    """

    title: str
    cells: list[str]
    hrefs: list[str] = field(default_factory=list)

    @property
    def linked(self) -> list[tuple[str, str]]:
        """Return each cell with where it leads; '' where that is nowhere."""
        return list(zip_longest(self.cells, self.hrefs, fillvalue=""))


@dataclass(frozen=True, slots=True)
class Card:
    """One figure of a period: total, exact total, how it moved against what, and its chart.

    `own_url` leads to the rows behind it, `part_urls` by their titles to those of the figures it is worked out of.
    """

    name: str
    title: str
    text: str
    total: str
    exact: str
    change: str
    direction: str
    is_good: bool
    before: str
    compared: str
    chart: dict[str, Any] | None
    chart_text: str
    own_url: str = ""
    part_urls: tuple[tuple[str, str], ...] = ()


def heads(table: Table) -> list[Head]:
    """Return the headings."""
    return [Head(column.title, column.text, column.unit in NUMBERS) for column in table.columns]


def rows(table: Table, query: Query) -> list[list[Cell]]:
    """Return the rows; a list of days is turned round, so that the newest comes first."""
    longest = longest_bars(table)
    found = [
        [
            replace(cell(table, query, column, value, row), bar=bar_of(column, value, longest))
            for column, value in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]
    return found[::-1] if table.columns[0].name == "day" else found


def longest_bars(table: Table) -> dict[str, float]:
    """Return the largest value of each column that has bars behind it: what the chart draws, where it is no time."""
    chart = table.report.chart
    if chart is None or chart.x in TIMES or chart.kind not in {"bar", "stacked"}:
        return {}
    columns = list(enumerate(table.columns))
    found = {
        each.name: max((row[at] or 0 for row in table.rows), default=0)
        for at, each in columns
        if each.name in chart.series
    }
    return {name: float(largest) for name, largest in found.items() if largest > 0}


def bar_of(column: Column, value: Any, longest: Mapping[str, float]) -> int | None:
    """Return the length of the bar behind a value; None where there is none."""
    return round(100 * max(value, 0) / longest[column.name]) if value is not None and column.name in longest else None


def cell(table: Table, query: Query, column: Column, value: Any, row: Row) -> Cell:
    """Return one value as a cell."""
    if column.unit is Unit.JSON and value is not None:
        return Cell(text=fields_text(value), document=json_text(value))
    currency = table.currency_of(column, row)
    grain, unit = query.values.get("grain", "day"), column.unit
    day = as_day(value) if is_label(table, column) else None
    text = value_text(Unit.DAY, day, currency, grain) if day else value_text(unit, value, currency, grain)
    if is_label(table, column):
        text = month_text(text)
    if (day or column.unit is Unit.DAY) and is_open(table, query, day or value):
        text += SO_FAR
    shown = text if value in (None, "") else column.shown or text
    href = behind_url(table, query, column, row) if value else ""
    return Cell(shown, column.unit in NUMBERS, href or link_of(query, column, value))


def is_label(table: Table, column: Column) -> bool:
    """Say whether a column of text names its row below the chart: some of these are days or months in one grouping."""
    return column.unit is Unit.TEXT and table.report.chart is not None and table.report.chart.x == column.name


def fields_text(value: Any) -> str:
    """Return what a folded document holds."""
    if not isinstance(value, dict):
        return "1 value"
    return "1 field" if len(value) == 1 else f"{len(value)} fields"


def is_open(table: Table, query: Query, day: date) -> bool:
    """Say whether a day, or the month or year that begins with it, is still going on."""
    last, grain = table.period.last, query.values.get("grain", "day")
    starts = {"month": last.replace(day=1), "year": last.replace(month=1, day=1)}
    start = (starts | {"week": last - timedelta(days=last.weekday())}).get(grain, last)
    return table.is_partial and day == start


def summaries(table: Table, query: Query | None = None) -> list[Summary]:
    """Return the totals, and below them those of the compared period and the change; with the query, with links."""
    if not any(value is not None for value in table.totals.values()) or not table.rows:
        return []
    found = [Summary("Total", total_cells(table, table.totals), total_urls(table, query) if query else [])]
    if table.compared:
        changes = [change_text(table.change(column.name)) for column in table.columns]
        found.append(Summary(f"Before: {period_text(table.compared)}", total_cells(table, table.previous)))
        found += [Summary("Change", changes[1:])] if any(changes) else []
    return found


def total_urls(table: Table, query: Query) -> list[str]:
    """Return where the totals below their columns lead."""
    return [total_url(query, column) if table.totals.get(column.name) else "" for column in table.columns[1:]]


def total_cells(table: Table, totals: Mapping[str, Any]) -> list[str]:
    """Return the totals below their columns; the first column is their title."""
    return [
        value_text(column.unit, totals[column.name], table.currency) if column.name in totals else ""
        for column in table.columns[1:]
    ]


def cards(table: Table, query: Query) -> list[Card]:
    """Return one card for each series of a chart that is drawn as many."""
    chart = table.report.chart
    if chart is None or not chart.each:
        return []
    return [card(table, query, table.report.column(name)) for name in chart.series]


def card(table: Table, query: Query, column: Column) -> Card:
    """Return the card of one series."""
    total, change = table.totals.get(column.name), table.change(column.name)
    before = table.previous.get(column.name)
    was = EMPTY if before is None else headline_text(column.unit, before, table.currency)
    compared = f"{was} in {period_text(table.compared)}" if table.compared else ""
    headline = headline_text(column.unit, total, table.currency)
    has_chart = draws_days(table, column.name)
    described = f"{column.title} by day, {period_text(table.period)}: {headline} in all"
    return Card(
        name=column.name,
        title=column.title,
        text=column.text,
        total=headline,
        exact=value_text(column.unit, total, table.currency),
        change=change_text(change),
        direction="none" if change is None else "up" if change > 0 else "down" if change < 0 else "same",
        is_good=change is not None and change != 0 and (change < 0) is column.lower_is_better,
        before=was if table.compared and before is not None else "",
        compared=compared,
        chart=chart_of(table, query, (column.name,)) if has_chart else None,
        chart_text=f"{described}; before: {compared}" if compared else described,
        own_url=total_url(query, column) if total else "",
        part_urls=tuple(part_urls(table, query, column)) if total is not None else (),
    )


def draws_days(table: Table, name: str) -> bool:
    """Say whether a report's points are days with this column, so that a line of it can be drawn."""
    chart = table.report.chart
    if chart is None or name not in table.series_columns or len(table.series) < 2:
        return False
    place = table.series_columns.index(chart.x)
    return all(as_day(row[place]) for row in table.series)


def chart_of(table: Table, query: Query, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what the script draws: labels, series in their units (money in naira) and the compared period's points."""
    assert table.report.chart is not None
    chart, grain = table.report.chart, query.values.get("grain", "day")
    places = {name: place for place, name in enumerate(table.series_columns)}
    days = [as_day(row[places[chart.x]]) for row in table.series]
    over_time = bool(days) and None not in days
    points = table.series if over_time else table.series[:MOST_BARS]
    before = table.previous_series if len(names) == 1 else []
    labels = [row[places[chart.x]] for row in points]
    return {
        "kind": chart.kind,
        "horizontal": not over_time,
        "isOpen": over_time and is_open(table, query, days[-1] or table.period.last),
        "labels": [short_label(label, grain) for label in labels],
        "titles": [long_label(table, query, label) for label in labels],
        "previousTitles": [long_label(table, query, row[places[chart.x]]) for row in before],
        "symbol": currency_symbol(table.currency),
        "notes": marks_of(table.notes, [day for day in days if day]) if over_time else [],
        "series": [
            {
                "title": table.report.column(name).title,
                "unit": table.report.column(name).unit.value,
                "values": [plain_number(table.report.column(name), row[places[name]]) for row in points],
                "previous": [plain_number(table.report.column(name), row[places[name]]) for row in before],
            }
            for name in names
        ],
    }


def short_label(value: Any, grain: str) -> str:
    """Return a label that fits beside an axis."""
    day = as_day(value)
    if day:
        return short_day_text(day, grain)
    text = month_text(str(value or EMPTY))
    return text if len(text) <= LABEL_LENGTH else f"{text[: LABEL_LENGTH - 1]}…"


def long_label(table: Table, query: Query, value: Any) -> str:
    """Return a label in full, with a mark when its day is not over."""
    day = as_day(value)
    if day is None:
        return month_text(str(value or EMPTY))
    text = value_text(Unit.DAY, day, table.currency, query.values.get("grain", "day"))
    return text + SO_FAR if is_open(table, query, day) else text


def plain_number(column: Column, value: Any) -> float | int | None:
    """Return a value on its axis: naira for money, per cent for ratios."""
    if value is None:
        return None
    if column.unit is Unit.MONEY:
        return float(value) / 100
    return float(value) * 100 if column.unit is Unit.PERCENT else value
