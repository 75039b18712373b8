"""Every report gives the same table on both engines, cell by cell, over the same random events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.report.query import Query, parse_query
from analytics.report.run import FIRST_ID, fetch, query_params, statement_of
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from analytics.warehouse.reading import UNSAID, fetch_there, shop_tables
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
        override_settings(ANALYTICS_ENGINE="clickhouse", CLICKHOUSE_URL=f"chdb:///{engine}"),
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
    """The tables of the shop that a report reads, or why it is not said in ClickHouse's words."""
    params = asked(report, *PERIODS[0])
    found = [shop_tables(statement_of(name, params)[0].as_string(None)) for name in statements(report)]
    return set().union(*found, {UNSAID[report.id]} if report.id in UNSAID else set())


def cell(value: Any) -> Any:
    """A value as both engines may give it."""
    if isinstance(value, float):
        return float(DIGITS % value)
    return str(value) if isinstance(value, UUID) else value


def choices(report: Report) -> list[dict[str, str]]:
    """Every choice of every parameter, one at a time."""
    return [{}, *({each.name: key} for each in report.parameters for key, _ in each.choices)]


def compare(name: str, params: dict[str, Any], settings: Any) -> int:
    """Compare the table of a statement on both engines; return how many rows it has."""
    statement, bound = statement_of(name, params)
    settings.ANALYTICS_ENGINE = "both"
    names, rows = fetch(name, params)
    settings.ANALYTICS_ENGINE = "clickhouse"
    names_there, rows_there = fetch_there(name, statement.as_string(None), bound)
    assert names_there == names
    assert [tuple(map(cell, row)) for row in rows_there] == [tuple(map(cell, row)) for row in rows]
    return len(rows)


THERE = (
    *("overview", "revenue", "sales_breakdown", "cod_funnel", "category_sales", "product_performance", "product_days"),
    *("product_views", "top_products", "cart_additions", "products_viewed_together", "trending_products"),
    *("attribution", "attributed_orders", "sessions", "devices", "landing_pages", "referrers", "funnel"),
    *(
        "session_list",
        "session_path",
        "signups",
        "signup_sources",
        "searches",
        "search_list",
        "retention",
        "active_people",
    ),
    *("tracked_and_actual", "event_counts", "top_events", "recent_events", "signup_list", "people_list"),
)


def test_which_reports_are_read_from_clickhouse() -> None:
    """All others name what they read of the shop, or say why not."""
    assert [report.id for report in REPORTS.values() if not parts_in_postgresql(report)] == list(THERE)


@pytest.mark.parametrize("report_id", THERE)
def test_a_report_is_the_same_on_both_engines(report_id: str, settings: Any) -> None:
    report = REPORTS[report_id]
    rows = 0
    for first, last in PERIODS if report.has_period else PERIODS[:1]:
        for values in choices(report):
            for name in statements(report):
                rows += compare(name, asked(report, first, last, **values), settings)
    assert rows > 0 or report_id == "session_path"


@pytest.mark.parametrize("report_id", [each for each in THERE if REPORTS[each].brand_scopable])
def test_a_brands_staff_see_the_same_rows(report_id: str, settings: Any) -> None:
    report, brands = REPORTS[report_id], list(Brand.objects.values_list("pk", flat=True)[:1])
    for name in statements(report):
        compare(name, {**asked(report, *PERIODS[1]), "brands": brands}, settings)
