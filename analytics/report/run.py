"""Running a query: the report's SQL files over the cheapest tables, then totals and comparison by the same files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.db.models import Min

from analytics.people.cutting import BOT_FLAGS
from analytics.people.narrowing import narrow
from analytics.registry.channels import CHANNELS
from analytics.registry.reports.forms import Report
from analytics.registry.types import Flag
from analytics.report.annotations import notes_of
from analytics.report.archived import Loan, month_names, needed_loan, reading
from analytics.report.computed import COMPUTED
from analytics.report.keeping import keep_table
from analytics.report.limits import too_slow
from analytics.report.periods import Period, compared_period
from analytics.report.query import Query, check_period
from analytics.report.replica import check_there
from analytics.report.seeing import seen_table
from analytics.report.table import Row, Table
from analytics.store.models import FillState, RefreshRun, WarehouseDay
from analytics.store.report_files import report_statement
from analytics.warehouse.client import WarehouseAway, WarehouseSlow, is_read
from analytics.warehouse.reading import Answer, answer, is_there, may_be_there
from zuka.platform.clock import day_bounds, local_day
from zuka.platform.live_settings.reading import live
from zuka.platform.replica.reading import known_until, reading_alias, reading_connection

Answered = TypeVar("Answered")
WINDOWS = (timedelta(minutes=15), timedelta(hours=3), timedelta(days=1), timedelta(days=7), timedelta(days=31))
# For the one sort of all matching events: 2 million rows take 60 MB. They are read by several processes, which by the
# usual costs only what is added up at once would be.
FOR_RAW_EVENTS = """
    SET LOCAL work_mem = '128MB'; SET LOCAL parallel_setup_cost = 100; SET LOCAL parallel_tuple_cost = 0.01
"""
MOST_SUMMED = 50_000  # rows that a total is added up of, where a page shows fewer
SEGMENT = "segment_use"  # what `query_params` has the segment under
FIRST_ID = "00000000-0000-0000-0000-000000000000"


def query_params(query: Query) -> dict[str, Any]:
    """Return what a report's SQL binds."""
    start, end = day_bounds(query.period.first)[0], day_bounds(query.period.last)[1]
    shared: dict[str, Any] = {"first": query.period.first, "last": query.period.last, "start": start, "end": end}
    shared |= {"today": query.today, "bot_flags": BOT_FLAGS, "claimed": int(Flag.CLAIMED), "brands": query.scope.bound}
    shared |= {"point_kobo": live.POINTS_VALUE_KOBO}
    shared |= {"channels": list(CHANNELS), "channel_titles": list(CHANNELS.values())}
    return {**shared, "currency": query.currency, "limit": query.limit, **query.values, SEGMENT: query.segment}


def fetch(name: str, params: dict[str, Any]) -> tuple[tuple[str, ...], list[Row]]:
    """Return the column names and rows of a report's SQL file, or of the statement that is put together for it;
    numerics become float, they are ratios here. Raises TooSlow.
    """
    statement, bound = statement_of(name, params)
    if there := fetch_from_warehouse(name, statement, bound, params):
        return there[0], shaped(name, there[1])
    with reading_connection().cursor() as cursor:
        if name in COMPUTED:
            cursor.execute(FOR_RAW_EVENTS)
        cursor.execute(statement, bound)
        names = tuple(column[0] for column in cursor.description or ())
        return names, shaped(name, [tuple(map(plain, row)) for row in cursor.fetchall()])


def fetch_from_warehouse(name: str, statement: Any, bound: dict[str, Any], params: dict[str, Any]) -> Answer | None:
    """Return what ClickHouse says, where it is chosen and has what is asked; None: ask PostgreSQL. Raises TooSlow, and
    WarehouseAway.
    """
    if not is_read():
        return None
    computed = COMPUTED.get(name)
    said = partial(computed.there, params) if computed and computed.there else None
    try:
        return answer(name, statement.as_string(None), bound, said=said)
    except WarehouseSlow as error:
        raise too_slow() from error


def shaped(name: str, rows: list[Row]) -> list[Row]:
    """Return the rows of a report from all that its statement returns."""
    computed = COMPUTED.get(name)
    return computed.rows(rows) if computed else rows


