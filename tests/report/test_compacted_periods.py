"""Questions that cut what is counted as a whole are refused in words that help; others are answered."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.asking import parse_build
from analytics.report.building import run_build
from analytics.report.compacted import compacting_rollups, grain_of
from analytics.report.query import BadQuery, parse_query
from analytics.report.scope import ALL
from analytics.store.models import CompactedPeriod
from tests.lifecycle.ages import NOW, READING, compact, tell, today
from tests.report.test_segments import segment_of

pytestmark = pytest.mark.django_db
JANUARY = ("January 2023", date(2023, 1, 1), date(2023, 1, 31), "month")
YEAR = ("2022", date(2022, 1, 1), date(2022, 12, 31), "year")
WHOLE = {"from": "2023-01-01", "to": "2023-01-31"}


@pytest.fixture
def kept(db: None) -> Any:
    for _, first, last, grain in (JANUARY, YEAR):
        CompactedPeriod.objects.create(first_day=first, last_day=last, grain=grain, rows_before=9, rows_after=1)
    with today():
        yield


def parse(report: str = "landing_pages", **params: str) -> Any:
    return parse_query(report=REPORTS[report], params=params, today=NOW.date(), scope=ALL)


def build(**params: str) -> Any:
    query = parse_build(params={"compare": "none", **params}, today=NOW.date(), scope=ALL)
    return run_build(query, now=NOW)


def test_which_reports_read_what_is_compacted() -> None:
    assert {each.id: ({*compacting_rollups(each.id)}, grain_of(each)) for each in READING} == {
        "product_performance": ({"products"}, ""),
        "product_days": ({"products"}, "day"),
        "product_views": ({"products"}, ""),
        "cart_additions": ({"products"}, "day"),
        "landing_pages": ({"landings"}, ""),
    }
    assert {each.id for each in REPORTS.values() if compacting_rollups(each.id) and each.fixed_period} == {
        *("top_products", "trending_products", "products_viewed_together")
    }


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        (
            ("landing_pages", "2023-01-05", "2023-02-28"),
            "from",
            "January 2023 is counted as a whole: let the period begin on 2023-01-01 or 2023-02-01.",
        ),
        (
            ("landing_pages", "2023-01-01", "2023-01-30"),
            "to",
            "January 2023 is counted as a whole: let the period end on 2022-12-31 or 2023-01-31.",
        ),
        (
            ("product_performance", "2022-12-01", "2023-01-31"),
            "from",
            "2022 is counted as a whole: let the period begin on 2022-01-01 or 2023-01-01.",
        ),
        (
            ("product_days", "2023-01-01", "2023-01-31"),
            "from",
            "January 2023 is counted as a whole, not by day. Ask from 2023-02-01 on, or build a report by month.",
        ),
        (
            ("cart_additions", "2022-01-01", "2022-12-31"),
            "from",
            "2022 is counted as a whole, not by day. Ask from 2023-02-01 on, or build a report by year.",
        ),
    ],
)
def test_a_period_that_cuts_is_refused(kept: None, asked: tuple[str, str, str], field: str, message: str) -> None:
    report, first, last = asked
    with pytest.raises(BadQuery) as refusal:
        parse(report, **{"from": first, "to": last})
    assert (refusal.value.message, refusal.value.field, refusal.value.status) == (message, field, 400)


def test_the_api_and_the_page_say_why(kept: None, admin_client: Client) -> None:
    asked = {"from": "2023-01-05", "to": "2023-01-31"}
    answer = admin_client.get("/api/v1/reports/landing_pages", asked)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid_parameter", "from")
    assert "January 2023 is counted as a whole: let the period begin on 2023-01-01" in answer.content.decode()
    page = admin_client.get(reverse("admin:report", args=["landing_pages"]), asked)
    assert (page.status_code, "January 2023 is counted as a whole" in page.content.decode()) == (400, True)


@pytest.mark.parametrize(
    ("params", "field", "message"),
    [
        (
            {"metric": "product_views", "interval": "week", **WHOLE},
            "interval",
            "January 2023 is counted as a whole, not by week. Ask from 2023-02-01 on, or choose Month as the interval.",
        ),
        (
            {"metric": "product_views", "interval": "month", "from": "2022-01-01", "to": "2022-12-31"},
            "interval",
            "2022 is counted as a whole, not by month. Ask from 2023-02-01 on, or choose Year as the interval.",
        ),
        (
            {"metric": "product_views", "interval": "none", "from": "2023-01-02", "to": "2023-01-31"},
            "from",
            "January 2023 is counted as a whole: let the period begin on 2023-01-01 or 2023-02-01.",
        ),
    ],
)
def test_the_builder_refuses_what_is_shorter(kept: None, params: dict[str, str], field: str, message: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        build(**params)
    assert (refusal.value.message, refusal.value.field) == (message, field)


def test_what_it_is_compared_with_is_left_out_where_that_would_cut(kept: None) -> None:
    assert parse(**WHOLE, compare="year").comparison == "none"
    assert parse("revenue", **WHOLE, compare="year").comparison == "year"
    assert parse(**{"from": "2023-02-01", "to": "2023-02-28"}).comparison == "none"
    assert parse(**{"from": "2024-06-01", "to": "2024-06-30"}).comparison == "previous"
    query, table = build(metric="product_views", interval="month", **WHOLE, compare="year")
    assert (query.comparison, table.compared) == ("none", None)


def test_reports_on_what_stays_by_day_and_recent_periods_are_never_refused(kept: None) -> None:
    assert parse("revenue", **{"from": "2023-01-05", "to": "2023-01-06"}).period.days == 2
    with CaptureQueriesContext(connection) as asked:
        parse("product_days", period="365d", compare="year")
    assert len(asked) == 0


def test_the_builder_says_by_month_what_it_said(db: None) -> None:
    asked = {"metric": "product_views", "metric2": "cart_adds", "by": "product", "interval": "month"}
    days = {"from": "2022-12-01", "to": "2023-02-28"}
    with today():
        tell()
        before = build(**asked, **days)[1]
        compact()
        assert build(**asked, **days)[1] == before
        assert [row[:2] + row[3:4] for row in before.rows if row[1] == "gown"] == [
            (date(2022, 12, 1), "gown", 4),
            (date(2023, 1, 1), "gown", 4),
            (date(2023, 2, 1), "gown", 2),
        ]


def test_a_segment_is_counted_anew_by_day(db: None) -> None:
    with today():
        tell()
        compact()
        asked = {"from": "2023-01-05", "to": "2023-01-20", "segment": str(segment_of("ada").pk)}
        assert [row[:2] for row in ask("landing_pages", **asked).rows] == [("/ada", 1)]
