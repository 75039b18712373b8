"""The report builder: parts add up to the whole, to the kobo; what cannot be added up is refused."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import Additivity
from analytics.registry.types import Flag
from analytics.report.asking import parse_build
from analytics.report.building import lines_of, run_build
from analytics.report.query import BadQuery
from analytics.report.scope import ALL, OutOfScope, Scope
from analytics.report.table import Table
from commerce.catalog.models import Brand
from tests.commerce.factories import UserFactory
from tests.report.brands import OTHERS, make_brands, make_member
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event, make_product, pay, place, refund
from zuka.platform import clock
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-19", "to": "2026-11-21"}
KEY = UUID(int=7)
BUILT = [metric for metric in METRICS.values() if metric.sources]
NOTHING = {"delivered_orders", "delivered"}
PAIRS = [
    (metric.id, name, by)
    for metric in BUILT
    for name in metric.sources
    for count in (0, 1, 2)
    for by in combinations(SOURCES[name].dimensions, count)
]


def tell_story() -> None:
    make_product("gown", "Ankara gown")
    for number, day in enumerate((THURSDAY, FRIDAY, FRIDAY, SATURDAY)):
        where = {
            "country": "NG" if number % 2 else None,
            "device_type": "mobile",
            "utm_source": "ig" if number else None,
        }
        visit = {"visitor_id": f"v{number % 3}", "session_id": f"s{number}", "source_key": KEY, **where}
        for minute, kind in enumerate(("page.viewed", "product.viewed", "cart.item_added", "checkout.started")):
            event(kind, at(day, 9, minute), page_path=f"/{number}", product_ref="gown", **visit)
    event("user.created", at(FRIDAY, 10), user_id="u1", properties='{"source": "web", "country": "NG"}')
    first = place("gown", at(THURSDAY, 9, 5), session_id="s0", visitor_id="v0")
    refund(pay(first, at(FRIDAY, 8)), at(SATURDAY, 9), 100_001)
    claim = {"flags": int(Flag.CLAIMED), "visitor_id": "v0", "source_key": KEY}
    event("order.created", at(THURSDAY, 9, 5), visitor_id="v0", platform="server", order_ref=first.number)
    event("order.created", at(THURSDAY, 9, 5), order_ref=first.number, **claim)
    event("page.viewed", at(SATURDAY, 15), visitor_id="v9", source_key=KEY, page_path="/")
    pay(place("gown", at(FRIDAY, 12), quantity=2, payment_method="cash_on_delivery"), at(FRIDAY, 13))
    place("cap", at(SATURDAY, 12), quantity=3, price=77_777, channel="android")
    place("cap", at(SATURDAY, 12), currency="USD")


told = told_once(tell_story, has_views=False)


@pytest.fixture
def story(told: None, db: None) -> Any:
    """It is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield


def build(scope: Scope = ALL, /, **params: str) -> Table:
    now = clock.now()
    query = parse_build(params={**DAYS, "compare": "none", **params}, today=clock.local_day(now), scope=scope)
    return run_build(query, now=now)[1]


def summed(table: Table, metric: str) -> Any:
    place_of = [column.name for column in table.columns].index(metric)
    return sum(row[place_of] for row in table.rows)


def test_a_brand_s_staff_build_on_their_rows_alone(client: Client) -> None:
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        iro, ember = make_brands()
        whole = build(metric="product_value", by="brand", interval="none")
        own, other = (
            build(Scope((brand.pk,)), metric="product_value", by="brand", interval="none") for brand in (iro, ember)
        )
        client.force_login(make_member(iro))
        answers = [
            client.get(reverse(name), {**DAYS, "metric": "product_value", "by": by, "interval": "none"})
            for name in ("admin:report-build", "admin:report-build-csv", "report-query", "report-query-csv")
            for by in ("brand", "category", "product")
        ]
        refused = [
            client.get(reverse(name), {"metric": "revenue"}).status_code
            for name in ("admin:report-build", "admin:report-build-csv", "report-query", "report-query-csv")
        ]
    assert whole.rows == [("Ember", 1_800_000), ("Iro", 1_500_000)]
    assert (own.rows, other.rows) == ([whole.rows[1]], [whole.rows[0]])
    assert [each.totals["product_value"] for each in (own, other)] == [1_500_000, 1_800_000]
    for answer in answers:
        text = answer.getvalue().decode()
        assert (answer.status_code, [word for word in OTHERS if word in text]) == (200, [])
    assert refused == [400] * 4, "the metrics of the shop are no choice of theirs"
    with pytest.raises(BadQuery):
        build(Scope((Brand.objects.latest("pk").pk,)), metric="revenue")
    assert OutOfScope.status == 403


