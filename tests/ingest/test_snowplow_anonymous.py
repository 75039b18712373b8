"""Snowplow's header SP-Anonymous: what the tracker says is kept, what its request would tell is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from analytics.ingest.doors.snowplow import NOBODY
from tests.ingest.factories import rejected, stored
from tests.ingest.test_protocols import described, name_site, post, snowplow_event

pytestmark = pytest.mark.django_db(transaction=True)
ANONYMOUS: dict[str, Any] = {"SP-Anonymous": "*"}
[NULL_ID] = NOBODY - {""}


def in_session(user: str, session: str = "s1") -> dict[str, str]:
    entity = described("client_session", {"userId": user, "sessionId": session})
    return {"co": json.dumps(described("contexts", [entity]))}


def send(*events: dict[str, Any], **headers: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE analytics_events")
    numbered = [{**snowplow_event(place), "duid": "", **each} for place, each in enumerate(events)]
    data = [{"e": "pv", **each} for each in numbered]
    post("/com.snowplowanalytics.snowplow/tp2", {"data": data}, **headers)
    assert rejected("reason") == []
    return stored("message_id", "visitor_id", "user_id", "session_id", "host(ip)")


def test_nothing_is_made_of_an_anonymous_request_s_address():
    name_site("snowplow")
    assert send({}, {}, **ANONYMOUS) == [("e-0", "a_e-0", None, None, None), ("e-1", "a_e-1", None, None, None)]
    [first, second] = send({}, {})
    assert (first[1], first[4]) == (second[1], "127.0.0.0")
    assert first[1].startswith("n_")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"duid": "v1"}, ("v1", None, None)),
        ({"nuid": "n1"}, ("n1", None, None)),
        ({"tnuid": "n1"}, ("n1", None, None)),
        ({"uid": "u1"}, (None, "u1", None)),
        ({"duid": "v1", "uid": "u1"}, ("v1", "u1", None)),
        ({"sid": "s1"}, ("a_s1", None, "s1")),
        (in_session("v1"), ("v1", None, "s1")),
        (in_session(NULL_ID), ("a_s1", None, "s1")),
        ({"duid": NULL_ID, **in_session(NULL_ID, "")}, ("a_e-0", None, None)),
    ],
)
def test_what_an_anonymous_tracker_says_itself_is_kept(said: dict[str, Any], kept: tuple[str | None, ...]):
    name_site("snowplow")
    assert send(said, **ANONYMOUS) == [("e-0", *kept, None)]


def test_visitors_whose_id_is_left_out_are_not_one_person():
    name_site("snowplow")
    first = send(in_session(NULL_ID), **{"User-Agent": "One/1"})
    second = send(in_session(NULL_ID), **{"User-Agent": "Other/1"})
    assert {row[1][:2] for row in (*first, *second)} == {"n_"}
    assert first[0][1] != second[0][1]


def test_anonymous_events_without_any_id_are_apart():
    name_site("snowplow")
    rows = send({"eid": ""}, {"eid": ""}, **ANONYMOUS)
    assert len({row[1] for row in rows}) == 2
