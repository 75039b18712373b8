from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from commerce.accounts.models import Entitlement, KeyTier, User
from commerce.accounts.services import entitle, entitled
from commerce.accounts.services.entitling import Entitled
from commerce.cart.services import delivery_kobo
from commerce.orders.services.comparing import compare_day
from commerce.rewards.services import settle_points
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import refund_charge, renew_due
from tests.commerce.accounts.doors import token_of as session_of
from tests.commerce.factories import NOON
from tests.commerce.subscriptions.stories import DAY, SYSTEM, make_plan, subscribed
from zuka.demo.providers.desk import Providers
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db
API = "/api/v1/subscriptions"


def client_of(user: User) -> Client:
    return Client(headers={"X-Session-Token": session_of(user)})


def test_plans_are_public(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    plan = make_plan("professional", free_shipping=True, points_percent=150, trial_days=7)
    make_plan("basic", is_active=False)
    client.get(f"{API}/plans/")  # the rules of rate limits are read once a while
    with django_assert_num_queries(1):
        answer = client.get(f"{API}/plans/")
    assert answer.json() == [
        {
            "id": plan.pk,
            "plan_level": "professional",
            "interval": "month",
            "name": "Professional, a month",
            "description": "",
            "price": {"kobo": 1_000_000, "currency": "NGN", "display": "₦10,000.00"},
            "trial_days": 7,
            "key_tier": "free",
            "free_shipping": True,
            "points_percent": 150,
        }
    ]
    make_plan("basic")
    make_plan("enterprise")
    with django_assert_num_queries(1):
        assert len(client.get(f"{API}/plans/").json()) == 3


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "current/"),
        ("post", "current/"),
        ("post", "current/preview/"),
        ("post", "current/plan/"),
        ("post", "current/cancel/"),
        ("post", "current/resume/"),
        ("post", "current/card/"),
        ("get", "invoices/"),
        ("get", "charges/SUB1-first-20260310-1-1/"),
    ],
)
def test_guests_have_none(client: Client, method: str, path: str) -> None:
    assert getattr(client, method)(f"{API}/{path}").status_code == 401


def test_a_plan_from_its_page_to_its_end(providers: Providers, alice: User) -> None:
    plan, more = make_plan(), make_plan("professional")
    ours = client_of(alice)
    with time_machine.travel(NOON, tick=False):
        assert ours.get(f"{API}/current/").json()["code"] == "not_subscribed"
        taken = ours.post(f"{API}/current/", {"plan": plan.pk}, content_type="application/json")
        charge = taken.json()["charge"]
        assert (taken.status_code, charge["status"], charge["amount"]["kobo"]) == (201, "pending", 500_000)
        providers.settle(charge["reference"])
        assert ours.get(f"{API}/charges/{charge['reference']}/").json()["status"] == "paid"
    with time_machine.travel(NOON + DAY, tick=False):
        said = ours.post(f"{API}/current/preview/", {"plan": more.pk}, content_type="application/json").json()
        total = said["total"]["kobo"]
        assert (said["is_now"], said["price"]["kobo"] - said["credit"]["kobo"]) == (True, total)
        body = {"plan": more.pk, "agreed_kobo": total, "as_of": said["as_of"]}
    with time_machine.travel(NOON + DAY + timedelta(seconds=40), tick=False):
        changed = ours.post(f"{API}/current/plan/", body, content_type="application/json").json()
        assert (changed["charge"]["status"], changed["subscription"]["plan"]["id"]) == ("paid", more.pk)
        ended = ours.post(f"{API}/current/cancel/", {"reason": "Too much"}, content_type="application/json").json()
        assert ended["cancel_at_period_end"] is True
        assert ours.post(f"{API}/current/resume/").json()["cancel_at_period_end"] is False
    rows = ours.get(f"{API}/invoices/").json()["results"]
    assert [(row["kind"], row["status"], row["total"]["kobo"]) for row in rows] == [
        ("upgrade", "paid", total),
        ("first", "paid", 500_000),
    ]


