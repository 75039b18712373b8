"""Every reason for a rejection, through the door: the event is kept with its reason and its neighbours are stored."""

import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.ingest.steps import STEPS
from analytics.ingest.writer import conninfo
from analytics.registry.types import Reason
from analytics.store.postgres import PostgresStore
from tests.ingest.factories import counts, make_key, moment, page_view, rejected, send, stored

pytestmark = pytest.mark.django_db(transaction=True)


def deep(levels):
    return {"deeper": deep(levels - 1)} if levels else 1


CASES = {
    Reason.MALFORMED: (17, "refuse_unreadable", None),
    Reason.TOO_LARGE: (page_view(properties={"note": "x" * 40_000}), "encode_properties", "properties"),
    Reason.TOO_DEEP: (page_view(properties=deep(200)), "read_properties", "properties"),
    Reason.MISSING_ACTOR: ({"type": "page.viewed"}, "identify_actor", "user_id"),
    Reason.MISSING_TYPE: ({"visitor_id": "ada"}, "name_type", "type"),
    Reason.UNKNOWN_TYPE: (page_view(type="danced"), "name_type", "type"),
    Reason.INVALID_PROPERTY: (page_view(properties={"path": 5}), "check_properties", "properties.path"),
    Reason.NOT_ALLOWED_FOR_KEY: (page_view(type="screen.viewed"), "check_permission", "type"),
    Reason.TOO_OLD: (page_view(occurred_at=moment(days=31)), "refuse_too_old", "occurred_at"),
    Reason.NO_PARTITION: (page_view(occurred_at="1999-12-31T00:00:00Z"), "writer", "occurred_at"),
}
KEYS: dict[Reason, dict[str, Any]] = {
    Reason.UNKNOWN_TYPE: {"is_strict": True},
    Reason.NOT_ALLOWED_FOR_KEY: {"allowed_events": ["page.viewed"]},
    Reason.NO_PARTITION: {"kind": "secret", "scopes": ["track", "import"]},
}


def test_every_reason_has_a_case():
    assert {*CASES, Reason.STORAGE_ERROR} == set(Reason)


@pytest.mark.parametrize("reason", CASES, ids=lambda reason: reason.value)
def test_a_bad_event_is_kept_with_its_reason_and_harms_no_other(reason):
    event, stage, field = CASES[reason]
    key = make_key(**KEYS.get(reason, {}))
    answer = send([page_view(message_id="1"), event, page_view(message_id="2")], key=key)
    assert counts(answer) == (2, 0, 1)
    assert [(each["code"], each.get("field")) for each in answer["errors"]] == [(reason.value, field)]
    assert stored("event_type", "visitor_id") == [("page.viewed", "ada")] * 2
    assert rejected("stage", "reason", "field", "door") == [(stage, reason.value, field, "native")]


@pytest.mark.parametrize(
    "why", [{}, {"visitor_id": "ada", "occurred_at": "1999-12-31T00:00:00Z"}], ids=["by a step", "by the store"]
)
def test_what_was_sent_is_kept_to_the_letter(why):
    event = {"type": "page.viewed", "properties": {"note": "Ẹ káàárọ̀ <script>", "zero": 0}, **why}
    send(event, key=make_key("secret", scopes=["track", "import"]))
    [(payload,)] = rejected("payload")
    assert json.loads(payload) == event


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"type": "page.viewed"', 400, "malformed"),
        (b"", 400, "malformed"),
        (b"\xff\xfe\x00", 400, "malformed"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'"' + b"x" * 6_000_000 + b'"', 413, "too_large"),
    ],
    ids=["cut off", "empty", "not utf-8", "bottomless", "too large"],
)
def test_a_body_that_cannot_be_read_is_one_rejected_event(body, status, code):
    answer = send(body, key=make_key(), status=status)
    assert answer["code"] == code
    assert rejected("stage", "reason") == [("read_body", code)]
    assert stored("id") == []


def test_a_rejected_event_that_is_sent_again_is_kept_once():
    key = make_key()
    event = page_view(message_id="1", occurred_at=moment(minutes=1), properties={"path": 5})
    assert [counts(send(event, key=key)) for _ in range(3)] == [(0, 0, 1)] * 3
    assert rejected("reason", "message_id") == [("invalid_property", "1")]


def test_too_many_events_in_one_request_are_refused_as_a_whole(settings):
    settings.INGEST_MAX_EVENTS = 2
    answer = send([page_view()] * 3, key=make_key(), status=413)
    assert answer == {
        "code": "too_many_events",
        "message": "3 events in one request; 2 is the most.",
    }
    assert rejected("stage", "reason") == [("read_body", "too_large")]
    assert stored("id") == []


def test_an_event_of_any_age_is_taken_with_the_scope_import():
    key = make_key("secret", scopes=["track", "import"])
    at = datetime.now(UTC) - timedelta(days=200)
    assert counts(send(page_view(occurred_at=at.isoformat()), key=key)) == (1, 0, 0)
    assert stored("occurred_at", "flags") == [(at, 8)]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"type": "mine", "visitor_id": "ada", "properties": {"value": "1e999999"}}, "value"),
        ({"type": "mine", "visitor_id": "ada", "properties": {"price": 9e12, "quantity": 1_000_000}}, "price"),
        ({"type": "mine", "visitor_id": "ada", "properties": {"value_kobo": 10**30}}, "value_kobo"),
        (page_view(occurred_at="0001-01-01T00:00:00Z", sent_at="9999-12-31T00:00:00Z"), "occurred_at"),
        (page_view(occurred_at="9999-12-31T23:59:59-14:00"), "occurred_at"),
        (
            {"type": "product.viewed", "visitor_id": "ada", "properties": {"product_id": "p", "currency": "ÄÖÜ"}},
            "properties.currency",
        ),
    ],
)
def test_extreme_values_are_rejected_and_harm_no_other(event, field):
    answer = send([page_view(message_id="1"), event], key=make_key())
    assert counts(answer) == (1, 0, 1)
    assert [each["field"] for each in answer["errors"]] == [field]


def test_a_step_that_fails_unforeseen_rejects_its_event_alone(monkeypatch):
    def fail(draft, source):
        if draft.content.source_name == "trip":
            raise ZeroDivisionError

    monkeypatch.setattr("analytics.ingest.pipeline.STEPS", (*STEPS, fail))
    answer = send([page_view(), {"type": "trip", "visitor_id": "ada"}, page_view()], key=make_key())
    assert counts(answer) == (2, 0, 1)
    assert rejected("stage", "reason", "source_name") == [("fail", "malformed", "trip")]


def test_a_deep_body_with_a_number_that_is_none_is_refused():
    body = b'{"type": "page.viewed", "visitor_id": "ada", "n": NaN, "context": ' + b"[" * 900 + b"]" * 900 + b"}"
    assert send(body, key=make_key(), status=400)["code"] == "too_deep"


def test_a_rejected_event_of_a_repeated_upload_is_kept_once():
    key = make_key()
    upload: dict[str, Any] = {"Idempotency-Key": "upload-7"}
    for _ in range(2):
        assert counts(send([page_view(properties={"path": 5})], key=key, **upload)) == (0, 0, 1)
    assert len(rejected("id")) == 1


def test_a_month_that_was_just_made_is_known_to_who_finds_no_room():
    with closing(PostgresStore(conninfo())) as store:
        there = store.months()
        lacking = there[:-1]
        store.known_months = (time.monotonic() - 2, lacking)
        assert store.months() == lacking
        assert store.months_anew() == there
        store.known_months = (time.monotonic(), lacking)
        assert store.months_anew() == lacking, "asked once a second at most, whatever is sent"
