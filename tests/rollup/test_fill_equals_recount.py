"""Whatever comes in whatever order, the filled tables are what a recount of everything gives."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.ask import ask
from analytics.rollup.fill import days_between, fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import RollupVisitor
from analytics.track import track_many
from tests.rollup.story import SATURDAY, THURSDAY, at, build_event, pay, place, refund

pytestmark = pytest.mark.django_db
TYPES = (
    "page.viewed",
    "product.viewed",
    "product.searched",
    "user.logged_in",
    "cart.item_added",
    "user.created",
    "order.created",
    "order.shipped",
    "custom.x",
)
PEOPLE = st.sampled_from([("u1", None), ("u1", "ada"), (None, "ada"), (None, "bob"), ("u2", "bob")])
EVENTS = st.tuples(
    st.just("event"),
    st.sampled_from(TYPES),
    st.integers(0, 72 * 60 - 1),
    PEOPLE,
    st.sampled_from(["gown", "cap", None]),
    st.sampled_from(["web", "ios", None]),
    st.sampled_from([0, 1, 2, 4]),
)
ORDERS = st.tuples(
    st.just("order"),
    st.integers(0, 72 * 60 - 1),
    st.integers(1, 3),
    st.sampled_from(["none", "paid", "refunded", "cancelled", "test", "delivered"]),
)
STEPS = st.lists(st.one_of(EVENTS, ORDERS, st.just(("fill",))), max_size=25)


def tell_order(minute, quantity, fate):
    placed = at(THURSDAY, 0) + timedelta(minutes=minute)
    later = placed + timedelta(hours=7)
    extra: dict[str, dict[str, Any]] = {
        "cancelled": {"status": "cancelled"},
        "test": {"is_test": True},
        "delivered": {"delivered_at": later},
    }
    order = place("gown", placed, quantity=quantity, **extra.get(fate, {}))
    if fate in {"paid", "refunded"}:
        payment = pay(order, later)
        if fate == "refunded":
            refund(payment, later + timedelta(hours=9), 50_001)


def tell_event(event_type, minute, person, *rest):
    (user, visitor), (product, platform, flags) = person, rest
    columns = {"user_id": user, "visitor_id": visitor, "product_ref": product, "platform": platform, "flags": flags}
    track_many([build_event(event_type, at(THURSDAY, 0) + timedelta(minutes=minute), **columns)])


def visitors_of(first, last):
    return ask("overview", **{"from": str(first), "to": str(last), "compare": "none"}).totals["visitors"]


def different_people(first, last):
    days = RollupVisitor.objects.filter(day__range=(first, last))
    return days.aggregate(people=Count("person", distinct=True))["people"]


class FillEqualsRecount(TestCase):
    @given(STEPS)
    @example_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_after_any_story_every_cell_agrees(self, steps):
        for kind, *details in steps:
            if kind == "event":
                tell_event(*details)
            elif kind == "order":
                tell_order(*details)
            else:
                fill_dirty()
        fill_dirty()
        last = SATURDAY + timedelta(days=1)
        assert verify(first=THURSDAY, last=last) == []
        periods = [(first, end) for first in days_between(THURSDAY, last) for end in days_between(first, last)]
        assert {period: visitors_of(*period) for period in periods} == {
            period: different_people(*period) for period in periods
        }
