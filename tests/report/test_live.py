"""Today: what the live view says, for whom, how often it is computed, and what it reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from analytics.report import live
from analytics.report.live import latest_snapshot
from analytics.store.models import IdentityLink
from commerce.cart.models import Cart, CartLine
from tests.commerce.factories import UserFactory, VariantFactory, in_threads
from tests.rollup.story import SATURDAY, at, event, make_product, pay, place, refund
from zuka.platform.db.files import load_sql

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 14, 5) + timedelta(seconds=30)
KEY = uuid4()
# One a minute, for a month.
MANY_EVENTS = """
    INSERT INTO analytics_events (
        id, event_type, source_name, occurred_at, received_at, visitor_id, properties, flags, source_key
    )
    SELECT gen_random_uuid(), 'page.viewed', 'page.viewed', %(now)s - number * interval '1 minute', %(now)s, 'ada',
        '{}', 0, gen_random_uuid()
    FROM generate_series(1, 40000) AS number ORDER BY number DESC
"""


def seconds_ago(seconds: int) -> datetime:
    return NOW - timedelta(seconds=seconds)


def seen(event_type: str, seconds: int, **columns: Any) -> None:
    event(event_type, seconds_ago(seconds), source_key=KEY, **columns)


@pytest.fixture
def a_busy_moment() -> None:
    """Ada on two devices, Bola; a robot, a server's fact and somebody of an hour ago. Sales today and last week."""
    make_product("gown", "Adire gown")
    IdentityLink.objects.create(visitor_id="phone", user_id="ada", linked_at=NOW, event_id=uuid4())
    seen("page.viewed", 250, visitor_id="phone", page_path="/sale")
    seen("product.viewed", 70, user_id="ada", page_path="/p/gown", product_ref="gown", city="Lagos", value_kobo=500_000)
    seen("product.searched", 10, visitor_id="bola", page_path="/search", search_query="cap", device_type="mobile")
    seen("page.pinged", 5, visitor_id="bola", page_path="/search")
    seen("page.viewed", 4, visitor_id="robot", page_path="/robots", flags=1)
    event("order.paid", seconds_ago(20), user_id="chi", order_ref="1", value_kobo=500_000)
    seen("page.viewed", 1_200, visitor_id="dayo", page_path="/")
    seen("page.viewed", 3_600, visitor_id="dayo", page_path="/")
    week = timedelta(days=7)
    refund(pay(place("gown", seconds_ago(7_000)), seconds_ago(6_900)), seconds_ago(60), 100_000)
    place("gown", seconds_ago(600))
    pay(place("gown", seconds_ago(7_000) - week), seconds_ago(6_900) - week, 200_000)
    pay(place("gown", seconds_ago(-60) - week), seconds_ago(-120) - week)
    for minutes, owner in ((10, None), (70, None), (5, UserFactory.create(is_test=True))):
        cart = Cart.objects.create(token_hash=uuid4().hex, user=owner, last_active_at=NOW - timedelta(minutes=minutes))
        CartLine.objects.create(
            cart=cart, variant=VariantFactory.create(), quantity=2, added_price_kobo=150_000, added_at=NOW
        )


@pytest.mark.usefixtures("a_busy_moment")
def test_it_says_what_goes_on(staff: Client) -> None:
    with time_machine.travel(NOW, tick=False):
        told = staff.get(reverse("admin:live-now")).json()
    assert told["figures"] == {
        "people": {"text": "2", "note": "In the last 5 minutes", "change": ""},
        "minute": {"text": "1", "note": "6 in the last 30 minutes", "change": ""},
        "carts": {"text": "1", "note": "₦3,000 in them, used within the hour", "change": ""},
        "orders": {"text": "2", "note": "1 by this time on Sat 14 Nov 2026", "change": "+100.0%"},
        "revenue": {"text": "₦4,000", "note": "₦2,000 by this time on Sat 14 Nov 2026", "change": "+100.0%"},
    }
    assert told["pages"] == [{"page": "/p/gown", "people": "1"}, {"page": "/search", "people": "1"}]
    assert [[each[name] for name in ("at", "text", "what", "value", "where")] for each in told["stream"]] == [
        ["14:05:20", "Somebody searched the shop", "cap", "", "mobile"],
        ["14:05:10", "An order was paid in full", "", "₦5,000.00", ""],
        ["14:04:20", "A product's page was shown", "Adire gown", "₦5,000.00", "Lagos"],
        ["14:01:20", "A page was shown", "/sale", "", ""],
        ["13:45:30", "A page was shown", "/", "", ""],
    ]
    assert [each["title"] for each in told["minutes"][-2:]] == ["14:04: 1 event", "14:05: 3 events"]
    assert (told["as_of"], told["age_seconds"]) == ("Sat 21 Nov 2026, 14:05:30", 0.0)


