"""Hostile and broken input: each kind has a named outcome, never an error of ours, and never harms its neighbours."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ingest.doors.table import DOORS
from tests.ingest.factories import counts, make_key, rejected, send, stored

pytestmark = pytest.mark.django_db(transaction=True)
NEIGHBOUR = {"type": "page.viewed", "visitor_id": "neighbour"}


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


# What one event carries → what becomes of it: stored as … (properties as JSON), or the reason it is refused for.
EVENTS: dict[str, tuple[str, Any]] = {
    "NUL": ('{"note": "a\\u0000b"}', {"note": "a\ufffdb"}),
    "a lone surrogate": ('{"note": "a\\ud800b"}', {"note": "a?b"}),
    "NaN": ('{"price": NaN}', {"price": None}),
    "Infinity": ('{"score": -Infinity}', {"score": None}),
    "a number beyond floats": ('{"score": 1e999}', {"score": None}),
    "a number of 4,000 digits": ('{"score": ' + "9" * 4000 + "}", {"score": int("9" * 4000)}),
    "a number of 5,000 digits": ('{"score": ' + "9" * 5000 + "}", "malformed body"),
    "200 levels": (json.dumps(nested(200)), "too_deep"),
    "20 levels": (json.dumps(nested(19)), nested(19)),
    "10,000 keys": (json.dumps({f"k{number}": 1 for number in range(10_000)}), "too_large"),
    "a key of 40 KB": (json.dumps({"k" * 40_000: 1}), "too_large"),
    "a list instead": ("[1, 2]", "malformed"),
    "duplicate keys": ('{"a": 1, "a": 2}', {"a": 2}),
    "a key that is a prototype": ('{"__proto__": {"x": 1}}', {"__proto__": {"x": 1}}),
    "SQL": ('{"note": "\'; DROP TABLE analytics_events; --"}', {"note": "'; DROP TABLE analytics_events; --"}),
    "COPY's end": ('{"note": "\\\\.\\n\\\\N\\t"}', {"note": "\\.\n\\N\t"}),
    "right to left and emoji": ('{"note": "\u202eabc 👗"}', {"note": "\u202eabc 👗"}),
}


@pytest.mark.parametrize("kind", EVENTS)
def test_a_poisonous_event_has_a_named_outcome_and_its_neighbours_are_stored(kind):
    properties, outcome = EVENTS[kind]
    key = make_key()
    poisoned = '{"type": "danced", "visitor_id": "poison", "properties": ' + properties + "}"
    body = f"[{json.dumps(NEIGHBOUR)}, {poisoned}, {json.dumps(NEIGHBOUR)}]"
    if outcome == "malformed body":
        # Python itself refuses to read such a number, so the body is one rejected event, kept whole.
        assert send(body, key=key, status=400)["code"] == "malformed"
        assert rejected("reason") == [("malformed",)]
        return
    answer = send(body, key=key)
    kept = [json.loads(row[0]) for row in stored("properties::text", "visitor_id") if row[1] == "poison"]
    assert counts(answer) == ((2, 0, 1) if isinstance(outcome, str) else (3, 0, 0))
    assert rejected("reason") == ([(outcome,)] if isinstance(outcome, str) else [])
    assert kept == ([] if isinstance(outcome, str) else [outcome])


CLOCKS = [
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
    "yesterday",
    -1,
    10**30,
    True,
    {},
    "١",
]


@pytest.mark.parametrize("field", ["occurred_at", "sent_at"])
@pytest.mark.parametrize("clock", CLOCKS, ids=str)
def test_a_wrong_clock_is_no_error_of_ours(field, clock):
    answer = send([{**NEIGHBOUR, field: clock, "message_id": "1"}, NEIGHBOUR], key=make_key())
    accepted, _, refused = counts(answer)
    assert accepted + refused == 2
    assert [row[0] for row in rejected("field")] == ["occurred_at"] * refused


def bomb() -> bytes:
    """A gigabyte of zeros in a megabyte, without ever holding it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1024 * 1024)
    return b"".join(packer.compress(piece) for _ in range(1024)) + packer.flush()


BODIES = {
    "a gzip bomb of 1 GB": (bomb, 413, "too_large"),
    "gzip cut off": (lambda: gzip.compress(b"[1]" * 1000)[:-20], 400, "malformed"),
    "gzip damaged": (lambda: b"\x1f\x8b\x08\x00" + b"\xff" * 50, 400, "malformed"),
    "invalid UTF-8": (lambda: b'{"type": "\xc3\x28"', 400, "malformed"),
    "cut off": (lambda: b'{"type": "page.viewed", "visitor_id"', 400, "malformed"),
    "a million brackets": (lambda: b"[" * 1_000_000, 400, "too_deep"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_is_one_rejected_event(kind):
    make, status, code = BODIES[kind]
    assert send(make(), key=make_key(), status=status)["code"] == code
    assert rejected("stage", "reason") == [("read_body", code)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
WORDS = (
    "batch data type event payload properties context events params items e ue_px cx requests distinct_id website "
    "domain userId anonymousId timestamp sentAt uuid library"
)
ENCODINGS = ("", "gzip", "deflate", "zstd", "br")
NAMES = st.sampled_from(WORDS.split())
DOCUMENTS = st.dictionaries(NAMES, JSON | st.lists(st.dictionaries(NAMES, JSON, max_size=6), max_size=3), max_size=8)
METHODS = {path: sorted(each.lower() for each in door.methods) for door in DOORS for path in door.paths}
PATHS = [path for door in DOORS for path, kind in door.paths.items() if kind != "flags"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), document=DOCUMENTS, extra=JSON)
def test_no_document_at_any_door_is_an_error_of_ours(path, document, extra):
    key = make_key()
    for sent in (document, [document, extra], extra):
        body = json.dumps(sent).encode("utf-8", "replace")
        query = f"?api_secret={key}&writeKey={key}"
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "fuzz/1"}
        answer = Client().post(path + query, data=body, content_type="application/json", headers=headers)
        assert answer.status_code < 500, (path, body, answer.content)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=200),
    encoding=st.sampled_from(["", "gzip", "deflate", "zstd", "br"]),
)
def test_no_bytes_at_any_door_are_an_error_of_ours(path, body, encoding):
    headers = {"Authorization": f"Bearer {make_key()}", **({"Content-Encoding": encoding} if encoding else {})}
    answer = Client().post(path, data=body, content_type="application/octet-stream", headers=headers)
    assert answer.status_code < 500, (path, body, answer.content)


def test_the_schema_describes_every_door_by_its_methods():
    paths = Client().get("/api/schema/?format=json").json()["paths"]
    told = {path: sorted(methods) for path, methods in paths.items() if path in METHODS}
    assert told == METHODS