def test_others_things_are_not_there(providers: Providers, alice: User, charlie: User) -> None:
    subscribed(providers, alice, make_plan())
    charge = SubscriptionCharge.objects.get()
    theirs = client_of(charlie)
    assert theirs.get(f"{API}/charges/{charge.reference}/").status_code == 404
    assert theirs.get(f"{API}/current/").status_code == 404
    assert theirs.get(f"{API}/invoices/").json()["results"] == []
    assert theirs.post(f"{API}/current/cancel/", {}, content_type="application/json").status_code == 404
    assert Subscription.objects.get().cancel_at_period_end is False


@pytest.mark.parametrize("body", [{}, {"plan": "x"}, {"plan": 0}, {"plan": 1, "pay_by": "cash"}])
def test_bodies_that_say_nothing(providers: Providers, alice: User, body: dict[str, Any]) -> None:
    answer = client_of(alice).post(f"{API}/current/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["field"] in {"plan", "pay_by"}) == (400, True)


def test_invoices_ask_the_database_as_often_for_three(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    ours = client_of(alice)
    ours.get(f"{API}/invoices/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            rows = ours.get(f"{API}/invoices/").json()["results"]
        counts.append((len(rows), len(asked)))
        for _more in range(2):
            found.refresh_from_db()
            renew_due(at=found.current_period_end)  # type: ignore[arg-type]  # it has one
    assert [count for count, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_the_best_of_what_sources_give_holds(alice: User) -> None:
    def give(source: str, gives: Entitled | None) -> None:
        entitle(user_id=alice.pk, source_type="test", source_id=source, gives=gives, at=NOON)

    assert entitled(None) == entitled(alice.pk) == Entitled()
    give("1", Entitled(free_shipping=True, points_percent=120))
    give("2", Entitled(points_percent=200))
    assert entitled(alice.pk) == Entitled(free_shipping=True, points_percent=200)
    give("1", None)
    give("1", None)
    give("3", None)
    assert entitled(alice.pk) == Entitled(points_percent=200)
    assert Entitlement.objects.count() == 2


def test_points_of_orders_are_multiplied(alice: User) -> None:
    entitle(user_id=alice.pk, source_type="test", source_id="1", gives=Entitled(points_percent=150), at=NOON)
    assert settle_points(user_id=alice.pk, number="ZUKA-2026-000001", kobo=1_000_000, at=NOON) == 150


def test_delivery_costs_nothing_with_a_plan_that_gives_it(alice: User) -> None:
    assert [delivery_kobo(150_000, user_id=user_id) for user_id in (None, alice.pk)] == [150_000, 150_000]
    entitle(user_id=alice.pk, source_type="test", source_id="1", gives=Entitled(free_shipping=True), at=NOON)
    assert [delivery_kobo(150_000, user_id=user_id) for user_id in (None, alice.pk)] == [150_000, 0]


def test_tiers_are_those_of_keys_and_keys_of_staffs_making_keep_theirs(alice: User) -> None:
    assert KeyTier.values == ApiKey.Tier.values
    lent, _ = issue_key(name="By contract", kind=ApiKey.Kind.SECRET, scopes=[], owner=alice, tier="enterprise")
    own, _ = issue_key(name="Own", kind=ApiKey.Kind.SECRET, scopes=[], owner=alice)
    given, _ = issue_key(
        name="Given", kind=ApiKey.Kind.SECRET, scopes=[], owner=alice, tier="pro", tier_source=ApiKey.TierSource.STAFF
    )
    tiers = []
    for gives in (Entitled(key_tier=KeyTier.PRO), None):
        entitle(user_id=alice.pk, source_type="test", source_id="1", gives=gives, at=NOON)
        for key in (lent, own, given):
            key.refresh_from_db()
        tiers.append((lent.tier, own.tier, own.tier_source, given.tier))
    assert tiers == [("enterprise", "pro", "plan", "pro"), ("enterprise", "free", "", "pro")]


@pytest.mark.parametrize("provider", ["paystack", "flutterwave"])
def test_the_daily_comparison_finds_nothing_about_plans(providers: Providers, alice: User, provider: str) -> None:
    providers.set_clock(NOON)
    subscribed(providers, alice, make_plan(), provider=provider)
    charge = SubscriptionCharge.objects.get()
    refund_charge(charge_id=charge.pk, amount_kobo=1_000, reason="Late", at=NOON, actor=SYSTEM)

    row = compare_day(provider=provider, day=NOON.date(), at=NOON + 2 * DAY)

    assert (row.status, row.provider_count, row.differences.count()) == ("finished", 0, 0)
