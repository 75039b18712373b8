"""Visits as they are stored: whole rows at fixed moments, late and doubled events, and who is who."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from analytics.people.cutting import COLUMNS, cut_days
from analytics.registry.types import Flag
from analytics.rollup import fill
from analytics.rollup.fill import dirty_days, fill_dirty, rebuild
from analytics.rollup.verify import verify
from analytics.store.models import IdentityLink, VisitorSession
from analytics.tasks import fill_older_days, fill_rollups
from analytics.track import track_many
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event, place, rows

pytestmark = pytest.mark.django_db
KEY = uuid4()
DAYS = (THURSDAY, FRIDAY, SATURDAY)
LANDING = {
    "page_path": "/gowns",
    "referrer_url": "https://user@www.L.Instagram.com:443/x?y",
    "utm_source": "instagram",
    "utm_medium": "social",
    "utm_campaign": "detty",
    "device_type": "mobile",
    "os": "Android",
    "browser": "Chrome",
    "country": "NG",
    "state": "Lagos",
}


def told(event_type, moment, **columns):
    """An event as a client sends it."""
    return build_event(event_type, moment, **{"visitor_id": "ada", "source_key": KEY, **columns})


def fact(event_type, moment, **columns):
    """An event as the shop itself tells it."""
    return build_event(event_type, moment, **{"visitor_id": "ada", "platform": "server", **columns})


def shopping_trip():
    """Ada comes by Instagram, buys a gown as a new customer, and reads on."""
    order = place("gown", at(FRIDAY, 9, 8), price=750_000)
    claim = {"flags": int(Flag.CLAIMED)}
    return order, [
        told("page.viewed", at(FRIDAY, 9, 0), **LANDING),
        told("product.viewed", at(FRIDAY, 9, 1), product_ref="gown"),
        told("product.searched", at(FRIDAY, 9, 2), search_query="gele"),
        told("cart.item_added", at(FRIDAY, 9, 3), product_ref="gown", **claim),
        fact("cart.item_added", at(FRIDAY, 9, 3), product_ref="gown", quantity=1),
        fact("cart.item_added", at(FRIDAY, 9, 4), product_ref="cap", quantity=1),
        fact("user.created", at(FRIDAY, 9, 5), user_id="u1"),
        fact("checkout.started", at(FRIDAY, 9, 6), user_id="u1"),
        fact("order.created", at(FRIDAY, 9, 8), user_id="u1", order_ref=order.number, value_kobo=750_000),
        told("order.created", at(FRIDAY, 9, 9), user_id="u1", order_ref=order.number, **claim),
        told("page.viewed", at(FRIDAY, 9, 10), page_path="/thanks", user_id="u1"),
    ]


def sessions(*columns):
    return rows("analytics_sessions", *columns)


def test_a_visit_says_everything_about_itself():
    order, story = shopping_trip()
    track_many(story)
    assert fill_dirty() == [FRIDAY]
    (found,) = VisitorSession.objects.values(*[name for name in COLUMNS if name != "person_key"])
    assert found == {
        "id": story[0].id,
        "day": FRIDAY,
        "visitor": "ada",
        "visitor_id": "ada",
        "user_id": "u1",
        "person": "u1",
        "is_known": True,
        "is_seen": True,
        "started_at": at(FRIDAY, 9, 0),
        "ended_at": at(FRIDAY, 9, 10),
        "duration_seconds": 600,
        "events": 11,
        "page_views": 2,
        "product_views": 1,
        "searches": 1,
        "cart_adds": 2,
        "viewed_at": at(FRIDAY, 9, 1),
        "carted_at": at(FRIDAY, 9, 3),
        "checkout_at": at(FRIDAY, 9, 6),
        "ordered_at": at(FRIDAY, 9, 8),
        "has_cart": True,
        "has_checkout": True,
        "has_order": True,
        "orders": 1,
        "order_ref": order.number,
        "currency": "NGN",
        "value_kobo": 750_000,
        "entry_page": "/gowns",
        "exit_page": "/thanks",
        "referrer_url": LANDING["referrer_url"],
        "referrer_host": "l.instagram.com",
        "utm_source": "instagram",
        "utm_medium": "social",
        "utm_campaign": "detty",
        "utm_term": None,
        "utm_content": None,
        "click_id": None,
        "platform": "web",
        "device_type": "mobile",
        "os": "Android",
        "browser": "Chrome",
        "country": "NG",
        "state": "Lagos",
        "is_bounce": False,
        "pages": ["/gowns", "/thanks"],
    }


def test_a_visit_is_counted_by_device_source_and_landing():
    track_many(shopping_trip()[1])
    track_many([told("page.viewed", at(FRIDAY, 12), visitor_id="bob", page_path="/gowns")])
    track_many([fact("cart.item_added", at(FRIDAY, 13), visitor_id="cart-1", product_ref="cap")])
    fill_dirty()
    assert rows("rollup_sessions", "platform", "device_type", "country", "currency", "sessions", "bounces") == [
        ("web", "", "", "NGN", 1, 1),
        ("web", "mobile", "NG", "NGN", 1, 0),
    ]
    measures = ("page_views", "seconds", "viewed", "carted", "checked_out", "ordered", "converted", "orders")
    assert rows("rollup_sessions", *measures, "value_kobo") == [
        (1, 0, 0, 0, 0, 0, 0, 0, 0),
        (2, 600, 1, 1, 1, 1, 1, 1, 750_000),
    ]
    columns = ("referrer_host", "utm_source", "utm_medium", "utm_campaign", "sessions", "bounces", "carted", "orders")
    assert rows("rollup_sources", *columns, "value_kobo") == [
        ("", "", "", "", 1, 1, 0, 0, 0),
        ("l.instagram.com", "instagram", "social", "detty", 1, 0, 1, 1, 750_000),
    ]
    assert rows("rollup_landings", "entry_page", "sessions", "bounces", "page_views", "converted", "value_kobo") == [
        ("/gowns", 2, 1, 3, 1, 750_000)
    ]


def test_what_the_shop_did_stands_beside_what_clients_said():
    _, story = shopping_trip()
    blocked = place("cap", at(FRIDAY, 15), channel="web")
    claim = {"flags": int(Flag.CLAIMED)}
    track_many(story)
    track_many(
        [
            fact("order.created", at(FRIDAY, 15), visitor_id="cart-1", order_ref=blocked.number),
            told("order.created", at(FRIDAY, 16), order_ref="never", value_kobo=100, currency="NGN", **claim),
            told("order.created", at(FRIDAY, 17), order_ref="never", value_kobo=100, currency="NGN", **claim),
            told("cart.item_added", at(FRIDAY, 16), visitor_id="bob", product_ref="cap", platform="ios", **claim),
        ]
    )
    fill_dirty()
    columns = ("event_type", "platform", "facts", "claims", "matched", "facts_kobo", "claims_kobo")
    assert rows("rollup_claims", *columns) == [
        ("cart.item_added", "ios", 0, 1, 0, 0, 0),
        ("cart.item_added", "web", 2, 1, 1, 0, 0),
        ("checkout.started", "web", 1, 0, 0, 0, 0),
        ("order.created", "web", 2, 2, 1, 1_250_000, 100),
        ("user.created", "web", 1, 0, 0, 0, 0),
    ]
    assert rows("rollup_products", "product_ref", "cart_adds", "cart_units", "orders") == [
        ("cap", 2, 2, 1),
        ("gown", 1, 1, 1),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "cancelled"}, (False, 0, None, 0)),
        ({"is_test": True}, (False, 0, None, 0)),
        ({}, (True, 1, "ref", 1)),
    ],
)
def test_an_order_that_no_longer_counts_leaves_its_visit(change, expected):
    order, story = shopping_trip()
    track_many(story)
    fill_dirty()
    for column, value in change.items():
        setattr(order, column, value)
    order.save()
    fill_dirty()
    has_order, orders, ref, worth = expected
    value = worth * order.total_kobo
    assert sessions("has_order", "orders", "order_ref", "value_kobo") == [
        (has_order, orders, order.number if ref else None, value)
    ]
    assert rows("rollup_sessions", "converted", "orders", "value_kobo") == [(orders, orders, value)]
    assert verify(first=FRIDAY, last=FRIDAY) == []


def test_an_order_of_after_midnight_leaves_a_visit_that_ended_before():
    order = place("gown", at(SATURDAY, 0, 1))
    track_many(
        [told("page.viewed", at(FRIDAY, 23, 50)), told("order.created", at(FRIDAY, 23, 59), order_ref=order.number)]
    )
    fill_dirty()
    assert sessions("day", "order_ref") == [(FRIDAY, order.number)]
    order.status = "cancelled"
    order.save()
    assert (dirty_days(), fill_dirty()) == ([SATURDAY], [SATURDAY, FRIDAY])
    assert sessions("day", "order_ref") == [(FRIDAY, None)]
    assert verify(first=FRIDAY, last=SATURDAY) == []


def test_a_late_event_joins_two_visits_and_a_doubled_one_changes_nothing():
    track_many([told("page.viewed", at(FRIDAY, 23, 40)), told("page.viewed", at(SATURDAY, 0, 30))])
    fill_dirty()
    assert sessions("day", "events", "is_bounce") == [(FRIDAY, 1, True), (SATURDAY, 1, True)]
    track_many([told("page.viewed", at(SATURDAY, 0, 5), received_at=at(SATURDAY, 20))])
    assert (dirty_days(), fill_dirty()) == ([SATURDAY], [SATURDAY, FRIDAY])
    assert sessions("day", "events", "ended_at", "is_bounce") == [(FRIDAY, 3, at(SATURDAY, 0, 30), False)]
    assert rows("rollup_sessions", "day", "sessions", "page_views") == [(FRIDAY, 1, 3)]
    assert verify(first=FRIDAY, last=SATURDAY) == []


def test_bots_and_what_happens_without_anybody_there_are_no_visit():
    track_many(
        [
            told("page.viewed", at(FRIDAY, 9), flags=int(Flag.BOT)),
            fact("order.delivered", at(FRIDAY, 10), order_ref="1"),
            fact("cart.abandoned", at(FRIDAY, 11)),
        ]
    )
    fill_dirty()
    assert sessions("id") == []


def test_a_visitor_is_their_user_on_every_day_once_they_sign_in():
    track_many([told("page.viewed", at(THURSDAY, 9)), told("page.viewed", at(FRIDAY, 9))])
    fill_dirty()
    assert sessions("day", "person", "is_known") == [(THURSDAY, "ada", False), (FRIDAY, "ada", False)]
    track_many([told("page.viewed", at(SATURDAY, 9), user_id="u1")])
    assert fill_dirty() == [SATURDAY, FRIDAY, THURSDAY]
    everyday = [(THURSDAY, "u1", True), (FRIDAY, "u1", True), (SATURDAY, "u1", True)]
    assert sessions("day", "person", "is_known") == everyday
    assert rows("rollup_visitors", "day", "person", "is_known") == everyday
    assert rows("visitors_monthly", "visitors") == [(1,)]


def test_older_days_wait_until_they_are_asked_for():
    track_many([told("page.viewed", at(THURSDAY, 9))])
    fill_dirty()
    track_many([told("page.viewed", at(SATURDAY, 9), user_id="u1")])
    fill_rollups()
    assert (sessions("day", "person"), dirty_days()) == ([(THURSDAY, "ada"), (SATURDAY, "u1")], [THURSDAY])
    fill_older_days()
    assert (sessions("day", "person"), dirty_days()) == ([(THURSDAY, "u1"), (SATURDAY, "u1")], [])


def test_a_shared_device_belongs_to_whoever_was_first_seen_with_it():
    track_many([told("page.viewed", at(SATURDAY, 9), user_id="u2"), told("page.viewed", at(SATURDAY, 12))])
    fill_dirty()
    track_many([told("page.viewed", at(THURSDAY, 9), user_id="u1", received_at=at(SATURDAY, 20))])
    fill_dirty()
    track_many([told("page.viewed", at(FRIDAY, 9), user_id="u3")])
    assert fill_dirty() == [FRIDAY]
    assert list(IdentityLink.objects.values_list("visitor_id", "user_id", "linked_at")) == [
        ("ada", "u1", at(THURSDAY, 9))
    ]
    assert sessions("day", "started_at", "person") == [
        (THURSDAY, at(THURSDAY, 9), "u1"),
        (FRIDAY, at(FRIDAY, 9), "u3"),
        (SATURDAY, at(SATURDAY, 9), "u2"),
        (SATURDAY, at(SATURDAY, 12), "u1"),
    ]


def test_an_alias_ties_an_earlier_id_to_a_user():
    track_many([told("page.viewed", at(THURSDAY, 9), visitor_id="before")])
    fill_dirty()
    track_many(
        [told("user.aliased", at(FRIDAY, 9), visitor_id=None, user_id="u1", properties='{"previous_id":"before"}')]
    )
    fill_dirty()
    assert sessions("day", "visitor", "person") == [(THURSDAY, "before", "u1"), (FRIDAY, "u1", "u1")]


def test_where_somebody_came_from_is_not_the_shop_itself(settings):
    settings.ALLOWED_HOSTS = ["shop.example", ".zuka.example"]
    hosts = ["https://shop.example/a", "https://www.zuka.example/", "android-app://com.google.android.gm/", "odd", ""]
    track_many(
        told("page.viewed", at(FRIDAY, 9), visitor_id=f"v{place}", referrer_url=host)
        for place, host in enumerate(hosts)
    )
    fill_dirty()
    assert sessions("visitor", "referrer_host") == [
        ("v0", None),
        ("v1", None),
        ("v2", "com.google.android.gm"),
        ("v3", None),
        ("v4", None),
    ]


LONG = "语" * 2000


def test_words_that_are_too_long_for_an_index_stop_no_count():
    utm = dict.fromkeys(("utm_source", "utm_medium", "utm_campaign"), LONG[:200])
    track_many(
        [
            told("page.viewed", at(FRIDAY, 9), page_path=f"/{LONG}", referrer_url=f"https://{LONG}/", **utm),
            told("user.aliased", at(FRIDAY, 10), user_id="u1", properties=f'{{"previous_id": "{LONG}"}}'),
            told("user.created", at(FRIDAY, 11), properties=f'{{"source": "{LONG}", "platform": "{LONG}"}}'),
        ]
    )
    assert fill_dirty() == [FRIDAY]
    assert rows("rollup_landings", "length(entry_page)", "sessions") == [(0, 2), (500, 1)]
    assert verify(first=FRIDAY, last=FRIDAY) == []


def test_a_segment_alias_ties_its_previous_id_too():
    track_many([told("user.aliased", at(FRIDAY, 9), user_id="u1", properties='{"previousId": "before"}')])
    fill_dirty()
    assert IdentityLink.objects.get(visitor_id="before").user_id == "u1"


def test_a_day_that_cannot_be_counted_stops_no_other(monkeypatch):
    track_many([told("page.viewed", at(day, 9)) for day in (THURSDAY, FRIDAY, SATURDAY)])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rollup_traffic ADD CONSTRAINT no_friday CHECK (day <> '2026-11-20')")
    with pytest.raises(IntegrityError, match="no_friday"):
        fill_dirty()
    assert (rows("rollup_traffic", "day"), dirty_days()) == ([(THURSDAY,), (SATURDAY,)], [FRIDAY])


def test_a_rebuild_of_some_days_marks_the_neighbours_it_changes(settings):
    nights = [
        told("page.viewed", at(day, hour), referrer_url="https://shop.example/") for day in DAYS for hour in (1, 9)
    ]
    track_many(nights)
    fill_dirty()
    settings.ALLOWED_HOSTS = ["shop.example"]
    rebuild(first=FRIDAY, last=FRIDAY)
    assert dirty_days() == [SATURDAY, THURSDAY]
    fill_dirty()
    assert verify(first=THURSDAY, last=SATURDAY) == []


def test_what_comes_during_a_rebuild_is_counted(monkeypatch):
    track_many([told("page.viewed", at(day, 2)) for day in DAYS])
    fill_dirty()
    late = [told("page.viewed", at(FRIDAY, 2, 5), visitor_id="bob")]

    def cut_and_be_late(**days):
        cut_days(**days)
        if days["last"] == THURSDAY and late:
            track_many([late.pop()])

    monkeypatch.setattr(fill, "cut_days", cut_and_be_late)
    rebuild(first=THURSDAY, last=SATURDAY)
    assert rows("rollup_sessions", "day", "sessions") == [(THURSDAY, 1), (FRIDAY, 2), (SATURDAY, 1)]
    assert verify(first=THURSDAY, last=SATURDAY) == []


def test_counting_everything_again_gives_the_same():
    track_many(shopping_trip()[1])
    track_many([told("page.viewed", at(SATURDAY, 0, 10) + timedelta(minutes=20 * step)) for step in range(6)])
    fill_dirty()
    before = sessions(*COLUMNS)
    rebuild(first=THURSDAY, last=SATURDAY)
    assert (sessions(*COLUMNS), verify(first=THURSDAY, last=SATURDAY)) == (before, [])
