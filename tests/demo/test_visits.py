"""The visits that were meant are the visits that are cut, and clients tell as much of them as real ones do."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import Count, F, Q, Sum

from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Flag, Said
from analytics.store.models import Event as StoredEvent
from analytics.store.models import VisitorSession
from commerce.orders.models import Order
from tests.demo.conftest import PLAN, UNTIL
from zuka.demo.baskets import cart_rows
from zuka.demo.catalogue import make_catalogue
from zuka.demo.history import History
from zuka.demo.moments import moment_of
from zuka.demo.plans import Plan

CLAIM_TYPES = {name for name, each in EVENT_TYPES.items() if each.said is Said.CLAIM}
CLAIMED = {
    *("cart.item_added", "cart.item_removed", "checkout.started"),
    *("order.created", "user.created", "user.logged_in", "product.reviewed"),
}
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "click_id")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.fixture(scope="module")
def month():
    """A month's events that tell of people, without a database."""
    plan = Plan(seed=8, days=30, events=60_000, until=UNTIL)
    history = History(plan, make_catalogue(seed=plan.seed, opened_at=plan.opened_at), numbers={})
    return history, [event for event in history.events() if not event.flags & Flag.BOT]


def test_the_visits_that_were_meant_are_those_that_are_cut(loaded):
    cut = dict(VisitorSession.objects.filter(is_seen=True).values_list("day").annotate(visits=Count("id")))
    assert cut == {day: count for day, count in loaded.visits.items() if count}


def test_visits_do_not_idle_and_are_apart():
    told: dict[str, list[StoredEvent]] = {}
    for event in StoredEvent.objects.filter(flags__in=[0, Flag.CLAIMED], source_key__isnull=False):
        told.setdefault(str(event.visitor_id), []).append(event)
    within, between = timedelta(0), timedelta(days=1)
    for events in told.values():
        for before, after in pairwise(sorted(events, key=lambda each: each.occurred_at)):
            pause = after.occurred_at - before.occurred_at
            if before.session_id == after.session_id:
                within = max(within, pause)
            elif not after.utm_source:
                between = min(between, pause)
    assert within < timedelta(minutes=30) <= between


def test_a_campaign_is_told_by_the_first_page_and_by_the_facts_of_its_visit():
    said = StoredEvent.objects.exclude(utm_source=None)
    clients = said.filter(source_key__isnull=False)
    assert set(clients.values_list("event_type", flat=True)) == {"page.viewed", "screen.viewed"}
    assert clients.count() == clients.values("session_id").distinct().count() > 100
    links = {event.session_id: [getattr(event, name) for name in UTM[:3]] for event in clients}
    facts = StoredEvent.objects.filter(source_key=None, session_id__in=links)
    assert facts.count() > 10
    assert all([getattr(fact, name) for name in UTM[:3]] == links[fact.session_id] for fact in facts)
    assert not StoredEvent.objects.filter(source_key=None).exclude(referrer_url=None).exists()


def test_visits_come_out_as_those_of_a_shop(month):
    history, events = month
    visits = sum(history.visits.values())
    seen = Counter(event.event_type for event in events)
    assert 3 < (seen["page.viewed"] + seen["screen.viewed"]) / visits < 5
    assert 0.015 < len(history.bought) / visits < 0.035
    searches = [json.loads(event.properties)["results"] for event in events if event.event_type == "product.searched"]
    assert 0.03 < searches.count(0) / len(searches) < 0.09
    mobile = sum(event.device_type == "mobile" for event in events) / sum(bool(event.device_type) for event in events)
    assert 0.8 < mobile < 0.95


def test_bounces_are_as_many_as_in_a_shop():
    totals = VisitorSession.objects.filter(is_seen=True).aggregate(all=Count("id"), bad=Count("id", Q(is_bounce=True)))
    assert 0.35 < totals["bad"] / totals["all"] < 0.55


def test_clients_claim_what_the_shop_states_but_for_those_who_block_the_tracker(month):
    _, events = month
    claims = [event for event in events if event.flags == Flag.CLAIMED]
    facts = [event for event in events if event.source_key is None and event.event_type in CLAIMED]
    assert {event.event_type for event in claims} == CLAIMED <= CLAIM_TYPES
    assert all(event.source_key and event.visitor_id and event.session_id for event in claims)
    is_unheard = [fact.session_id is None for fact in facts]
    assert 0.06 < sum(is_unheard) / len(facts) < 0.14
    heard = len(facts) - sum(is_unheard)
    assert 0.95 < len(claims) / heard < 1.0


def test_who_blocks_the_tracker_is_known_by_the_cart_or_the_account(month):
    _, events = month
    heard = {event.visitor_id for event in events if event.source_key}
    stated = {event.visitor_id for event in events if event.source_key is None and event.event_type in CLAIMED}
    unheard = stated - heard - {None}
    carts = {visitor for visitor in unheard if visitor and visitor.startswith("cart-")}
    # The other one is the account with which the shop tries itself.
    assert len(unheard - carts) == 1
    assert len(carts) > 10
    without = [event for event in events if event.visitor_id is None]
    assert without
    assert all(event.user_id and event.source_key is None for event in without)


def test_an_order_is_of_the_visitor_and_visit_of_its_fact():
    orders = {order.number: order for order in Order.objects.counted()}
    facts = StoredEvent.objects.filter(event_type="order.created", source_key=None)
    assert {fact.order_ref for fact in facts} == orders.keys()
    for fact in facts:
        order = orders[str(fact.order_ref)]
        assert (fact.visitor_id, fact.session_id, fact.utm_source) == (
            order.visitor_id,
            order.session_id,
            order.utm_source,
        )
        assert bool(order.session_id) == (order.visitor_id is not None and not order.visitor_id.startswith("cart-"))


def test_people_use_several_devices(month):
    _, events = month
    devices: dict[str, set[str]] = {}
    owners: dict[str, set[str]] = {}
    for event in events:
        if event.user_id and event.visitor_id and event.source_key:
            devices.setdefault(event.user_id, set()).add(event.visitor_id)
            owners.setdefault(event.visitor_id, set()).add(event.user_id)
    several = sum(len(each) > 1 for each in devices.values())
    shared = sum(len(each) > 1 for each in owners.values())
    assert 0 < shared < several < len(devices) / 2


def test_the_funnel_is_nested_and_agrees_with_orders():
    seen = VisitorSession.objects.filter(is_seen=True)
    steps = [seen.exclude(**{f"{name}_at": None}).count() for name in ("viewed", "carted", "checkout", "ordered")]
    assert steps == sorted(steps, reverse=True)
    placed = Order.objects.counted().exclude(Q(status__in=["cancelled", "expired"]) & Q(paid_at=None))
    assert VisitorSession.objects.aggregate(orders=Sum("orders"))["orders"] == placed.count()
    assert not seen.filter(ended_at__lt=F("started_at")).exists()
    assert PLAN.first <= min(seen.values_list("day", flat=True))


def test_carts_that_are_left_are_of_people_who_are_there_by_then(month):
    """A visitor who signs up across the end of the history leaves a guest's cart, and no account."""
    history, _ = month
    signed_up = {each.merged_ms for each in history.till.baskets if each.merged_ms}
    assert len(signed_up) > 100
    for merged_ms in sorted(signed_up):
        until = moment_of(merged_ms - 1)
        carts, lines = cart_rows(history.till.baskets, until=until)
        ids = {cart.pk for cart in carts}
        assert [cart.pk for cart in carts if cart.user and cart.user.created_at > until] == []
        assert {line.cart_id for line in lines} | {cart.merged_into_id for cart in carts} - {None} <= ids