@pytest.mark.usefixtures("a_busy_moment")
def test_minutes_that_are_over_are_not_counted_again() -> None:
    first = live.make_snapshot(None, NOW)
    event("page.viewed", seconds_ago(1_200), visitor_id="late")
    seen("page.viewed", 1, visitor_id="bola")
    second = live.make_snapshot(first, NOW + timedelta(seconds=40))
    assert [count for _minute, count in second["minutes"]] == [*(count for _, count in first["minutes"][1:-1]), 4, 0]


def test_the_page_of_a_quiet_shop(staff: Client) -> None:
    page = staff.get(reverse("admin:live")).content.decode()
    assert ("Nobody is on a page just now." in page, "Nothing in the last half hour." in page) == (True, True)
    assert page.count("<rect ") == live.SHOWN_MINUTES


def test_it_is_for_staff_who_may_see_reports(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))
    assert [client.get(reverse(f"admin:{name}")).status_code for name in ("live", "live-now")] == [403, 403]


def test_within_seconds_it_is_not_computed_again(staff: Client) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first = staff.get(reverse("admin:live-now")).json()
        clock.shift(live.FRESH_SECONDS - 1)
        again = staff.get(reverse("admin:live-now")).json()
        clock.shift(1)
        later = staff.get(reverse("admin:live-now")).json()
    assert [first["as_of"][-8:], again["as_of"][-8:], later["as_of"][-8:]] == ["14:05:30", "14:05:30", "14:05:33"]
    assert again["age_seconds"] == live.FRESH_SECONDS - 1


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(staff: Client, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    with time_machine.travel(NOW, tick=False) as clock:
        assert staff.get(reverse("admin:live")).status_code == 200
        clock.shift(timedelta(minutes=20))
        assert staff.get(reverse("admin:live-now"), headers={"x-zuka-polling": "1"}).status_code == 200
        clock.shift(timedelta(minutes=11))
        assert staff.get(reverse("admin:live-now"), headers={"x-zuka-polling": "1"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_crowd_has_it_computed_once() -> None:
    found = in_threads(12, lambda: latest_snapshot(now=NOW))
    assert [each["computed_at"] for each in found] == [NOW] * 12
    later = NOW + timedelta(seconds=10)
    found = in_threads(12, lambda: latest_snapshot(now=later)["computed_at"])  # type: ignore[index]
    assert set(found) <= {NOW, later}  # who did not have the turn did not wait


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_leaves_what_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STATEMENT_LIMIT", "50ms")
    monkeypatch.setattr(live, "FIRST_WAIT_SECONDS", 0.1)
    later = NOW + timedelta(seconds=30)

    def ask_meanwhile(*moments: datetime) -> list[Any]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE analytics_events IN ACCESS EXCLUSIVE MODE")
            return [in_threads(1, partial(latest_snapshot, now=moment))[0] for moment in moments]

    assert ask_meanwhile(NOW, NOW) == [None, None]
    cache.clear()
    known = latest_snapshot(now=NOW)
    assert ask_meanwhile(later, later) == [known, known]


def test_without_figures_the_page_says_so(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_WAIT_SECONDS", 0.0)
    cache.add(live.TURN, 1)
    assert staff.get(reverse("admin:live-now")).status_code == 503
    assert "The figures cannot be read just now" in staff.get(reverse("admin:live")).content.decode()


@pytest.mark.parametrize("name", ["people", "minutes", "pages", "stream"])
def test_it_reads_this_month_by_an_index(name: str) -> None:
    params: dict[str, Any] = {
        "now": NOW,
        "since": NOW - live.NOW,
        "bot_flags": [1],
        "not_visits": [],
        "quiet": [],
        "limit": 20,
    }
    with connection.cursor() as cursor:
        cursor.execute(MANY_EVENTS, {"now": NOW})
        cursor.execute("ANALYZE analytics_events")
        cursor.execute("EXPLAIN " + load_sql(live.FOLDER / f"{name}.sql"), params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("analytics_events_2026_10" in plan, "Seq Scan on analytics_events" in plan) == (False, False), plan
