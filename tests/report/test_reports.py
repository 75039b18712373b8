"""Whole tables of reports over a small story: figures, totals, comparisons, and the same in JSON and CSV."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.export import FORMATS, table_json
from analytics.report.periods import Period
from analytics.rollup.fill import fill_dirty
from tests.report.files import csv_of, file_of
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event, make_product, pay, place, refund
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def tell():
    """Three days of a shop, and a Friday of the week before."""
    make_product("gown", "Ankara gown")
    for number, day in enumerate((FRIDAY - WEEK, THURSDAY, FRIDAY, FRIDAY)):
        event("page.viewed", at(day, 9), visitor_id=f"v{number % 3}")
    event("user.created", at(FRIDAY, 10), user_id="u1", properties='{"source": "web", "country": "NG"}')
    event("product.viewed", at(FRIDAY, 10), visitor_id="v2", product_ref="gown")
    event("product.viewed", at(SATURDAY, 11), visitor_id="v2", product_ref="gown")
    event("cart.item_added", at(SATURDAY, 11), visitor_id="v2", product_ref="gown")
    refund(pay(place("gown", at(THURSDAY, 12)), at(FRIDAY, 8)), at(SATURDAY, 9), 100_001)
    pay(place("gown", at(FRIDAY, 12), quantity=2), at(FRIDAY, 13))
    place("gown", at(FRIDAY - WEEK, 12), quantity=3)


told = told_once(tell, has_views=False)


@pytest.fixture
def story(told, db):
    """It is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield


def test_the_overview_is_what_happened(story):
    table = ask("overview", **{"from": "2026-11-19", "to": "2026-11-21"})
    assert table.rows == [
        (THURSDAY, 1, 0, 0, 1, None, 0, None, None),
        (FRIDAY, 3, 0, 1, 1, None, 1_500_000, 750_000, None),
        (SATURDAY, 1, 0, 0, 0, None, -100_001, None, None),
    ]
    assert table.totals == {
        "visitors": 4,
        "sessions": 0,
        "signups": 1,
        "orders": 2,
        "conversion": None,
        "revenue_kobo": 1_399_999,
        "aov_kobo": 700_000,
        "bounce_rate": None,
    }
    assert table.compared == Period(THURSDAY - WEEK, SATURDAY - WEEK)
    assert table.previous == {
        "visitors": 1,
        "sessions": 0,
        "signups": 0,
        "orders": 1,
        "conversion": None,
        "revenue_kobo": 0,
        "aov_kobo": None,
        "bounce_rate": None,
    }
    assert [table.change(name) for name in ("visitors", "orders", "revenue_kobo")] == [3.0, 1.0, None]
    assert (table.is_partial, table.as_of is not None, len(table.previous_series)) == (True, True, 3)


def test_revenue_reconciles_with_the_ledger_on_every_basis(story):
    table = ask("revenue", **{"from": "2026-11-19", "to": "2026-11-21", "compare": "none"})
    assert table.rows == [
        (THURSDAY, 1, 500_000, 0, 0, 0, 0, 0, 0),
        (FRIDAY, 1, 1_000_000, 2, 1_500_000, 0, 1_500_000, 0, 0),
        (SATURDAY, 0, 0, 0, 0, 100_001, -100_001, 0, 0),
    ]
    assert table.totals["revenue_kobo"] == 1_399_999
    assert (table.previous, table.compared) == ({}, None)


def test_products_events_and_signups(story):
    days = {"from": "2026-11-19", "to": "2026-11-21"}
    assert ask("product_performance", **days).rows == [
        ("gown", "Ankara gown", "Gowns", 2, 1, 2, 3, 1_500_000, 0.5, 2.0, 1.0, None)
    ]
    of_one = ask("product_days", **days, product="gown")
    assert of_one.rows == [
        (THURSDAY, 0, 0, 1, 1, 500_000, None, None, None),
        (FRIDAY, 1, 0, 1, 2, 1_000_000, 0.0, None, 1.0),
        (SATURDAY, 1, 1, 0, 0, 0, 1.0, 0.0, 0.0),
    ]
    assert list(of_one.totals.values()) == [2, 1, 2, 3, 1_500_000, 0.5, 2.0, 1.0]
    assert list(ask("product_days", **days, product="other").totals.values()) == [0, 0, 0, 0, 0, None, None, None]
    assert ask("signups", **days).rows == [(THURSDAY, 0), (FRIDAY, 1), (SATURDAY, 0)]
    assert ask("signup_sources", **days, by="country").rows == [("NG", 1, 1.0)]
    assert ask("top_events", **days).rows == [
        ("page.viewed", 3, 0, 3 / 7),
        ("product.viewed", 2, 0, 2 / 7),
        ("cart.item_added", 1, 0, 1 / 7),
        ("user.created", 1, 0, 1 / 7),
    ]
    monthly = ask("event_counts", **days, grain="month")
    assert monthly.rows == [
        (date(2026, 11, 1), "page.viewed", 3, 0),
        (date(2026, 11, 1), "product.viewed", 2, 0),
        (date(2026, 11, 1), "cart.item_added", 1, 0),
        (date(2026, 11, 1), "user.created", 1, 0),
    ]
    assert (monthly.series, monthly.totals) == ([(date(2026, 11, 1), 7)], {"events": 7, "claimed": 0})
    assert ask("event_counts", **days, grain="day", type="product.viewed").series == [
        (THURSDAY, 0),
        (FRIDAY, 1),
        (SATURDAY, 1),
    ]


