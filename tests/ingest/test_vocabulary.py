"""Every name of every vocabulary, as its protocol sends it, becomes the event that the shop knows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from django.test import RequestFactory

from analytics.ingest.doors.door import Call
from analytics.ingest.doors.table import DOORS
from analytics.ingest.pipeline import process_event
from analytics.ingest.received import Accepted, Source
from analytics.registry.events import EVENT_TYPES
from analytics.registry.naming import custom_name
from tests.ingest.factories import NOON
from tests.ingest.vocabulary import OURS, RESERVED, VOCABULARY

pytestmark = pytest.mark.django_db
Document = tuple[str, Any]
BY_NAME = {door.name: door for door in DOORS}
NAMES = [
    (canonical, protocol, name)
    for canonical, protocols in VOCABULARY.items()
    for protocol, names in protocols.items()
    for name in names
]


def described(name: str, data: Any) -> dict[str, Any]:
    return {"schema": f"iglu:com.snowplowanalytics.snowplow/{name}/jsonschema/1-0-0", "data": data}


def native(name: str, said: dict[str, Any]) -> Document:
    return "events", {"type": name, "visitor_id": "v", "properties": said}


def segment(name: str, said: dict[str, Any]) -> Document:
    if not name.startswith("call:"):
        return "track", {"event": name, "anonymousId": "v", "properties": said}
    call = name.removeprefix("call:")
    return call, {"type": call, "anonymousId": "v", "userId": "u", "properties": said, "traits": said}


def posthog(name: str, said: dict[str, Any]) -> Document:
    ids = {"alias": "u", "distinct_id": "v"} if "alias" in name or "merge" in name else {}
    return "events", {"event": name, "distinct_id": "v", "properties": {**said, **ids}}


def ga4(name: str, said: dict[str, Any]) -> Document:
    if name == "user_properties":
        return "collect", {"client_id": "v", "events": [], "user_properties": {"plan": {"value": "gold"}}}
    return "collect", {"client_id": "v", "events": [{"name": name, "params": said}]}


def snowplow(name: str, said: dict[str, Any]) -> Document:
    event: dict[str, Any] = {"eid": "1", "duid": "v", "e": "ue"}
    kind, _, word = name.rpartition(":")
    entities: list[dict[str, Any]] = []
    inner = described(name, said)
    if kind == "e":
        event |= {"e": word, "tr_id": "o1", "tr_tt": "50"}
    elif kind:
        inner = described("snowplow_ecommerce_action", {"type": name.split(":")[1]})
        entities = [described("transaction", {"transaction_id": "o1"}), described("refund", {"transaction_id": "o1"})]
        entities += [
            described("product", {"id": "p1"}),
            described("checkout_step", {"step": word if word.isdigit() else 1}),
        ]
    event |= {
        "ue_pr": json.dumps(described("unstruct_event", inner)),
        "co": json.dumps(described("contexts", entities)),
    }
    return "post", {"data": [event]}


def matomo(name: str, _said: dict[str, Any]) -> Document:
    return "track", [{"idsite": "1", "_id": "v", "url": "https://shop.example/", **dict(parse_qsl(name))}]


def umami(name: str, said: dict[str, Any]) -> Document:
    kind = name.removeprefix("type:") if name.startswith("type:") else "event"
    payload = {"website": "1", "url": "/", "data": said, "name": "" if ":" in name else name}
    return "send", {"type": kind, "payload": payload}


def plausible(name: str, said: dict[str, Any]) -> Document:
    return "event", {"domain": "shop.example", "name": name, "url": "https://shop.example/", "props": said}


MADE: dict[str, Callable[[str, dict[str, Any]], Document]] = {
    made.__name__: made for made in (native, segment, posthog, ga4, snowplow, matomo, umami, plausible)
}


def types_of(protocol: str, name: str, said: dict[str, Any]) -> list[str]:
    """Return the types of the events that a door makes of one that its protocol calls so."""
    door = BY_NAME[protocol]
    kind, document = MADE[protocol](name, said)
    call = Call(kind, RequestFactory().post("/"), NOON)
    source = Source(door=protocol, received_at=NOON, key_id=UUID(int=1))
    outcomes = [process_event(raw, source) for raw in door.read(document, call)]
    return [each.whole.event_type if isinstance(each, Accepted) else str(each) for each in outcomes]


@pytest.mark.parametrize(("canonical", "protocol", "name"), NAMES)
def test_a_name_becomes_the_event_that_it_means(canonical, protocol, name):
    assert types_of(protocol, name, dict(EVENT_TYPES[canonical].example)) == [canonical]


@pytest.mark.parametrize("protocol", [name for name in MADE if name not in {"snowplow", "matomo"}])
@pytest.mark.parametrize("canonical", [*VOCABULARY, *OURS])
def test_the_shop_s_own_names_are_known_at_each_door(protocol, canonical):
    assert types_of(protocol, canonical, dict(EVENT_TYPES[canonical].example)) == [canonical]


@pytest.mark.parametrize("protocol", [name for name in MADE if name not in {"snowplow", "matomo"}])
@pytest.mark.parametrize("canonical", RESERVED)
def test_what_the_shop_alone_may_say_is_custom_at_each_door(protocol, canonical):
    assert types_of(protocol, canonical, {}) == [custom_name(canonical)]


def test_every_type_has_its_line():
    assert {*VOCABULARY, *RESERVED, *OURS} == set(EVENT_TYPES)
