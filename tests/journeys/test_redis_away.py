"""Redis away: nothing changes for trackers. Keys are found, every door answers, events are stored."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.journeys.crowd import sending, stored_ids
from tests.journeys.mortal import Mortal, kill_hard

pytestmark = pytest.mark.journey

LOAD = 200
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
OWN = {"date", "x-request-id", "connection"}  # each answer's own; what was open long is closed
Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def redis_killed(mortal: Mortal) -> Iterator[None]:
    """Have no Redis while the block runs."""
    kill_hard(mortal.valkey.pid())
    try:
        yield
    finally:
        mortal.valkey.start()


def ask(mortal: Mortal, path: str, body: Any = None, *, key: str = "publishable", **headers: str) -> Answer:
    """Send one request as a client does; return status, headers (but for OWN), and body."""
    address = mortal.site.address
    headers = {"User-Agent": AGENT, "Authorization": f"Bearer {mortal.site.keys.get(key, key)}", **headers}
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with closing(http.client.HTTPConnection(address.host, address.port, timeout=5)) as connection:
        connection.request("GET" if data is None else "POST", path, data, headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in OWN}
        return answer.status, told, answer.read()


def tell_story(mortal: Mortal, who: str) -> dict[str, Answer]:
    """Send one event by each door, and what each door refuses; return the answers by name."""
    key = mortal.site.keys["publishable"]
    event: dict[str, Any] = {"type": "page.viewed", "visitor_id": who, "message_id": f"{who}-native"}
    page = {"type": "page", "anonymousId": who, "messageId": f"{who}-segment"}
    posthog = {"event": "$pageview", "distinct_id": who, "uuid": f"{who}-posthog", "properties": {}}
    ga4 = {"client_id": who, "events": [{"name": "page_view", "params": {}}]}
    requests: dict[str, tuple[str, Any, str]] = {
        "native": ("/api/v1/events", event, "publishable"),
        "native again": ("/api/v1/events", event, "publishable"),
        "native, by a secret key": ("/api/v1/events", {**event, "message_id": f"{who}-server"}, "secret"),
        "segment": ("/v1/batch", {"batch": [page]}, "publishable"),
        "posthog": ("/batch/", {"api_key": key, "batch": [posthog]}, "publishable"),
        "posthog's flags": ("/flags/?v=2", {"token": key}, "publishable"),
        "ga4": (f"/mp/collect?{urlencode({'api_secret': key})}", ga4, "publishable"),
        "the tracker": ("/t.js", None, "publishable"),
        "too large": ("/api/v1/events", [event] * 5_000, "publishable"),
        "no JSON": ("/api/v1/events", b"{", "publishable"),
        "no event": ("/api/v1/events", {"type": "page.viewed"}, "publishable"),
        "a wrong key": ("/api/v1/events", event, "zpk_wrong"),
    }
    return {name: ask(mortal, path, body, key=key) for name, (path, body, key) in requests.items()}


def test_every_door_answers_as_before(mortal: Mortal) -> None:
    before = tell_story(mortal, "ada")
    with redis_killed(mortal):
        away = tell_story(mortal, "bob")
    assert away == before
    statuses = {name: answer[0] for name, answer in before.items()}
    assert statuses == {
        "native": 200,
        "native again": 200,
        "native, by a secret key": 200,
        "segment": 200,
        "posthog": 200,
        "posthog's flags": 200,
        "ga4": 204,
        "the tracker": 200,
        "too large": 413,
        "no JSON": 400,
        "no event": 200,
        "a wrong key": 401,
    }
    counted = (
        "SELECT visitor_id, count(*) FROM analytics_events WHERE visitor_id IN ('ada', 'bob') GROUP BY 1 ORDER BY 1"
    )
    assert mortal.site.sql(counted) == [("ada", 4), ("bob", 4)]


def test_a_web_that_starts_without_redis_takes_events(mortal: Mortal) -> None:
    site = mortal.site
    with redis_killed(mortal):
        site.stop("web")
        site.start_web()
        assert [ask(mortal, "/v1/page", {"anonymousId": "eve", "messageId": "eve-1"})[0]] == [200]
    assert site.sql("SELECT message_id FROM analytics_events WHERE visitor_id = 'eve'") == [("eve-1",)]


def test_redis_dies_in_mid_load_and_no_client_notices(mortal: Mortal) -> None:
    with sending(mortal.site, "redis") as crowd:
        crowd.wait_for(LOAD)
        with redis_killed(mortal):
            crowd.wait_for(LOAD)
        crowd.wait_for(LOAD)
    assert set(crowd.answers) == {"200"}
    assert stored_ids(mortal.site, "redis") == dict.fromkeys(crowd.acknowledged, 1)
