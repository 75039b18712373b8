"""Whom to call: scores at each boundary, what people looked at and left, their timeline, and who sees who they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.registry.types import Flag
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.rollup.fill import fill_dirty
from analytics.rollup.leads import score_leads
from analytics.rollup.refresh import refresh_views
from analytics.store.models import BehaviourProfile, FillState, LeadScore
from analytics.track import track_many
from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.notifications.models import Notification
from tests.commerce.factories import VariantFactory
from tests.rollup.story import SATURDAY, at, build_event, make_user, pay, place, refund
from zuka.platform import clock
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import ApiUsage

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 20)
FIRST_DAY = SATURDAY - timedelta(days=6)
KEY = UUID(int=7)  # of a client: what the shop alone tells of is no visit
# Of what her visit is in; lists of orders and carts ask for a right of their own.
WITHOUT_HER = {"review_list", "signup_list"}
PERSONAL = [
    report.id
    for report in REPORTS.values()
    if any(column.personal for column in report.columns) and not report.permission and report.id not in WITHOUT_HER
]


@pytest.fixture
def evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def come(who: str, *events_a_day: int, **columns: Any) -> list[Any]:
    """Page views of a visitor: so many today, so many yesterday, and so on."""
    return [
        build_event("page.viewed", at(SATURDAY - timedelta(days=ago), 9, minute), visitor_id=who, **columns)
        for ago, count in enumerate(events_a_day)
        for minute in range(count)
    ]


def scored(*events: list[Any]) -> dict[str, tuple[str, int, int]]:
    """Everybody's score, events and days once these are counted."""
    track_many([event for some in events for event in some])
    fill_dirty()
    score_leads(at=clock.now())
    return {lead.person: (lead.band, lead.events, lead.days) for lead in LeadScore.objects.all()}


def test_a_score_begins_exactly_at_its_events_and_days(evening: None) -> None:
    assert scored(
        come("hot", 16, 1, 1, 1, 1),
        come("one event less than hot", 15, 1, 1, 1, 1),
        come("one day less than hot", 17, 1, 1, 1),
        come("warm", 8, 1, 1),
        come("one event less than warm", 7, 1, 1),
        come("one day less than warm", 40, 1),
        come("cool", 5),
        come("one event less than cool", 4),
        come("a bot", 16, 1, 1, 1, 1, flags=int(Flag.BOT)),
        come("half a bot", 4),
        come("half a bot", 16, 1, 1, 1, 1, flags=int(Flag.BOT | Flag.SKEWED)),
        [build_event("order.shipped", at(SATURDAY, 9, n), user_id="not there") for n in range(20)],
    ) == {
        "hot": ("hot", 20, 5),
        "one event less than hot": ("warm", 19, 5),
        "one day less than hot": ("warm", 20, 4),
        "warm": ("warm", 10, 3),
        "one event less than warm": ("cool", 9, 3),
        "one day less than warm": ("cool", 41, 2),
        "cool": ("cool", 5, 1),
        "one event less than cool": ("cold", 4, 1),
        "half a bot": ("cold", 4, 1),
    }


def test_seven_days_begin_at_the_shop_s_midnight(evening: None) -> None:
    midnight = at(FIRST_DAY, 0)
    before, after = midnight - timedelta(seconds=1), midnight
    assert scored(
        [build_event("page.viewed", before, visitor_id="gone") for _ in range(30)],
        [build_event("page.viewed", moment, visitor_id="back") for moment in (before, after)],
    ) == {"back": ("cold", 1, 1)}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert scored() == {}


def test_scoring_twice_changes_nothing_and_staff_tests_and_closed_accounts_are_nobody(evening: None) -> None:
    own: dict[str, dict[str, Any]] = {"ada": {}, "staff": {"is_staff": True}, "test": {"is_test": True}, "gone": {}}
    people = {name: User.objects.create_user(email=f"{name}@example.com", **columns) for name, columns in own.items()}
    events = [come(f"phone of {name}", 5, user_id=str(person.pk)) for name, person in people.items()]
    events[0] += come("phone of ada", 0, 5)  # before she signed in
    assert len(scored(*events)) == 2
    User.objects.filter(pk=people["gone"].pk).update(status="deleted", email=None)

    def versions() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT person, band, events, days, xmin::text FROM analytics_lead_scores")
            return list(cursor.fetchall())

    first = scored()
    written = versions()
    assert first == scored() == {str(people["ada"].pk): ("cool", 10, 2)}
    assert versions() == written
    assert (BehaviourProfile.objects.count(), FillState.objects.get(rollup="leads").rows) == (1, 1)