def test_totals_are_of_everything_however_few_rows_are_shown(story):
    table = ask("top_events", limit="1", **{"from": "2026-11-19", "to": "2026-11-21"})
    assert (len(table.rows), table.totals) == (1, {"events": 7, "claimed": 0})


def test_the_explorer_pages_through_all_events_newest_first(story):
    seen: list[tuple[Any, str]] = []
    page: dict[str, str] = {}
    for _ in range(20):
        table = ask("recent_events", period="30d", limit="3", **page)
        seen += [(row[0], row[1]) for row in table.rows]
        page = table.next_page
        if not page:
            break
    assert len(seen) == 8
    assert seen == sorted(seen, key=lambda row: row[0], reverse=True)
    assert [row[1] for row in ask("recent_events", period="30d", visitor="v2", limit="2").rows] == [
        "cart.item_added",
        "product.viewed",
    ]


@pytest.mark.parametrize("report_id", REPORTS)
def test_every_report_answers_in_every_form_with_the_same_rows(report_id, story):
    token = issue_key(name="BI", kind="secret", scopes=["reports", "records"])[1]
    table = ask(report_id)
    names = [column.name for column in table.columns]
    assert table_json(table)["rows"] == [dict(zip(names, row, strict=True)) for row in table.rows]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    answer = client.get(f"/api/v1/reports/{report_id}")
    assert (answer.status_code, len(answer.json()["rows"])) == (200, len(table.rows))
    for kind in FORMATS.values():
        download = client.get(f"/api/v1/reports/{report_id}.{kind.id}")
        assert (download.status_code, download["Content-Type"]) == (200, kind.media_type)
        name = f"{report_id}-{table.period.first}-{table.period.last}.{kind.id}"
        assert download["Content-Disposition"] == f'attachment; filename="{name}"'
        content = download.getvalue()
        assert kind.id in {"xlsx", "parquet"} or content == file_of(kind.id, report_id)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ("period=forever", "period"),
        ("from=yesterday", "from"),
        ("from=2026-11-21&to=2026-11-20", "to"),
        ("from=2001-01-01", "from"),
        ("from=0001-01-01&to=0001-01-02", "from"),
        ("from=2099-12-01&to=9999-12-31", "to"),
        ("before=0001-01-01T00:00:00Z", "before"),
        ("limit=" + "9" * 5000, "limit"),
        ("compare=always", "compare"),
        ("currency=naira", "currency"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("grain=hour", "grain"),
        ("colour=red", "colour"),
        ("before=2026-11-21T09:00", "before"),
        ("before_id=7", "before_id"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(params, field):
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    answer = Client().get(f"/api/v1/reports/event_counts?{params}", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "invalid_parameter", field)


def test_an_unknown_report_is_404():
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    answer = Client().get("/api/v1/reports/horoscope", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_amounts_of_another_currency_are_never_added(story):
    place("gown", at(FRIDAY, 12), currency="USD", price=5_000)
    fill_dirty()
    days = {"from": "2026-11-20", "to": "2026-11-20"}
    assert [ask("revenue", **days, currency=code).totals["placed_kobo"] for code in ("NGN", "USD", "EUR")] == [
        1_000_000,
        5_000,
        0,
    ]


def test_text_in_csv_starts_no_formula_and_negative_amounts_stay_numbers(story):
    for number, name in enumerate(("=HYPERLINK(1)", "+1", "-1", "@x", " =1", "'=1", "\uff1d1", "plain")):
        event("page.viewed", at(SATURDAY, 12, number), visitor_id=name)
    table = ask("recent_events", period="today", type="page.viewed")
    place_of = [column.name for column in table.columns].index("visitor_id")
    cells = [line[place_of] for line in csv_of("recent_events", period="today", type="page.viewed")][1:]
    assert cells == ["plain", "'\uff1d1", "''=1", "' =1", "'@x", "'-1", "'+1", "'=HYPERLINK(1)"]
    amounts = [line[6] for line in csv_of("revenue", period="today")]
    assert amounts == ["Revenue paid (NGN)", "-1000.01"]


def test_an_amount_in_the_explorer_is_in_its_own_currency(story):
    event("order.created", at(SATURDAY, 12), user_id="u1", value_kobo=5_000, currency="USD")
    table = ask("recent_events", period="today", type="order.created")
    assert table.currency_of(table.report.column("value_kobo"), table.rows[0]) == "USD"
    [titles, line] = csv_of("recent_events", period="today", type="order.created")
    assert (line[titles.index("Value")], line[titles.index("Currency")]) == ("50.00", "USD")