@pytest.mark.parametrize("interval", ["none", "day", "month"])
def test_every_breakdown_of_an_additive_metric_adds_up_to_its_total(story: None, interval: str) -> None:
    wrong, asked = [], 0
    totals = {metric.id: build(metric=metric.id, interval="none").totals for metric in BUILT if not metric.not_over}
    for metric, _, by in PAIRS:
        if METRICS[metric].additivity is not Additivity.ADDITIVE:
            continue
        table = build(metric=metric, interval=interval, **dict(zip(("by", "by2"), by, strict=False)))
        asked += 1
        if not (summed(table, metric) == table.totals[metric] == totals[metric][metric]):
            wrong.append((metric, by))
    assert (wrong, asked > 100) == ([], True)
    assert {name for name, found in totals.items() if not found[name]} == NOTHING


def test_money_is_the_ledger_s_under_every_filter(story: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(amount_kobo) FROM ledger_payments) - (SELECT sum(amount_kobo) FROM ledger_refunds),"
            " (SELECT sum(total_kobo) FROM ledger_orders WHERE currency = 'NGN'),"
            " (SELECT sum(total_kobo) FROM ledger_lines WHERE currency = 'NGN')"
        )
        revenue, placed, lines = map(int, cursor.fetchone())
    methods = [build(metric="revenue", payment_method=each) for each in ("paystack", "cash_on_delivery")]

    assert revenue == sum(table.totals["revenue"] for table in methods) == build(metric="revenue").totals["revenue"]
    both = build(metric="revenue", payment_method="paystack | cash_on_delivery")
    assert both.totals["revenue"] == revenue == 1_399_999
    assert placed == build(metric="placed").totals["placed"] == 1_733_331
    assert lines == build(metric="product_value", by="category", interval="none").totals["product_value"]
    assert build(metric="placed", currency="USD").totals["placed"] == 500_000


def test_an_answer_is_a_whole_table(story: None) -> None:
    table = build(metric="placed", metric2="aov", metric3="visitors", interval="day")

    assert [column.title for column in table.columns] == ["Day", "Placed", "Average order value", "Visitors"]
    assert table.rows == [
        (THURSDAY, 500_000, None, 1),
        (FRIDAY, 1_000_000, 750_000, 3),
        (SATURDAY, 233_331, None, 2),
    ]
    assert table.totals == {"placed": 1_733_331, "aov": 700_000, "visitors": 5}
    assert table.report.title == "Placed and Average order value and Visitors"
    by = build(
        metric="product_value", metric2="product_orders", metric3="product_views", by="product", interval="month"
    )
    assert by.rows == [
        (date(2026, 11, 1), "gown", "Ankara gown", 1_500_000, 2, 4),
        (date(2026, 11, 1), "cap", "cap", 233_331, 1, 0),
    ]
    assert by.totals == {"product_value": 1_733_331, "product_orders": None, "product_views": 4}
    assert build(metric="product_orders", product="gown", interval="none").rows == [("All", 2)]
    assert build(metric="signups", country="GH", interval="none", by="platform").rows == []


def test_numbers_of_different_rollups_stand_beside_one_another(story: None) -> None:
    table = build(metric="sessions", metric2="events", metric3="signups", by="platform", interval="none")

    assert table.rows == [("web", 5, 19, 1), ("server", 0, 1, 0)]
    assert [summed(table, name) for name in ("sessions", "events", "signups")] == list(table.totals.values())
    assert set(table.report.rollups) == {"sessions", "events", "signups"}


def test_the_compared_period_is_asked_likewise(story: None) -> None:
    table = build(metric="placed", compare="previous", **{"from": "2026-11-21", "to": "2026-11-21"})

    assert (table.previous, table.previous_series) == ({"placed": 0}, [(SATURDAY - timedelta(days=7), 0)])


def test_a_filter_is_a_value_whatever_stands_in_it(story: None) -> None:
    for value in ("' OR ''='", "NG'; DROP TABLE rollup_sessions; --", "%(first)s", "{column}", "\\"):
        assert build(metric="sessions", country=value, by="device").totals == {"sessions": 0}
    assert build(metric="sessions", country="NG").totals == {"sessions": 2}


@pytest.mark.parametrize(
    ("params", "field", "reason"),
    [
        ({"metric": "moon"}, "metric", "metric must be one of"),
        ({"metric": "goods"}, "metric", "metric must be one of"),
        ({"metric": "visitors", "by": "country"}, "by", "Visitors is not counted by Country; it goes by day, week"),
        ({"metric": "revenue", "country": "NG"}, "country", "Revenue paid is not counted by Country; it goes by Pay"),
        ({"metric": "sessions", "by": "country", "by2": "campaign"}, "by2", "Country and Campaign together"),
        ({"metric": "sessions", "metric2": "revenue", "by": "country"}, "by", "Revenue paid is not counted by Country"),
        ({"metric": "sessions", "by": "country", "by2": "country"}, "by2", "Country is asked for twice"),
        ({"metric": "product_orders", "by": "category"}, "metric", "Break it down by Product, or choose one."),
        ({"metric": "product_orders", "product": "gown | cap"}, "metric", "different values of Product"),
        ({"metric": "product_viewers", "by": "product", "interval": "week"}, "interval", "Choose Day as the interval"),
        ({"metric": "sessions", "interval": "hour"}, "interval", "interval must be one of none, day"),
        ({"metric": "sessions", "colour": "red"}, "colour", "no parameter 'colour'"),
    ],
)
def test_what_cannot_be_answered_truly_is_refused_with_the_reason(
    params: dict[str, str], field: str, reason: str
) -> None:
    with pytest.raises(BadQuery) as refusal:
        build(**params)
    assert (refusal.value.field, reason in refusal.value.message) == (field, True)