def visit_of_ada() -> User:
    """Ada looks at two gowns, searches, fills a cart; she had ordered and paid, and part went back."""
    ada = User.objects.create_user(email="ada@example.com", name="Ada Obi", phone="+2348030000001")
    gown = VariantFactory.create(product__name="Ankara gown", product__public_id="gown", product__brand__name="Iro")
    VariantFactory.create(product__name="Lace gown", product__public_id="lace")
    cart = Cart.objects.create(user=ada, last_active_at=at(SATURDAY, 10))
    cart.lines.create(variant=gown, quantity=2, added_price_kobo=200_000, added_at=at(SATURDAY, 10))
    looks = [
        build_event("product.viewed", at(SATURDAY, 9, minute), visitor_id="v1", product_ref=ref, source_key=KEY)
        for minute, ref in enumerate(("lace", "gown", "gown"))
    ]
    words = {"search_query": "aso ebi", "source_key": KEY}
    asked = [build_event("product.searched", at(SATURDAY, 9, 5), visitor_id="v1", **words)]
    known = [build_event("user.logged_in", at(SATURDAY, 9, 6), visitor_id="v1", user_id=str(ada.pk))]
    order = place("gown", at(FIRST_DAY, 12), user=ada, guest_email=None)
    refund(pay(order, at(FIRST_DAY, 13)), at(SATURDAY, 8), 100_000)
    Notification.objects.create(user=ada, key="k", kind="order.placed", title="x", created_at=at(FIRST_DAY, 14))
    scored(looks, asked, known)
    refresh_views(at=clock.now())
    told = {"endpoint": "me", "method": "GET", "status": 200, "ms": 1.0, "request_bytes": 0, "is_cached": False}
    ApiUsage.objects.create(id=uuid4(), created_at=at(SATURDAY, 11), user_id=ada.pk, **told)
    return ada


def test_the_list_says_whom_to_call_about_what(evening: None) -> None:
    ada = visit_of_ada()

    table = ask("leads", ALL_WITH_PEOPLE)

    cart = ("2 × Ankara gown", 400_000, "Ankara gown, Lace gown")
    came = (at(SATURDAY, 9, 6), "aso ebi", "09:00", "ada@example.com", 5, 1)
    assert table.rows == [(str(ada.pk), "Cool", "Ada Obi", "+2348030000001", *cart, *came, 1, 400_000)]
    assert table.totals == {"cart_kobo": 400_000, "orders": 1, "revenue_kobo": 400_000}
    assert table.as_of is not None
    profile = BehaviourProfile.objects.get()
    assert (profile.products, profile.brands[0]) == (["gown", "lace"], "Iro")

    Cart.objects.update(status="converted")
    assert ask("leads", cart="filled").rows == []
    assert ask("leads").rows[0][2:4] == (None, None)
    assert (ask("leads", score="hot").rows, len(ask("leads", score="cool", who="everybody").rows)) == ([], 1)


def test_a_timeline_is_all_that_somebody_did_newest_first(evening: None) -> None:
    ada = str(visit_of_ada().pk)

    table = ask("person_timeline", person=ada)

    assert [(row[0], row[1], row[2], row[3], row[5]) for row in table.rows] == [
        (at(SATURDAY, 9, 6), "Event", "User logged in", None, None),
        (at(SATURDAY, 9, 5), "Event", "Product searched", "aso ebi", None),
        (at(SATURDAY, 9, 2), "Event", "Product viewed", "Ankara gown", None),
        (at(SATURDAY, 9, 1), "Event", "Product viewed", "Ankara gown", None),
        (at(SATURDAY, 9, 0), "Visit", "No page", None, None),
        (at(SATURDAY, 9, 0), "Event", "Product viewed", "Lace gown", None),
        (at(SATURDAY, 8), "Payment", "Refund", None, -100_000),
        (at(FIRST_DAY, 14), "Message", "Order placed", None, None),
        (at(FIRST_DAY, 13), "Payment", "Payment", "paystack", 500_000),
        (at(FIRST_DAY, 12), "Order", "Order placed", None, 500_000),
    ]
    assert ask("person_timeline").rows == ask("person_timeline", person="x' OR 1=1").rows == []
    assert [row[1] for row in ask("person_timeline", person=ada, kind="payment").rows] == ["Payment"] * 2
    seen: list[Any] = []
    page: dict[str, str] = {}
    while page or not seen:
        part = ask("person_timeline", person=ada, limit="2", **page)
        seen, page = seen + part.rows, part.next_page
    assert seen == table.rows


