"""Reading no further than needed gives what reading everything gives, whatever a batch holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.ingest.context import cached_reading
from analytics.ingest.doors import native, segment
from analytics.ingest.doors.reading import BodyRefused, decode_json
from analytics.ingest.pipeline import Sorted, plain_event, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.timing import remembered_moment
from analytics.store.event import RejectedRow

pytestmark = pytest.mark.django_db  # products are looked up
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SOURCE = Source(door="any", received_at=AT, key_id=UUID(int=7), oldest_at=AT - timedelta(days=30), ip="10.0.0.0")
SOURCES = st.builds(
    lambda **said: msgspec.structs.replace(SOURCE, **said),
    is_server=st.booleans(),
    is_strict=st.booleans(),
    has_objected=st.sampled_from([False, False, True]),
    may_import=st.sampled_from([False, False, True]),
    oldest_at=st.sampled_from([None, AT - timedelta(days=30)]),
    allowed_events=st.sampled_from([frozenset(), frozenset({"product.viewed"})]),
    idempotency_key=st.sampled_from([None, "once"]),
    user_agent=st.sampled_from([None, "Mozilla/5.0 (iPhone)", "Googlebot/2.1"]),
    aliases=st.sampled_from([{}, {"odd one": "product.viewed"}]),
)
NOBODY = UUID(int=0)
BATCH: Any = SimpleNamespace(kind="batch")
EVENTS: Any = SimpleNamespace(kind="events")
TEXTS = st.one_of(
    st.sampled_from(["", " ", "Ada", "é", "a\\b", 'a"b', "a\nb", "a@b.co", "x" * 300]), st.text(max_size=5)
)
MOMENTS = st.sampled_from(
    ["2026-11-21T09:29:59.5Z", "2026-11-21T09:29:59", "2026-01-01T00:00:00Z", "soon", "", 1763717399]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), TEXTS)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2))
PROPERTIES = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "product_id": SCALARS,
            "price": SCALARS,
            "currency": st.sampled_from(["NGN", "naira", None, 5]),
            "query": TEXTS,
            "path": TEXTS,
            "utm_source": TEXTS,
            "email": TEXTS,
            "user_id": TEXTS,
            "name": TEXTS,
            "platform": TEXTS,
            "extra": VALUES,
        },
    ),
    VALUES,
)
CONTEXTS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "page": st.fixed_dictionaries({}, optional={"url": TEXTS, "path": TEXTS, "referrer": TEXTS}),
            "sessionId": TEXTS,
            "session_id": TEXTS,
            "userAgent": st.sampled_from(["Mozilla/5.0 (iPhone)", "curl/8", "Googlebot/2.1", 5]),
            "consent": st.sampled_from(["denied", "granted", {"analytics": False}, None]),
            "library": VALUES,
            "ip": SCALARS,
            "traits": VALUES,
        },
    ),
    VALUES,
)
IDS = st.one_of(st.none(), st.sampled_from(["u1", " u1 ", "", 7, True, "x" * 250]), st.text(max_size=3))
NAMES = st.sampled_from(
    ["Product Viewed", "Products Searched", "Order Completed", "Odd One", "", " ", None, 5, "x" * 201]
)


def optional(**fields: Any) -> Any:
    """A document with any of some fields."""
    return st.fixed_dictionaries({}, optional=fields)


SEGMENT = st.one_of(
    optional(
        type=st.sampled_from(["track", "page", "screen", "identify", "alias", "group", "odd", None]),
        event=NAMES,
        messageId=IDS,
        userId=IDS,
        anonymousId=IDS,
        timestamp=MOMENTS,
        originalTimestamp=MOMENTS,
        sentAt=MOMENTS,
        channel=SCALARS,
        name=SCALARS,
        category=SCALARS,
        properties=PROPERTIES,
        traits=PROPERTIES,
        context=CONTEXTS,
    ),
    VALUES,
)
NATIVE = st.one_of(
    optional(
        type=NAMES,
        event_type=NAMES,
        message_id=IDS,
        id=IDS,
        user_id=IDS,
        visitor_id=IDS,
        anonymous_id=IDS,
        session_id=IDS,
        occurred_at=MOMENTS,
        timestamp=MOMENTS,
        sent_at=MOMENTS,
        platform=SCALARS,
        properties=PROPERTIES,
        data=PROPERTIES,
        context=CONTEXTS,
        utm_source=TEXTS,
        odd=SCALARS,
    ),
    VALUES,
)


def facts(outcome: Sorted) -> tuple[Any, ...]:
    """What is stored of an outcome; ids that are made up for want of a message id are left out."""
    events = [
        msgspec.structs.replace(each.whole, id=each.whole.id if each.whole.message_id else NOBODY)
        for each in outcome.accepted
    ]
    rejected = [
        msgspec.structs.replace(row, id=row.id if row.message_id else NOBODY, reading=reading_text(row))
        for row in outcome.rejected
    ]
    marks = [(each.client_at, each.is_displaced) for each in outcome.accepted]
    raws = [raw_text(plain_event(each.raw)) for each in outcome.accepted]
    return repr((events, rejected, marks)), raws, outcome.dropped, outcome.places


def raw_text(raw: RawEvent) -> str:
    """A raw event without what the ways of reading tell apart and nobody else: nothing and an empty object."""
    properties, context = raw.properties or None, raw.context or None
    return repr(msgspec.structs.replace(raw, properties=properties, context=context))


def reading_text(row: RejectedRow) -> str | None:
    """A rejected event's reading, likewise."""
    return raw_text(msgspec.json.decode(row.reading, type=RawEvent)) if row.reading else None


