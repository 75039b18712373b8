"""Every report gives the same table on both engines, cell by cell, over the same random events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.report.query import Query, parse_query
from analytics.report.reading import read_cursor
from analytics.report.run import FIRST_ID, fetch, fetch_from_warehouse, query_params, shaped, statement_of
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from analytics.warehouse.reading import is_there, may_be_there, shop_tables
from analytics.warehouse.staying import OF_EVENTS, REASONS, STAYS
from commerce.catalog.models import Brand
from tests.report.telling import EVENING, told_once
from tests.rollup.story import SATURDAY
from tests.warehouse.story import tell

pytestmark = pytest.mark.django_db
told = told_once(tell)
ROWS = 1_000
PERIODS = (("2026-11-19", "2026-11-21"), ("2026-10-01", "2026-11-30"), ("2025-01-01", "2025-01-03"))
# A ratio is one of whole numbers in PostgreSQL, of floats in ClickHouse: the last of their 16 digits may differ.
DIGITS = "%.13g"


@pytest.fixture(scope="module")
def copied(told: None, engine: Any, django_db_blocker: Any) -> Iterator[None]:
    """The story, copied once."""
    from django.test import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(ANALYTICS_ENGINE="clickhouse", CLICKHOUSE_URL=engine, CLICKHOUSE_READS="all"),
        time_machine.travel(EVENING, tick=False),
    ):
        from analytics.warehouse.client import open_warehouse

        make_tables(open_warehouse())
        copy_counted(open_warehouse())
        yield


@pytest.fixture(autouse=True)
def story(copied: None, warehouse: Warehouse, db: None) -> Iterator[None]:
    """It is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield


def statements(report: Report) -> tuple[str, ...]:
    totals, series = [f"{report.id}_totals"] * report.has_totals, [f"{report.id}_series"] * report.has_series
    return (report.id, *totals, *series)


def asked(report: Report, first: str, last: str, **values: str) -> dict[str, Any]:
    days = {"from": first, "to": last} if report.has_period else {}
    query: Query = parse_query(report=report, params={**days, **values}, today=SATURDAY, scope=ALL_WITH_PEOPLE)
    page = {"before": query_params(query)["end"], "before_id": FIRST_ID} if report.pages else {}
    return {**query_params(query), **page, "limit": ROWS}


def parts_in_postgresql(report: Report) -> set[str]:
    """The tables that a report reads and that are in PostgreSQL alone."""
    params = asked(report, *PERIODS[0])
    found = [shop_tables(statement_of(name, params)[0].as_string(None)) for name in statements(report)]
    return set().union(*found)


def cell(value: Any) -> Any:
    """A value as both engines may give it."""
    if isinstance(value, float):
        return float(DIGITS % value)
    return str(value) if isinstance(value, UUID) else value


def choices(report: Report) -> list[dict[str, str]]:
    """Every choice of every parameter, one at a time, and what is typed."""
    return [{}, *({each.name: key} for each in report.parameters for key, _ in each.choices), *TYPED.get(report.id, ())]


def compare(name: str, params: dict[str, Any], settings: Any) -> int:
    """Compare the table of a statement on both engines; return how many rows it has."""
    statement, bound = statement_of(name, params)
    settings.ANALYTICS_ENGINE = "both"
    names, rows = fetch(name, params)
    settings.ANALYTICS_ENGINE = "clickhouse"
    there = fetch_from_warehouse(name, statement, bound, params)
    assert there is not None
    assert there[0] == names
    assert [tuple(map(cell, row)) for row in shaped(name, there[1])] == [tuple(map(cell, row)) for row in rows]
    return len(rows)


THERE = [each for each in REPORTS if each not in STAYS]
BUYING = {"step1": "product.viewed", "step2": "cart.item_added", "step3": "order.created"}
SEARCHING = {"step1": "product.searched?properties.results=7&country=NG", "step2": "product.viewed?page_path~=/GOWN"}
AGAIN = {f"step{number}": "page.viewed" for number in range(1, 6)}
TYPED: dict[str, list[dict[str, str]]] = {
    "event_funnel": [
        {**steps, **chosen}
        for steps in (BUYING, SEARCHING, AGAIN, {"step1": "order.created", "step2": "order.created"})
        for chosen in ({"by": "country"}, {"window": "90d"})
    ],
    "paths": [
        {"of": of, "direction": direction, "chosen": chosen, "depth": depth}
        for of, chosen in (("pages", "/gown"), ("events", "product.viewed"), ("events", ""), ("pages", "nowhere"))
        for direction in ("next", "before")
        for depth in ("1", "3")
    ],
}


def test_which_reports_are_read_from_clickhouse() -> None:
    """Each report that stays has a reason, and reads what is in PostgreSQL alone; all others read nothing of that."""
    assert [each for each in REPORTS if parts_in_postgresql(REPORTS[each])] == [
        each for each in REPORTS if each in STAYS
    ]
    assert STAYS.keys() <= REPORTS.keys()
    assert sum(map(len, REASONS.values())) == len(STAYS)


def test_unless_all_are_to_be_those_that_read_events_are_read_from_clickhouse(settings: Any) -> None:
    settings.CLICKHOUSE_READS = "events"
    found = set()
    for report in REPORTS.values():
        for values in choices(report):
            params = asked(report, *PERIODS[0], **values)
            texts = [statement_of(name, params)[0].as_string(None) for name in statements(report)]
            found |= {report.id} if any(map(is_there, texts)) else set()
    assert [each for each in REPORTS if each in found] == [each for each in REPORTS if each in OF_EVENTS]
    assert [each for each in REPORTS if may_be_there(each)] == [each for each in REPORTS if each in OF_EVENTS]


@pytest.mark.parametrize("report_id", THERE)
def test_a_report_is_the_same_on_both_engines(report_id: str, settings: Any) -> None:
    report = REPORTS[report_id]
    rows = 0
    for first, last in PERIODS if report.has_period else PERIODS[:1]:
        for values in choices(report):
            for name in statements(report):
                rows += compare(name, asked(report, first, last, **values), settings)
    assert rows > 0 or report_id == "session_path"


def test_a_file_of_a_report_has_its_rows_from_clickhouse() -> None:
    period = dict(zip(("from", "to"), PERIODS[1], strict=True))
    query = parse_query(
        report=REPORTS["event_funnel"], params={**period, **BUYING}, today=SATURDAY, scope=ALL_WITH_PEOPLE
    )
    with CaptureQueriesContext(connection) as queries:
        rows = [row for batch in read_cursor(query, connection) for row in batch.rows]
    assert rows == fetch("event_funnel", query_params(query))[1]
    assert (len(rows), len(queries)) == (3, 0)


@pytest.mark.parametrize("report_id", [each for each in THERE if REPORTS[each].brand_scopable])
def test_a_brands_staff_see_the_same_rows(report_id: str, settings: Any) -> None:
    report, brands = REPORTS[report_id], list(Brand.objects.values_list("pk", flat=True)[:1])
    for name in statements(report):
        compare(name, {**asked(report, *PERIODS[1]), "brands": brands}, settings)