def statement_of(name: str, params: dict[str, Any]) -> tuple[Any, Any]:
    """Return the statement behind a name, a report's id or one of its other files, and what it binds; narrowed where
    the question is about a segment.
    """
    computed = COMPUTED.get(name)
    statement, bound = computed.statement(params) if computed else (report_statement(name), params)
    if segment := params.get(SEGMENT):
        return narrow(statement, bound, name=name, segment=segment)
    return statement, bound


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it."""
    return float(value) if isinstance(value, Decimal) else value


def run_query(query: Query, *, now: datetime) -> Table:
    """Answer a query, from what is kept of it where that still holds. Raises TooSlow; the query is checked already."""
    table = keep_table(query, now=now, make=make_table)
    table = replace(table, notes=notes_of(query.report, query.period, query.scope))
    return seen_table(table, query.scope)


def make_table(query: Query, *, now: datetime) -> Table:
    """Answer a query from the database, and where events of its days are there from the archive. Raises TooSlow, and
    NotOnReplica where a replica is read that cannot answer.
    """
    return from_either(lambda: table_at_once(query, now=now))


def from_either(read: Callable[[], Answered]) -> Answered:
    """Return what a function reads; where ClickHouse goes away meanwhile, all of it anew without. What PostgreSQL has
    not is only then borrowed from the archive.
    """
    try:
        return read()
    except WarehouseAway:  # it is not there for a minute now, so PostgreSQL is asked
        return read()


def table_at_once(query: Query, *, now: datetime) -> Table:
    """Answer a query with what it needs of the archive as things are. Raises as `make_table`, and WarehouseAway."""
    loan = loan_of(query)
    check_there(query, loan)
    with reading(loan):
        table = read_table(query, now=now)
    # A month may have been added up meanwhile.
    check_period(query.report, query.period, query.today, segment=query.segment)
    return replace(table, archived=month_names(loan))


def loan_of(query: Query) -> Loan | None:
    """Return what a question needs of the archive: all parts of its answer, the compared period's too."""
    report = query.report
    compared = compared_period(query.period, query.comparison) if report.is_comparable else None
    periods = [query_params(query), *([query_params(query.of_period(compared))] if compared else [])]
    names = [report.id]
    names += [f"{report.id}_totals"] * report.has_totals + [f"{report.id}_series"] * report.has_series
    asked = [statement_of(name, params) for name in names for params in periods]
    texts = [(statement.as_string(None), bound) for statement, bound in asked]
    return needed_loan(query, [(text, bound) for text, bound in texts if not is_there(text)])


def read_table(query: Query, *, now: datetime) -> Table:
    """Read all parts of an answer."""
    report = query.report
    rows, next_page = read_page(query, now) if report.pages else (read_rows(query), {})
    compared = compared_period(query.period, query.comparison) if report.is_comparable else None
    series_columns, series = read_series(query, rows)
    return Table(
        report=report,
        period=query.period,
        currency=query.currency,
        rows=rows,
        totals=read_totals(query, rows),
        previous=compared_totals(query, compared),
        compared=compared,
        series=series,
        series_columns=series_columns,
        previous_series=compared_series(query, compared),
        as_of=counted_at(report, query.period) if report.rollups or report.view else known_until(now),
        is_partial=report.has_period and query.period.last >= local_day(now),
        next_page=next_page,
        segment=query.segment,
    )


def read_rows(query: Query) -> list[Row]:
    """Return the rows of a report that is not read page by page; none where PostgreSQL lacks what it reads."""
    return fetch(query.report.id, query_params(query))[1] if can_be_read(query.report) else []


def can_be_read(report: Report) -> bool:
    """Say whether PostgreSQL has what a report reads."""
    return not report.extension or has_extension(report.extension)


def has_extension(name: str) -> bool:
    """Say whether an extension that must be loaded at PostgreSQL's start is loaded, and made in this database."""
    with reading_connection().cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass(%s) IS NOT NULL AND current_setting(%s, true) IS NOT NULL", [name, f"{name}.max"]
        )
        return bool(cursor.fetchone()[0])


