"""The shop's own facts: in the transaction of their cause, once, and never in its way."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from analytics.track import track
from tests.ingest.factories import NOON, rejected, stored
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
ADA = Actor(user_id="u1", visitor_id="ada", session_id="s1")
ORDER: dict[str, Any] = {"order_id": "ZUKA-2026-000001", "value_kobo": 550_050, "currency": "NGN"}


def test_a_fact_is_stored_with_who_did_it():
    track("order.paid", actor=ADA, at=NOON, message_id="order.paid:1", **ORDER)
    columns = (
        "event_type, occurred_at, user_id, visitor_id, session_id, platform, value_kobo, order_ref, source_key, flags"
    )
    expected = ("order.paid", NOON, "u1", "ada", "s1", "server", 550_050, "ZUKA-2026-000001", None, 0)
    assert stored(columns) == [expected]
    assert [json.loads(text) for (text,) in stored("properties::text")] == [ORDER]


def test_the_same_fact_twice_is_one_whatever_moment_it_gives():
    for seconds in range(2):
        at = NOON + timedelta(seconds=seconds)
        track("order.paid", actor=ADA, at=at, message_id="order.paid:1", **ORDER)
    assert stored("message_id") == [("order.paid:1",)]


def test_a_fact_goes_when_its_cause_is_rolled_back():
    with transaction.atomic():
        track("order.paid", actor=ADA, at=NOON, **ORDER)
        transaction.set_rollback(True)
    assert stored("id") == []


@pytest.mark.parametrize(
    ("name", "at", "payload", "reason"),
    [
        ("order.paid", NOON, {}, "invalid_property"),
        ("order.paid", NOON.replace(year=1999), ORDER, "no_partition"),
        ("order.paid", NOON, {**ORDER, "value_kobo": 2**70}, "invalid_property"),
        ("", NOON, ORDER, "missing_type"),
    ],
)
def test_a_fact_that_cannot_be_stored_is_kept_as_rejected_and_its_cause_stands(name, at, payload, reason):
    with transaction.atomic():
        track(name, actor=ADA, at=at, **payload)
        track("order.shipped", actor=ADA, at=NOON, **ORDER)
    assert rejected("reason", "door") == [(reason, "track")]
    assert stored("event_type") == [("order.shipped",)]


def test_a_payload_that_is_no_json_does_not_break_the_shop():
    track("order.paid", actor=ADA, at=NOON, **ORDER, callback=object())
    track("order.paid", actor=ADA, at=NOON, **ORDER)
    assert stored("event_type") == [("order.paid",)]


def test_a_fact_of_nobody_is_kept_as_rejected():
    track("order.paid", actor=Actor(), at=NOON, **ORDER)
    assert rejected("stage", "reason") == [("identify_actor", "missing_actor")]


def test_a_fact_carries_the_campaign_of_its_visit():
    came_by = replace(ADA, campaign=(("utm_source", "instagram"), ("utm_campaign", "detty-december")))
    with transaction.atomic():
        track("order.paid", actor=came_by, at=NOON, **ORDER)
    assert stored("utm_source", "utm_medium", "utm_campaign") == [("instagram", None, "detty-december")]


@pytest.mark.parametrize("visitor", ['ada "obi"\\', "a\x00da", "ada\ud800"])
def test_a_fact_keeps_what_text_it_can(visitor: str) -> None:
    track("order.paid", actor=replace(ADA, visitor_id=visitor), at=NOON, message_id="order.paid:1", **ORDER)
    kept = {'ada "obi"\\': 'ada "obi"\\', "a\x00da": "a\ufffdda", "ada\ud800": "ada?"}[visitor]
    assert stored("visitor_id") == [(kept,)]


def test_what_cannot_be_stored_leaves_the_transaction_as_it_was() -> None:
    with transaction.atomic():
        for message_id, at in (("1", NOON), ("2", NOON - timedelta(days=9_000)), ("1", NOON), ("3", NOON)):
            track("order.paid", actor=ADA, at=at, message_id=f"order.paid:{message_id}", **ORDER)
    assert sorted(stored("message_id")) == [("order.paid:1",), ("order.paid:3",)]
    assert [row[0] for row in rejected("message_id")] == ["order.paid:2"]
