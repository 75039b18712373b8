"""The report builder's answer: a table like any report's, out of one statement over rollups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import sql

from analytics.people.narrowing import narrow
from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS
from analytics.registry.metrics.forms import DAY, Additivity
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit
from analytics.report.annotations import notes_of
from analytics.report.archived import Loan, month_names, needed_loan, reading
from analytics.report.asking import breakdown_of, check_days, comparable, open_dimensions
from analytics.report.figures import Figure, figure_of
from analytics.report.periods import Period, compared_period
from analytics.report.query import Query
from analytics.report.replica import check_there, read_report
from analytics.report.run import counted_at, plain, query_params
from analytics.report.seeing import seen_table
from analytics.report.table import Row, Table
from analytics.store.composing import FOLDER, Breakdown, bound_values, compose
from zuka.platform.clock import local_day, month_start
from zuka.platform.db.files import load_sql
from zuka.platform.replica.reading import reading_connection

TITLES = {"day": "Day", "week": "Week of", "month": "Month", "year": "Year"}
WHOLE = Column("label", "Period", Unit.TEXT)
NAMED = Column("product_name", "Product", Unit.TEXT)
REFERENCE = "Reference"
MOST_LINES = 6
REST = None  # what stands for all labels that have no line of their own; any word may be a label
MOST_POINTS = 20_000  # rows that a chart over time is drawn of, however few the table shows


def fetch(asked: Breakdown, query: Query) -> list[Row]:
    """Return the rows of a breakdown."""
    with reading_connection().cursor() as cursor:
        cursor.execute(*asked_statement(asked, query))
        return [tuple(map(plain, row)) for row in cursor.fetchall()]


def run_build(query: Query, *, now: datetime) -> tuple[Query, Table]:
    """Answer a built report: the query with the report as it came out, and its table.

    Raises BadQuery and OutOfScope before anything is read, and TooSlow.
    """
    asked = breakdown_of(query)
    query = comparable(query, asked.sources)
    built, table = read_report(query, lambda: make_build(query, asked, now=now))
    # A month may have been added up meanwhile.
    check_days(query, asked.sources)
    return built, seen_table(table, query.scope)


def make_build(query: Query, asked: Breakdown, *, now: datetime) -> tuple[Query, Table]:
    """Answer a built report from one database. Raises TooSlow, and NotOnReplica."""
    loan = build_loan(query, asked)
    check_there(query, loan)
    with reading(loan):
        built, table = read_build(query, asked, now=now)
    return built, replace(table, archived=month_names(loan))


def build_loan(query: Query, asked: Breakdown) -> Loan | None:
    """Return what a built report needs of the archive: rollups have the rest, unless a segment counts them anew."""
    if query.segment is None:
        return None
    compared = compared_period(query.period, query.comparison)
    statements = [asked_statement(asked, each) for each in (query, *([query.of_period(compared)] if compared else []))]
    return needed_loan(query, [(statement.as_string(None), bound) for statement, bound in statements])


def asked_statement(asked: Breakdown, query: Query) -> tuple[sql.Composable, dict[str, Any]]:
    """Return the statement of a breakdown and what it binds; narrowed where the question is about a segment."""
    statement: sql.Composable = compose(asked)
    params = {**query_params(query), **bound_values(asked)}
    if query.segment:
        return narrow(statement, params, name=query.report.id, segment=query.segment)
    return statement, params


def read_build(query: Query, asked: Breakdown, *, now: datetime) -> tuple[Query, Table]:
    """Read all parts of the answer of a built report."""
    report = answered_report(query, asked)
    built = replace(query, report=report, values={**query.values, "grain": asked.interval or "day"})
    found = rows_of(asked, built)
    rows = found[: query.limit] if asked.dimensions else found
    compared = compared_period(query.period, query.comparison)
    earlier = built.of_period(compared) if compared else None
    is_whole = not asked.interval or len(found) < points_of(asked, query)
    labels, series = series_of(asked, found) if is_whole else ((), [])
    table = Table(
        report=report,
        period=query.period,
        currency=query.currency,
        rows=rows,
        totals=totals_of(asked, built),
        previous=totals_of(asked, earlier) if earlier else {},
        compared=compared,
        series=series,
        series_columns=labels,
        previous_series=rows_of(asked, earlier) if earlier and asked.keys and not asked.dimensions else [],
        as_of=counted_at(report, query.period),
        is_partial=query.period.last >= local_day(now),
        segment=query.segment,
        notes=notes_of(report, query.period, query.scope),
    )
    return built, table


def answered_report(query: Query, asked: Breakdown) -> Report:
    """Return the report that an answer is: its title, columns, chart and basis."""
    metrics = [METRICS[name] for name in asked.metrics]
    by = [DIMENSIONS[each].label for each in asked.dimensions]
    title = " and ".join(metric.label for metric in metrics) + (f" by {' and '.join(by)}" if by else "")
    bases = {metric.basis for metric in metrics}
    x = DAY if asked.interval else "label"
    one_unit = [metric.id for metric in metrics if metric.unit is metrics[0].unit]
    is_each = bool(asked.interval) and not asked.dimensions and len(metrics) > 1
    series = tuple(asked.metrics) if is_each else tuple(one_unit)
    return replace(
        query.report,
        title=title,
        question=" ".join(f"{metric.label}: {metric.formula}" for metric in metrics),
        basis=bases.pop() if len(bases) == 1 else Basis.BOTH,
        columns=columns_of(asked),
        chart=Chart(query.values["chart"], x, series, each=is_each) if asked.keys else None,
        rollups=asked.sources,
        empty="Nothing was counted in this period that fits these choices.",
    )


def columns_of(asked: Breakdown) -> tuple[Column, ...]:
    """Return the columns of an answer. Days alone are called so, which turns them round on a page."""
    columns = []
    if asked.interval:
        columns.append(Column("bucket" if asked.dimensions else DAY, TITLES[asked.interval], Unit.DAY))
    for name in asked.dimensions:
        dimension = DIMENSIONS[name]
        link = ("product_days", "product") if dimension.named else None
        columns.append(
            Column(name, REFERENCE if dimension.named else dimension.label, Unit.TEXT, dimension.text, link=link)
        )
        columns += [NAMED] if dimension.named else []
    columns += [] if columns else [WHOLE]
    for metric in (METRICS[name] for name in asked.metrics):
        sums = metric.additivity is Additivity.ADDITIVE
        columns.append(
            Column(
                metric.id, metric.label, metric.unit, metric.formula, sums=sums, lower_is_better=metric.lower_is_better
            )
        )
    return tuple(columns)


def points_of(asked: Breakdown, query: Query) -> int:
    """Return how many rows are read: over time all that a chart needs, else a line would end where the table does."""
    return max(query.limit, MOST_POINTS) if asked.interval else query.limit


def rows_of(asked: Breakdown, query: Query) -> list[Row]:
    """Return the rows: every interval where there is nothing else to go by, else those with something in them."""
    found = fetch(asked, replace(query, limit=points_of(asked, query)))
    if not asked.keys:
        return [("All", *row) for row in found]
    if asked.dimensions:
        held = [row for row in found if any(row[len(asked.keys) :])]
        return with_names(asked, held)
    by_start = {row[0]: row for row in found}
    nothing = tuple(METRICS[name].empty for name in asked.metrics)
    return [by_start.get(start, (start, *nothing)) for start in starts_of(query.period, asked.interval)]


def starts_of(period: Period, interval: str) -> list[date]:
    """Return the first day of each interval that a period touches."""
    days = [period.first + timedelta(days=count) for count in range(period.days)]
    return list(dict.fromkeys(start_of(day, interval) for day in days))


def start_of(day: date, interval: str) -> date:
    """Return the first day of the interval that a day is in."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    if interval == "month":
        return month_start(day)
    return day.replace(month=1, day=1) if interval == "year" else day


