"""The short way of a usual event ends where the steps do, and is taken."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ingest import pipeline
from analytics.ingest.content import terms_of
from analytics.ingest.doors import native
from analytics.ingest.doors.reading import decode_json
from analytics.ingest.pipeline import process_event, sort_events
from analytics.ingest.received import Accepted, Source, UsualEvent
from analytics.ingest.usual import Asked, ask_usual, take_usual
from tests.ingest.factories import write_places
from tests.ingest.test_quick_reading import AT, EVENTS, SOURCE, SOURCES, encoded, facts, numbered

ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
pytestmark = pytest.mark.django_db  # products are looked up

USUAL = {
    "type": "product.viewed",
    "message_id": "m1",
    "visitor_id": "v1",
    "session_id": "s1",
    "occurred_at": "2026-11-21T09:29:59.5Z",
    "properties": {"product_id": "p1", "price": 500},
    "context": {"page": {"url": "https://shop.example/p1"}},
}
VIEW = {"type": "page.viewed", "properties": None}
ODD: dict[str, list[Any]] = {
    "message_id": [None, "", " ", "x" * 201],
    "visitor_id": [None, "", " "],
    "occurred_at": [None, "", "soon", "2026-11-21T09:30:01Z", "2026-01-01T00:00:00Z"],
    "sent_at": ["soon", "2026-11-21T08:00:00Z"],
    "type": ["", " ", "x" * 201],
    "properties": [{"price": "much"}, {"text": "x" * 1_000}, {"platform": 5}, [1]],
    "context": [{"consent": False}, {"text": "x" * 2_000}, [1]],
}


def ways_taken(change: dict[str, Any], source: Source = SOURCE) -> tuple[bool, bool]:
    """Whether the usual event with a change went the short way, and whether the long way gives the same."""
    (raw,) = native.read_quickly(encoded({"events": [USUAL | change]}, is_ascii=True), EVENTS) or []
    assert isinstance(raw, UsualEvent)
    asked = ask_usual(source, terms_of(source))
    taken = take_usual(raw, asked) if asked else None
    whole = taken and msgspec.structs.replace(taken, event=taken.whole)
    return taken is not None, taken is None or whole == process_event(raw, source)


CLAIM = {"type": "cart.item_added", "properties": {"product_id": "p1", "user_id": "u9"}}
CRAWL = {"context": {"platform": "web", "userAgent": ROBOT}}


@pytest.mark.parametrize(
    "change",
    [{}, VIEW, VIEW | {"properties": []}, {"context": None}, {"sent_at": ""}, CLAIM, CLAIM | {"user_id": "u1"}, CRAWL],
)
def test_what_is_usual_goes_the_short_way(change: dict[str, Any]) -> None:
    assert ways_taken(change) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        *({name: value} for name, values in ODD.items() for value in values),
        {"session_id": None, "context": {"session_id": 5}},
    ],
)
def test_what_is_odd_goes_by_the_steps(change: dict[str, Any]) -> None:
    assert ways_taken(change) == (False, True)


@pytest.mark.parametrize(("hours", "is_usual"), [(1, True), (23, False), (25, False)])
def test_imports_of_long_ago_go_by_the_steps(hours: int, is_usual: bool) -> None:
    source = msgspec.structs.replace(SOURCE, may_import=True, oldest_at=None)
    happened_at = AT - timedelta(hours=hours, seconds=1)
    assert ways_taken({"occurred_at": happened_at.isoformat()}, source) == (is_usual, True)


@pytest.mark.parametrize("said", [{"has_objected": True}, {"key_id": None}])
def test_requests_whose_events_all_go_by_the_steps(said: dict[str, Any]) -> None:
    assert ways_taken({}, msgspec.structs.replace(SOURCE, **said)) == (False, True)


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["page.viewed", "screen.viewed", "cart.item_added", "order.created", "Odd One"]),
        "user_id": st.sampled_from([None, "u1", " u1 "]),
        "visitor_id": st.sampled_from([None, "v2"]),
        "session_id": st.sampled_from([None, " s2 "]),
        "platform": st.sampled_from([None, "ios", "Web", "fridge"]),
        "occurred_at": st.sampled_from(["2026-11-21T10:29:00+01:00", "2026-11-21T09:29:00", "2026-11-18T09:29:00Z"]),
        "sent_at": st.sampled_from(["2026-11-21T09:30:00Z", "2026-11-21T08:00:00Z"]),
        "properties": st.sampled_from(
            [
                {"product_id": "p1", "user_id": "u9", "quantity": 2, "currency": "USD"},
                {"product_id": 7, "name": "Gown", "category": "a@b.co", "email": "a@b.co"},
                {"product_id": "p1", "path": "/gown", "utm_source": "ig", "platform": "android"},
                {"product_id": "p1", "price": "1,500.50", "note": 'a"b\\c\nd'},
                {},
            ]
        ),
        "context": st.sampled_from(
            [
                {"userAgent": ROBOT, "platform": "web", "consent": True},
                {"ip": "127.0.0.9", "location": {"country": "GH"}, "sessionId": "s3"},
                {"library": {"name": "analytics-python"}, "screen_name": "Home"},
                {"page": {"url": "https://shop.example/?utm_source=ig&gclid=1", "referrer": "https://a.example/é"}},
                {"consent": {"analytics": False}},
            ]
        ),
    },
)
ADDRESSED = st.builds(
    lambda source, address: msgspec.structs.replace(source, address=address),
    SOURCES,
    st.sampled_from([None, "127.0.0.1", "192.0.2.1"]),
)


def test_both_ways_end_in_the_same_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = write_places(tmp_path / "places.mmdb")
    ways: list[bool] = []

    def noted(raw: UsualEvent, asked: Asked) -> Accepted | None:
        taken = take_usual(raw, asked)
        ways.append(taken is not None)
        return taken

    @settings(deadline=None, max_examples=400)
    @given(st.lists(CHANGES, min_size=1, max_size=3), ADDRESSED, st.booleans(), st.booleans())
    def compare(changes: list[dict[str, Any]], source: Source, is_consent_required: bool, has_places: bool) -> None:
        events = [USUAL | change | {"message_id": f"m{at}"} for at, change in enumerate(changes)]
        body = json.dumps({"events": events}).encode()
        with override_settings(CONSENT_REQUIRED=is_consent_required, GEOIP_PATH=places if has_places else ""):
            quick = native.read_quickly(body, EVENTS)
            assert quick is not None
            slow = native.read(decode_json(body), EVENTS)
            assert facts(sort_events(numbered(quick), source)) == facts(sort_events(numbered(slow), source))

    monkeypatch.setattr(pipeline, "take_usual", noted)
    compare()
    assert sum(ways) > len(ways) / 4 > 25


def test_what_is_refused_is_kept_as_it_was_sent() -> None:
    nobody = USUAL | {"message_id": "m2", "visitor_id": None}
    raws = native.read_quickly(encoded({"events": [USUAL, nobody]}, is_ascii=True), EVENTS) or []
    outcome = sort_events(numbered(raws), SOURCE)
    assert (len(outcome.accepted), outcome.places) == (1, [1])
    assert json.loads(outcome.rejected[0].payload) == nobody