def test_a_guest_is_followed_by_their_orders_and_the_device_they_used(evening: None) -> None:
    first = place("gown", at(FIRST_DAY, 12), guest_email="eve@example.com", visitor_id="v9")
    second = place("gown", at(SATURDAY, 12), guest_email="EVE@example.com")
    place("gown", at(SATURDAY, 13), guest_email="other@example.com")
    scored([build_event("page.viewed", at(SATURDAY, 9), visitor_id="v9", page_path="/gowns", source_key=KEY)])

    rows = ask("person_timeline", person=first.number).rows

    assert [(row[0], row[1], row[4]) for row in rows if row[1] == "Order"] == [
        (at(SATURDAY, 12), "Order", second.number),
        (at(FIRST_DAY, 12), "Order", first.number),
    ]
    assert [row[3] for row in rows if row[1] == "Event"] == ["/gowns"]


def staff_of(role: str) -> Client:
    person = User.objects.create_user(email=f"{role.lower()}@shop.example", is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    return client


def texts(client: Client, report: str) -> list[str]:
    """What a reader gets of a report: page, file, and both by the API."""
    answers = [
        client.get(reverse("admin:report", args=[report])),
        client.get(reverse("admin:report-csv", args=[report])),
        client.get(f"/api/v1/reports/{report}", headers={"accept": "*/*"}),
        client.get(f"/api/v1/reports/{report}.csv", headers={"accept": "*/*"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    return [(answer.getvalue() if answer.streaming else answer.content).decode() for answer in answers]


@pytest.mark.parametrize("report", PERSONAL)
@pytest.mark.parametrize(("role", "sees"), [("Owner", True), ("Marketing", False), ("Analyst", False)])
def test_who_customers_are_is_for_roles_that_may_see_them(evening: None, report: str, role: str, sees: bool) -> None:
    ada = str(visit_of_ada().pk)
    found = texts(staff_of(role), report)
    assert ["Ada Obi" in text for text in found] == [sees] * 4
    assert not sees or [ada in text for text in found] == [True] * 4
    if not sees:
        hidden = {column.title for column in REPORTS[report].columns if column.personal}
        assert hidden.isdisjoint(next(csv.reader(io.StringIO(found[1].removeprefix("\ufeff")))))
        assert "ada@example.com" not in "".join(found)
        assert "+234803" not in "".join(found)
        # Of customers the id may be the number of a guest's order.
        assert (ada in found[2]) is (report not in {"customers", "api_requests"})


@pytest.mark.parametrize("report", PERSONAL)
def test_a_key_is_never_told_who_customers_are(evening: None, report: str) -> None:
    visit_of_ada()
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    text = Client().get(f"/api/v1/reports/{report}", headers={"Authorization": f"Bearer {token}"}).content.decode()
    assert ("Ada Obi" in text, '"rows":[]' in text) == (False, False)


@pytest.mark.parametrize("report", ["leads", "customers", "person_timeline"])
def test_a_list_takes_as_many_queries_for_three_people_as_for_one(evening: None, report: str) -> None:
    def asked() -> int:
        cache.clear()  # what is kept needs no queries
        with CaptureQueriesContext(connection) as queries:
            ask(report, ALL_WITH_PEOPLE, **({"person": ada} if report == "person_timeline" else {}))
        return len(queries)

    ada = str(visit_of_ada().pk)
    one = asked()
    for number in range(2):
        person = make_user(f"p{number}@example.com")
        place("gown", at(SATURDAY, 12), user=person, guest_email=None)
        scored(come(f"v-{number}", 9, user_id=str(person.pk)))
    refresh_views(at=clock.now())
    assert (asked(), len(ask("leads").rows)) == (one, 3)