def test_page_json_and_file_say_the_same(story: None, client: Client) -> None:
    params = {**DAYS, "metric": "placed", "by": "payment_method", "interval": "day", "chart": "stacked"}
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    page = client.get(reverse("admin:report-build"), params)
    table = build(**{name: value for name, value in params.items() if name not in DAYS})
    key = {"Authorization": f"Bearer {token}"}
    answer = Client(headers=key).get(reverse("report-query"), params).json()
    files = [
        client.get(reverse("admin:report-build-csv"), params),
        Client(headers=key).get("/api/v1/reports/query.csv", params),
    ]

    assert [tuple(row.values()) for row in answer["rows"]] == [(str(row[0]), *row[1:]) for row in table.rows]
    assert (answer["totals"], answer["title"]) == ({"placed": 1_733_331}, "Placed by Payment method")
    lines = [list(csv.reader(io.StringIO(b"".join(file).decode()[1:]))) for file in files]
    assert (
        lines[0]
        == lines[1]
        == [
            ["Day", "Payment method", "Placed (NGN)"],
            ["2026-11-19", "paystack", "5000.00"],
            ["2026-11-20", "cash_on_delivery", "10000.00"],
            ["2026-11-21", "paystack", "2333.31"],
        ]
    )
    narrowed = f"{reverse('admin:report-build')}?{urlencode({**params, 'payment_method': 'paystack'})}"
    assert page.context["rows"][0][1].href == narrowed
    assert client.get(narrowed).context["table"].totals == {"placed": 733_331}
    chart = page.context["figure"].data
    assert (chart["kind"], chart["labels"]) == ("stacked", ["19 Nov", "20 Nov", "21 Nov"])
    assert [(each["title"], each["values"]) for each in chart["series"]] == [
        ("cash_on_delivery", [0.0, 10_000.0, 0.0]),
        ("paystack", [5_000.0, 0.0, 2_333.31]),
    ]


@pytest.mark.parametrize(
    "params",
    [
        {"metric": "revenue"},
        {"metric": "sessions", "metric2": "conversion", "chart": "line"},
        {"metric": "sessions", "by": "campaign", "by2": "source", "interval": "none"},
        {"metric": "conversion", "by": "device", "interval": "week", "chart": "line"},
        {"metric": "visitors", "interval": "none"},
        {"metric": "product_value", "by": "product", "interval": "none"},
    ],
)
def test_each_kind_of_question_has_a_page(story: None, client: Client, params: dict[str, str]) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(reverse("admin:report-build"), {**DAYS, **params})

    content = page.content.decode()
    assert (page.status_code, METRICS[params["metric"]].formula[:20] in content) == (200, True)
    assert "Build a report" in content, "it stands in the menu"
    offered = {field.name for field in page.context["fields"]} & DIMENSIONS.keys()
    assert offered == set(SOURCES[METRICS[params["metric"]].sources[0]].dimensions) | (
        offered if len(METRICS[params["metric"]].sources) > 1 else set()
    )


def test_the_builder_is_for_staff_who_may_see_reports(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))
    names = ("admin:report-build", "admin:report-build-csv", "report-query", "report-query-csv")
    assert [client.get(reverse(name)).status_code for name in names] == [403] * 4


def test_a_chart_and_its_days_are_whole_however_few_rows_the_table_shows(story: None) -> None:
    by = build(metric="placed", by="payment_method", interval="day", limit="1")
    days = build(metric="placed", interval="day", limit="1")

    assert (len(by.rows), len(by.series)) == (1, 3)
    assert [row[1] for row in days.rows] == [500_000, 1_000_000, 233_331]
    assert days.totals == {"placed": 1_733_331}


def test_what_is_called_others_is_not_the_rest(story: None) -> None:
    table = build(metric="placed", by="payment_method", interval="day")
    labels = ["Others", "day", "a", "b", "c", "d", "e", "f"]
    points = [(at(THURSDAY, 0).date(), label, 9 - place) for place, label in enumerate(labels)]
    lines, names = lines_of(replace(table, series=points), 6)

    assert [lines.report.column(name).title for name in names] == [*labels[:6], "All others"]
    assert lines.series[0][1:] == (9, 8, 7, 6, 5, 4, 3 + 2)
