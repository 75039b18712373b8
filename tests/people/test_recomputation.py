"""Whatever comes in whatever order, counted whenever: visits and identity are those of everything told at once."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.people.cutting import COLUMNS
from analytics.registry.types import Flag
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import IdentityLink, VisitorSession
from analytics.track import track_many
from tests.people.oracle import expected_sessions, identity
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event, place

pytestmark = pytest.mark.django_db
KEY = uuid4()
DAYS = (THURSDAY, FRIDAY, SATURDAY)
# Where rules meet: evening and midnight, the turn at four, and the half hours around them.
HOURS = (0, 3, 4, 23)
KINDS = (
    "page.viewed",
    "page.viewed",
    "screen.viewed",
    "product.viewed",
    "cart.item_added",
    "checkout.started",
    "order.created",
    "product.searched",
    "user.logged_in",
    "order.shipped",
)
WHO = st.sampled_from(
    [(None, "ada"), (None, "ada"), ("u1", "ada"), ("u2", "ada"), (None, "bob"), ("u1", "bob"), ("u1", None)]
)
CAMPAIGNS = st.sampled_from([{}, {}, {"utm_source": "instagram"}, {"utm_source": "tiktok"}, {"click_id": "gclid:1"}])
MOMENTS = st.builds(
    lambda day, hour, minutes: at(day, hour) + timedelta(minutes=minutes),
    st.sampled_from(DAYS),
    st.sampled_from(HOURS),
    st.sampled_from([0, 1, 10, 29, 30, 31, 59]),
)
TOLD = st.tuples(
    st.just("told"),
    st.sampled_from(KINDS),
    MOMENTS,
    WHO,
    CAMPAIGNS,
    st.sampled_from([0, int(Flag.CLAIMED), int(Flag.CLAIMED), int(Flag.BOT)]),
    st.booleans(),
    st.sampled_from(["gown", "cap"]),
)
ORDERED = st.tuples(st.just("ordered"), MOMENTS, WHO, st.sampled_from(["counted", "counted", "cancelled", "test"]))
ALIASED = st.tuples(
    st.just("aliased"),
    MOMENTS,
    st.sampled_from([("u1", None), ("u1", "ada"), ("ada", None), ("bob", "bob"), ("u3", "bob")]),
    st.sampled_from(["ada", "bob", "u1", "u2", "cem"]),
    st.sampled_from([0, 0, int(Flag.BOT)]),
)
STEPS = st.lists(st.one_of(TOLD, TOLD, TOLD, ALIASED, ORDERED, st.just(("fill",))), max_size=30)
FATES: dict[str, dict[str, Any]] = {"cancelled": {"status": "cancelled"}, "test": {"is_test": True}, "counted": {}}


def build(kind, moment, who, *, campaign=None, flags=0, is_client=False, product="gown", **columns):
    (user, visitor), source = who, KEY if is_client else None
    place_of = {"user_id": user, "visitor_id": visitor, "source_key": source, "platform": "web" if source else "server"}
    page = {"page_path": f"/{product}", "device_type": "mobile" if product == "cap" else None}
    known = {**place_of, **page, **(campaign or {}), "product_ref": product, "flags": flags, **columns}
    return build_event(kind, moment, **known)


def tell(step):
    """Do one step of a story and return the events it told."""
    kind, *details = step
    if kind == "told":
        names = ("campaign", "flags", "is_client", "product")
        return [build(*details[:3], **dict(zip(names, details[3:], strict=True)))]
    if kind == "aliased":
        moment, who, previous, flags = details
        said = json.dumps({"previous_id": previous})
        return [build("user.aliased", moment, who, flags=flags, is_client=True, properties=said)]
    moment, who, fate = details
    order = place("gown", moment, **FATES[fate])
    fact = build("order.created", moment, who, order_ref=order.number)
    minute = timedelta(minutes=1)
    claimed: dict[str, Any] = {"flags": int(Flag.CLAIMED), "is_client": True, "order_ref": order.number}
    claim = build("order.created", moment + minute, who, **claimed)
    return [fact, claim]


class VisitsEqualRecomputation(TestCase):
    @given(STEPS, st.randoms(use_true_random=False))
    @example_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_after_any_story_visits_and_people_are_those_of_all_events_at_once(self, steps, chance):
        events = []
        for step in steps:
            if step == ("fill",):
                fill_dirty()
                continue
            told = tell(step)
            events += told
            chance.shuffle(told)
            track_many(told)
        fill_dirty()
        compared = [name for name in COLUMNS if name != "person_key"]
        stored = list(VisitorSession.objects.order_by("started_at", "id").values(*compared))
        assert stored == expected_sessions(events)
        assert dict(IdentityLink.objects.values_list("visitor_id", "user_id")) == identity(events)
        assert verify(first=THURSDAY, last=SATURDAY + timedelta(days=1)) == []
