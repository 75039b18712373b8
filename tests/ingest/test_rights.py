"""What a key allows is one thing, for a request and for a replay."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
from django.test import RequestFactory

from analytics.ingest.doors.door import Call
from analytics.ingest.doors.handling import source_of
from analytics.ingest.doors.native import DOOR
from analytics.ingest.received import Source
from analytics.ingest.rights import source_by
from tests.ingest.factories import NOON
from zuka.platform.keys.finding import Grant

KEY = UUID(int=7)
BROWSER = Grant(
    key_id=KEY,
    kind="publishable",
    scopes=frozenset({"track"}),
    allowed_origins=frozenset({"https://shop.example"}),
    allowed_events=frozenset({"page.viewed"}),
    is_strict=True,
    is_limited=True,
    event_age_days=30,
    expires_at=None,
    event_aliases={"Fit-Booked": "product.viewed"},
)


def importing() -> Grant:
    return Grant(
        key_id=KEY,
        kind="secret",
        scopes=frozenset({"track", "import"}),
        allowed_origins=frozenset(),
        allowed_events=frozenset(),
        is_strict=False,
        is_limited=False,
        event_age_days=30,
        expires_at=None,
        event_aliases={},
    )


def test_the_shop_itself_may_send_anything():
    assert source_by(None, door="shop", received_at=NOON) == Source(
        door="shop", received_at=NOON, is_server=True, may_import=True
    )


def test_a_key_brings_its_own_rights():
    assert source_by(BROWSER, door="native", received_at=NOON, client="replay") == Source(
        door="native",
        received_at=NOON,
        key_id=KEY,
        is_strict=True,
        oldest_at=NOON - timedelta(days=30),
        allowed_events=frozenset({"page.viewed"}),
        aliases={"fit booked": "product.viewed"},
        client="replay",
    )
    assert source_by(importing(), door="native", received_at=NOON) == Source(
        door="native", received_at=NOON, key_id=KEY, is_server=True, may_import=True
    )


def test_a_request_has_the_rights_that_its_replay_has():
    request = RequestFactory().post("/api/v1/events", headers={"User-Agent": "ours/1", "Idempotency-Key": "k"})
    for grant in (BROWSER, importing()):
        sent = source_of(Call("events", request, NOON), grant, DOOR)
        facts = {"ip": "127.0.0.0", "address": "127.0.0.1", "user_agent": "ours/1", "idempotency_key": "k"}
        then = source_by(grant, door="native", received_at=NOON, client="ours/1")
        assert sent == msgspec.structs.replace(then, **facts)
