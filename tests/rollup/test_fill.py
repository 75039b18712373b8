"""Whole tables after a fill: late, duplicate and out-of-order events, days that begin in Lagos, money of the ledger."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Flag
from analytics.rollup.fill import dirty_days, fill_day, fill_dirty, rebuild
from analytics.rollup.span import counted_span
from analytics.rollup.verify import Difference, verify
from analytics.store.models import DirtyDay, FillState
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event, make_product, pay, place, refund, rows

pytestmark = pytest.mark.django_db


def test_events_are_counted_by_lagos_day_type_and_platform_without_bots():
    event("page.viewed", at(FRIDAY, 0), user_id="a")
    event("page.viewed", at(FRIDAY, 23, 59), user_id="a")
    event("page.viewed", at(FRIDAY, 12), user_id="a", platform="ios")
    event("page.viewed", at(FRIDAY, 12), user_id="a", platform=None)
    event("page.viewed", at(FRIDAY, 12), user_id="bot", flags=Flag.BOT)
    event("order.created", at(FRIDAY, 12), user_id="a", flags=Flag.CLAIMED)
    event("page.viewed", at(SATURDAY, 0), user_id="a")
    event("page.viewed", at(FRIDAY, 0) - timedelta(microseconds=1), user_id="a")
    assert fill_dirty() == [SATURDAY, FRIDAY, THURSDAY]
    assert rows("rollup_events", "day", "event_type", "platform", "events", "claimed") == [
        (THURSDAY, "page.viewed", "web", 1, 0),
        (FRIDAY, "order.created", "web", 1, 1),
        (FRIDAY, "page.viewed", "ios", 1, 0),
        (FRIDAY, "page.viewed", "unknown", 1, 0),
        (FRIDAY, "page.viewed", "web", 2, 0),
        (SATURDAY, "page.viewed", "web", 1, 0),
    ]


def test_a_product_is_counted_from_events_and_sold_from_the_ledger():
    make_product("gown", "Ankara gown")
    event("product.viewed", at(FRIDAY, 9), visitor_id="ada", product_ref="gown")
    event("product.viewed", at(FRIDAY, 10), visitor_id="ada", user_id="u1", product_ref="gown")
    event("product.viewed", at(FRIDAY, 11), user_id="u2", product_ref="gown")
    event("cart.item_added", at(FRIDAY, 11), user_id="u2", product_ref="gown", quantity=3)
    event("cart.item_added", at(FRIDAY, 12), user_id="u2", product_ref="cap")
    event("product.viewed", at(FRIDAY, 12), user_id="u2", product_ref=None)
    place("gown", at(FRIDAY, 13), quantity=2)
    place("gown", at(FRIDAY, 14), status="cancelled")
    place("gown", at(FRIDAY, 15), is_test=True)
    place("gown", at(FRIDAY, 16), currency="USD", price=9_900)
    pay(place("belt", at(FRIDAY, 17), status="cancelled"), at(FRIDAY, 18))
    fill_dirty()
    columns = (
        "product_ref",
        "currency",
        "views",
        "viewers",
        "cart_adds",
        "cart_units",
        "orders",
        "units",
        "revenue_kobo",
    )
    assert rows("rollup_products", *columns) == [
        ("belt", "NGN", 0, 0, 0, 0, 1, 1, 500_000),
        ("cap", "NGN", 0, 0, 1, 1, 0, 0, 0),
        ("gown", "NGN", 3, 2, 1, 3, 1, 2, 1_000_000),
        ("gown", "USD", 0, 0, 0, 0, 1, 1, 9_900),
    ]


def test_money_is_counted_on_its_own_days_and_net_of_refunds():
    order = place("gown", at(THURSDAY, 23), delivered_at=at(SATURDAY, 8), channel="android")
    payment = pay(order, at(FRIDAY, 0, 30))
    refund(payment, at(SATURDAY, 1), 120_050)
    place("gown", at(FRIDAY, 9), payment_method="cash_on_delivery")
    place("gown", at(FRIDAY, 9), status="expired")
    pay(place("gown", at(FRIDAY, 9), is_test=True), at(FRIDAY, 9))
    fill_dirty()
    assert rows("rollup_orders", *ROLLUPS["orders"].columns) == [
        (THURSDAY, "NGN", "paystack", "android", 1, 500_000, 0, 0, 0, 500_000, 0, 0, 0, 0, 0),
        (FRIDAY, "NGN", "cash_on_delivery", "web", 1, 500_000, 0, 0, 0, 500_000, 0, 0, 0, 0, 0),
        (FRIDAY, "NGN", "paystack", "android", 0, 0, 0, 0, 0, 0, 1, 500_000, 0, 0, 0),
        (SATURDAY, "NGN", "paystack", "android", 0, 0, 0, 0, 0, 0, 0, 0, 120_050, 1, 500_000),
    ]
    assert rows("orders_daily", "day", "order_count", "revenue::text") == [
        (THURSDAY, 1, "0.00"),
        (FRIDAY, 1, "5000.00"),
        (SATURDAY, 0, "-1200.50"),
    ]


def test_a_late_visit_changes_how_long_somebody_had_been_away_on_a_later_day():
    for day, visitor in ((THURSDAY, "bob"), (SATURDAY, "ada"), (SATURDAY, "bob")):
        event("page.viewed", at(day, 9), visitor_id=visitor)
    fill_dirty()
    assert rows("rollup_recency", "day", "days_away", "visitors") == [
        (THURSDAY, 0, 1),
        (SATURDAY, 0, 1),
        (SATURDAY, 2, 1),
    ]
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada")
    assert fill_dirty() == [SATURDAY, FRIDAY]
    assert rows("rollup_recency", "day", "days_away", "visitors") == [
        (THURSDAY, 0, 1),
        (FRIDAY, 0, 1),
        (SATURDAY, 1, 1),
        (SATURDAY, 2, 1),
    ]


def test_a_person_signs_up_once_by_the_shops_word_before_a_clients():
    event("user.created", at(FRIDAY, 9), user_id="u1", flags=Flag.CLAIMED, properties='{"source": "claimed"}')
    event("user.created", at(FRIDAY, 10), user_id="u1", properties='{"source": "web", "country": "NG"}')
    event("user.created", at(FRIDAY, 11), user_id="u2", platform="ios", country="GH")
    event("user.created", at(FRIDAY, 9), visitor_id="ada", flags=Flag.CLAIMED)
    event("page.viewed", at(FRIDAY, 12), visitor_id="ada", user_id="u1")
    fill_dirty()
    assert rows("rollup_signups", *ROLLUPS["signups"].columns) == [
        (FRIDAY, "unknown", "ios", "GH", 1),
        (FRIDAY, "web", "web", "NG", 1),
    ]


def test_a_visitor_who_signs_in_is_one_person_and_parcels_are_no_visits():
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada")
    event("screen.viewed", at(FRIDAY, 10), visitor_id="ada", user_id="u1")
    event("product.viewed", at(FRIDAY, 11), visitor_id="bob")
    event("order.delivered", at(FRIDAY, 12), user_id="u9")
    event("page.viewed", at(SATURDAY, 9), visitor_id="ada")
    fill_dirty()
    columns = [name for name in ROLLUPS["visitors"].columns if name != "person_key"]
    assert rows("rollup_visitors", *columns) == [
        (FRIDAY, "bob", False, 1, 0, at(FRIDAY, 11), at(FRIDAY, 11)),
        (FRIDAY, "u1", True, 2, 2, at(FRIDAY, 9), at(FRIDAY, 10)),
        (SATURDAY, "u1", True, 1, 1, at(SATURDAY, 9), at(SATURDAY, 9)),
    ]
    assert rows("rollup_traffic", "day", "visitors", "known") == [(FRIDAY, 2, 1), (SATURDAY, 1, 1)]
    assert rows("visitors_monthly", "month", "visitors") == [(date(2026, 11, 1), 2)]
    event("product.viewed", at(SATURDAY, 10), visitor_id="bob")
    fill_dirty()
    assert rows("visitors_daily", "day", "visitors") == [(FRIDAY, 2), (SATURDAY, 2)]
    assert rows("visitors_annual", "year", "visitors") == [(date(2026, 1, 1), 2)]


def test_a_late_event_recounts_its_own_day_and_no_other():
    event("page.viewed", at(FRIDAY, 9), user_id="a")
    event("page.viewed", at(SATURDAY, 9), user_id="a")
    fill_dirty()
    before = rows("analytics_fill_state", "rollup", "day", "filled_at")
    event("page.viewed", at(FRIDAY, 8), user_id="a", received_at=at(SATURDAY, 20))
    assert dirty_days() == [FRIDAY]
    assert fill_dirty() == [FRIDAY]
    assert rows("rollup_events", "day", "events") == [(FRIDAY, 2), (SATURDAY, 1)]
    after = rows("analytics_fill_state", "rollup", "day", "filled_at")
    assert [row for row in after if row[1] == SATURDAY] == [row for row in before if row[1] == SATURDAY]


def test_filling_twice_changes_nothing_and_leaves_no_marks():
    event("page.viewed", at(FRIDAY, 9), user_id="a")
    place("gown", at(FRIDAY, 9))
    fill_dirty()
    first = [rows(each.table, *each.columns) for each in ROLLUPS.values()]
    assert (DirtyDay.objects.count(), fill_dirty()) == (0, [])
    assert rebuild(first=FRIDAY, last=FRIDAY) == sum(map(len, first))
    assert [rows(each.table, *each.columns) for each in ROLLUPS.values()] == first
    assert rows("analytics_fill_state", "rollup", "day", "rows") == sorted(
        (name, FRIDAY, len(table)) for name, table in zip(ROLLUPS, first, strict=True)
    )


def test_an_order_that_changes_marks_the_days_of_all_its_money():
    order = place("gown", at(THURSDAY, 9))
    payment = pay(order, at(FRIDAY, 9))
    refund(payment, at(SATURDAY, 9), 100)
    fill_dirty()
    order.refresh_from_db()
    order.is_test = True
    order.save()
    assert fill_dirty() == [SATURDAY, FRIDAY, THURSDAY]
    assert rows("rollup_orders", "day") == []


def test_verify_names_every_cell_that_differs():
    event("page.viewed", at(FRIDAY, 9), user_id="a")
    fill_dirty()
    assert counted_span() == (FRIDAY, FRIDAY)
    assert verify(first=FRIDAY, last=FRIDAY) == []
    event("page.viewed", at(FRIDAY, 10), user_id="a")
    found = verify(first=FRIDAY, last=FRIDAY)
    assert [each for each in found if each.rollup == "events"] == [
        Difference("events", FRIDAY, ("page.viewed", "web"), "events", 1, 2)
    ]
    assert {each.rollup for each in found} == {"events", "journeys", "visitors", "visits"}


def test_an_empty_shop_has_nothing_to_count():
    assert counted_span() is None
    assert (fill_dirty(), FillState.objects.count()) == ([], 0)


def test_what_stays_as_it_was_is_not_written_again():
    event("page.viewed", at(FRIDAY, 9), visitor_id="ada", source_key=UUID(int=1))
    event("page.viewed", at(FRIDAY, 9), visitor_id="bob", source_key=UUID(int=1))
    pay(place("gown", at(FRIDAY, 10), visitor_id="ada"), at(FRIDAY, 11))
    fill_dirty()
    tables = ["analytics_sessions", *(rollup.table for rollup in ROLLUPS.values())]
    places = {table: rows(table, "ctid::text") for table in tables}
    fill_day(day=FRIDAY)
    assert {table: rows(table, "ctid::text") for table in tables} == places
    event("page.viewed", at(FRIDAY, 9, 5), visitor_id="bob", source_key=UUID(int=1))
    fill_dirty()
    written = {table for table in tables if rows(table, "ctid::text") != places[table]}
    of_visits = {"rollup_landings", "rollup_sessions", "rollup_sources", "rollup_visitors"}
    assert written == {"analytics_sessions", "rollup_events", "rollup_journeys", *of_visits}
    assert rows("rollup_visitors", "person", "events") == [("ada", 1), ("bob", 2)]