def assert_same(door: Any, call: Any, body: bytes, source: Source = SOURCE) -> None:
    """Both ways of reading end in the same events."""
    quick = door.read_quickly(body, call)
    if quick is None:
        return
    try:
        slow = door.read(decode_json(body), call)
    except BodyRefused as refused:
        raise AssertionError("what is refused as a whole was read") from refused
    assert facts(sort_events(numbered(quick), source)) == facts(sort_events(numbered(slow), source))


def numbered(raws: list[RawEvent]) -> list[RawEvent]:
    """Events with their places, as every request's are."""
    for place, raw in enumerate(raws):
        raw.place = place
    return raws


def encoded(value: Any, *, is_ascii: bool) -> bytes:
    return json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")


@settings(deadline=None)
@given(st.lists(SEGMENT, max_size=3), MOMENTS, st.booleans(), SOURCES)
@example([{"type": "page", "name": "Shop", "properties": {}}], "", True, SOURCE)
@example([{"type": "page", "name": "Shop", "properties": None}], "", True, SOURCE)
@example([{"type": "page", "name": "Shop", "properties": {"name": "Other", "path": "/"}}], "", True, SOURCE)
@example([{"type": "track", "event": "x", "userId": "u", "properties": {"price": "1e999"}}], "", True, SOURCE)
@example(
    [{"type": "track", "event": "x", "userId": "u", "session_id": "s", "problem": "p", "place": 5}], "", True, SOURCE
)
def test_segment(items: list[Any], sent_at: Any, is_ascii: bool, source: Source) -> None:
    assert_same(segment, BATCH, encoded({"batch": items, "sentAt": sent_at}, is_ascii=is_ascii), source)


@settings(deadline=None)
@given(st.lists(NATIVE, max_size=3), MOMENTS, st.booleans(), SOURCES)
@example([{"type": "x", "user_id": "u", "original": "o", "problem": "p", "place": 5}], "", True, SOURCE)
def test_native(items: list[Any], sent_at: Any, is_ascii: bool, source: Source) -> None:
    assert_same(native, EVENTS, encoded({"events": items, "sent_at": sent_at}, is_ascii=is_ascii), source)


@pytest.mark.parametrize(
    ("door", "call", "body"),
    [
        (segment, BATCH, b'{"batch": [{"type": "track", "event": "x", "userId": "u", "properties": {"n": 1e999}}]}'),
        (segment, BATCH, b'{"batch": [{"type": "track", "event": "x", "userId": "u", "context": {"n": 1e999}}]}'),
        (segment, BATCH, b'{"batch": [{"type": "page", "userId": "u", "name": null, "properties":  { }  }]}'),
        (native, EVENTS, b'{"events": [{"type": "x", "user_id": "u", "properties": {"a": 1, "a": 2}}]}'),
    ],
)
def test_what_json_dumps_does_not_write(door: Any, call: Any, body: bytes) -> None:
    assert door.read_quickly(body, call) is not None
    assert_same(door, call, body)


DIGITS = b"9" * 5_000


@pytest.mark.parametrize("field", ["properties", "context"])
def test_a_number_that_python_does_not_read_harms_its_event_alone(field: str) -> None:
    event = b'{"type": "track", "event": "x", "userId": "u", "' + field.encode() + b'": {"a": %s}}' % DIGITS
    body = b'{"batch": [%s, {"type": "track", "event": "x", "userId": "u", "odd": %s}]}' % (event, DIGITS)
    outcome = sort_events(segment.read_quickly(body, BATCH) or [], SOURCE)
    assert [(row.reason, row.field, row.reading) for row in outcome.rejected] == [("malformed", field, None)]
    assert outcome.rejected[0].payload.endswith(": " + DIGITS.decode() + "}}")
    assert [plain_event(each.raw).name for each in outcome.accepted] == ["x"]


@pytest.mark.parametrize("item", [{"original": 0}, {"place": 0}, {"type": "identify", "traits": {"n": 0}}])
def test_no_number_takes_its_batch_down(item: dict[str, Any]) -> None:
    call = {"type": "track", "event": "x", "userId": "u"}
    body = json.dumps({"batch": [call | item, call]}).encode().replace(b": 0", b": " + DIGITS)
    outcome = sort_events(segment.read_quickly(body, BATCH) or [], SOURCE)
    is_read = "traits" not in item  # what nobody asks for is skipped
    assert (len(outcome.accepted), [row.reason for row in outcome.rejected]) == (1 + is_read, ["malformed"][is_read:])
    assert native.read_quickly(b'{"events": [{"type": "x", "user_id": "u", "odd": %s}]}' % DIGITS, EVENTS) is not None


def test_long_texts_are_not_remembered() -> None:
    cached_reading.cache_clear()
    remembered_moment.cache_clear()
    event = {"type": "x", "user_id": "u", "platform": "p" * 3_000, "sent_at": "2026-11-21T09:30:00." + "0" * 50 + "Z"}
    event |= {"message_id": "m1", "occurred_at": "2026-11-21T09:29:00Z"}
    raws = native.read_quickly(encoded({"events": [event]}, is_ascii=True), EVENTS) or []
    assert len(sort_events(raws, SOURCE).accepted) == 1
    assert (cached_reading.cache_info().currsize, remembered_moment.cache_info().currsize) == (0, 0)


def test_consent_is_found_however_it_is_spelt() -> None:
    body = b'{"batch": [{"type": "track", "event": "x", "userId": "u", "context": {"\\u0063onsent": "denied"}}]}'
    assert sort_events(segment.read_quickly(body, BATCH) or [], SOURCE).dropped == 1


@pytest.mark.parametrize("body", [b'{"batch": [{"x": "\xff"}]}', b'{"batch": ["\\u0000"]}', b'{"batch": [1', b"[]"])
def test_unusual_documents_are_read_with_patience(body: bytes) -> None:
    assert segment.read_quickly(body, BATCH) is None