def with_names(asked: Breakdown, rows: list[Row]) -> list[Row]:
    """Return rows with products' names behind their references."""
    places = [place for place, key in enumerate(asked.keys) if key in DIMENSIONS and DIMENSIONS[key].named]
    if not places:
        return rows
    [place] = places
    with reading_connection().cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "product_names.sql"), {"refs": sorted({row[place] for row in rows})})
        names = dict(cursor.fetchall())
    return [(*row[: place + 1], names.get(row[place], row[place]), *row[place + 1 :]) for row in rows]


def totals_of(asked: Breakdown, query: Query) -> dict[str, Any]:
    """Return each metric over everything; None of what may not be added over all that it is."""
    filters = {name: list(values) for name, values in asked.filters.items()}
    metrics = {
        name: source
        for name, source in asked.metrics.items()
        if not [
            each for each in open_dimensions(METRICS[name], filters=filters) if each != DAY or query.period.days > 1
        ]
    }
    totals: dict[str, Any] = dict.fromkeys(asked.metrics)
    if metrics:
        [row] = fetch(replace(asked, metrics=metrics, dimensions=(), interval=""), query)
        totals.update(zip(metrics, row, strict=True))
    return totals


def series_of(asked: Breakdown, rows: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """Return the chart's columns and points: rows by day, or each with what it is broken down by as its label."""
    names = [column.name for column in columns_of(asked)]
    if not asked.dimensions:
        return tuple(names), rows if asked.keys else []
    first = len(names) - len(asked.metrics)
    labelled = [(label, *row[first:]) for label, row in zip(labels_of(asked, names, rows), rows, strict=True)]
    columns = ("label", *asked.metrics)
    if not asked.interval:
        return columns, labelled
    return (DAY, *columns), [(row[0], *pair) for row, pair in zip(rows, labelled, strict=True)]


def labels_of(asked: Breakdown, names: list[str], rows: list[Row]) -> list[str]:
    """Return what each row is called in a chart: two products of one name are told apart by their references."""
    shown = [names.index(NAMED.name if DIMENSIONS[each].named else each) for each in asked.dimensions]
    keys = [names.index(each) for each in asked.dimensions]
    labels = [" · ".join(str(row[place]) for place in shown) for row in rows]
    meant: dict[str, set[Row]] = {}
    for label, row in zip(labels, rows, strict=True):
        meant.setdefault(label, set()).add(tuple(row[place] for place in keys))
    return [
        label if len(meant[label]) == 1 else " · ".join([label, *(str(row[key]) for key in keys if key not in shown)])
        for label, row in zip(labels, rows, strict=True)
    ]


def figure_of_build(table: Table, query: Query, *, title: str = "") -> Figure | None:
    """Return the chart of a built table: a line a label where it goes over time by something; None without a chart."""
    chart = table.report.chart
    if chart is None:
        return None
    if "label" in table.series_columns and table.series_columns[0] != "label" and table.series:
        table, names = lines_of(table, MOST_LINES)
        return figure_of(table, replace(query, report=table.report), names, title=title)
    return figure_of(table, query, chart.series, title=title)


def lines_of(table: Table, most: int) -> tuple[Table, tuple[str, ...]]:
    """Return a table of days by label as one line a label, the largest first, and the lines' names; beyond `most` they
    are added together.
    """
    metric = table.series_columns[2]
    column = table.report.column(metric)
    sums: dict[str, float] = {}
    for _, label, value, *_ in table.series:
        sums[label] = sums.get(label, 0) + (value or 0)
    largest = sorted(sums, key=lambda label: (-sums[label], label))[:most]
    labels: list[str | None] = [*largest]
    labels += [REST] if len(sums) > len(largest) and column.sums else []
    values = grouped_values(table.series, largest, is_summed=column.sums)
    nothing = METRICS[metric].empty
    grain = starts_of(table.period, interval_of(table))
    points = [(start, *(values.get((start, label), nothing) for label in labels)) for start in grain]
    rest = "Others" if "Others" not in sums else "All others"
    # A label may be any word, that of another column too.
    lines = tuple(
        replace(column, name=f"line_{place}", title=rest if label is None else label)
        for place, label in enumerate(labels)
    )
    assert table.report.chart is not None
    chart = replace(table.report.chart, x=DAY, series=tuple(each.name for each in lines))
    report = replace(table.report, columns=(Column(DAY, "Day", Unit.DAY), *lines), chart=chart)
    names = tuple(each.name for each in report.columns)
    return replace(table, report=report, series=points, series_columns=names, previous_series=[]), chart.series


def interval_of(table: Table) -> str:
    """Return the interval that a built table goes by."""
    return next(name for name, title in TITLES.items() if title == table.columns[0].title)


def grouped_values(series: Sequence[Row], largest: list[str], *, is_summed: bool) -> dict[tuple[date, str | None], Any]:
    """Return the values by start and label; what is not among the largest goes together where it may be added up."""
    values: dict[tuple[date, str | None], Any] = {}
    for start, label, value, *_ in series:
        if label in largest:
            values[start, label] = value
        elif is_summed:
            values[start, REST] = values.get((start, REST), 0) + (value or 0)
    return values