def read_totals(query: Query, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the totals: from the totals file, else the sums of columns that may be summed, over all rows however few
    are shown; None where there are too many to add up.
    """
    report = query.report
    if report.has_totals:
        names, found = fetch(f"{report.id}_totals", query_params(query))
        return dict(zip(names, found[0], strict=True))
    if computed := COMPUTED.get(report.id):
        return computed.totals(rows, len(rows) >= query.limit)
    places = [(place, column.name) for place, column in enumerate(report.columns) if column.sums]
    if places and len(rows) == query.limit and not report.pages:
        most = max(query.limit, MOST_SUMMED)
        rows = fetch(report.id, query_params(query) | {"limit": most})[1]
        if len(rows) == most:
            return {name: None for _, name in places}
    return {name: sum(row[place] or 0 for row in rows) for place, name in places}


def compared_totals(query: Query, compared: Period | None) -> dict[str, Any]:
    """Return the totals of the compared period, by the same files."""
    if compared is None:
        return {}
    earlier = query.of_period(compared)
    if query.report.has_totals:
        return read_totals(earlier, ())
    return read_totals(earlier, fetch(query.report.id, query_params(earlier))[1])


def read_series(query: Query, rows: Sequence[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """Return the chart's columns and points: from the series file, else the rows themselves."""
    if query.report.has_series:
        return fetch(f"{query.report.id}_series", query_params(query))
    if computed := COMPUTED.get(query.report.id):
        return computed.series_columns, computed.series(rows)
    return tuple(column.name for column in query.report.columns), list(rows)


def compared_series(query: Query, compared: Period | None) -> list[Row]:
    """Return the points of the compared period, for charts over days."""
    if compared is None or query.report.chart is None or query.report.chart.x != "day":
        return []
    return fetch(query.report.id, query_params(query.of_period(compared)))[1]


def counted_at(report: Report, period: Period) -> datetime | None:
    """Return since when the counts of a period are right: the oldest last fill among its latest day's rollups, or
    the refresh of the view over them where that is older.
    """
    if report.view and not report.rollups:
        return refreshed_at(report.view)
    filled = FillState.objects.using(reading_alias())
    fills = filled.filter(rollup__in=report.rollups, day__range=(period.first, period.last))
    latest = fills.values("day").annotate(at=Min("filled_at")).order_by("-day").first()
    filled_at: datetime | None = latest["at"] if latest else None
    if latest and may_be_there(report.id):
        copied = WarehouseDay.objects.filter(day=latest["day"]).first()
        filled_at = min(latest["at"], copied.filled_at) if copied else None
    if not report.view or filled_at is None:
        return filled_at
    at = refreshed_at(report.view)
    return min(filled_at, at) if at else None


def refreshed_at(view: str) -> datetime | None:
    """Return when a materialized view was last made anew."""
    done = RefreshRun.objects.using(reading_alias()).filter(view=view, outcome=RefreshRun.Outcome.DONE)
    return done.order_by("-started_at").values_list("started_at", flat=True).first()


def page_windows(query: Query, now: datetime) -> Iterator[datetime]:
    """Yield ever earlier starts to look from. With a filter there is an index, so the whole period at once."""
    start = day_bounds(query.period.first)[0]
    before = min(query.before or now, day_bounds(query.period.last)[1])
    unfiltered = {each.name: each.default for each in query.report.parameters}
    if query.values == unfiltered:
        yield from (before - window for window in WINDOWS if before - window > start)
    yield start


def read_page(query: Query, now: datetime) -> tuple[list[Row], dict[str, str]]:
    """Return one page of a long list, newest first, and how to ask for the next."""
    end = day_bounds(query.period.last)[1]
    params = query_params(query) | {"limit": query.limit + 1}
    is_within = query.before is not None and query.before < end
    params |= {"before": query.before if is_within else end}
    params |= {"before_id": str(query.before_id) if is_within and query.before_id else FIRST_ID}
    rows: list[Row] = []
    for start in page_windows(query, now):
        rows = fetch(query.report.id, {**params, "start": start})[1]
        if len(rows) > query.limit:
            break
    place = [column.name for column in query.report.columns].index("id")
    page = [readable(query.report, row) for row in rows[: query.limit]]
    if len(rows) <= query.limit:
        return page, {}
    return page, {"before": page[-1][0].isoformat(), "before_id": page[-1][place]}


def readable(report: Report, row: Row) -> Row:
    """Return a row with the marks of an event in words, its properties as JSON and its id as text."""
    return tuple(READABLE.get(column.name, same)(value) for column, value in zip(report.columns, row, strict=True))


def same(value: Any) -> Any:
    """Return a value as it is."""
    return value


def marks_text(flags: int) -> str:
    """Return the marks of an event in words."""
    return ", ".join(str(flag.name).lower() for flag in Flag if flag in Flag(flags))


def optional_text(value: Any) -> str | None:
    """Return a value as text, where there is one."""
    return None if value is None else str(value)


READABLE: dict[str, Callable[[Any], Any]] = {
    "flags": marks_text,
    "properties": json.loads,
    "id": str,
    "visit": optional_text,
}
