"""Real SDKs' bodies, changed as a string of bytes says, through everything a door does before PostgreSQL.

The same bytes always make the same change: hypothesis draws them, and atheris looks for those that reach new code.
Bodies are what the published SDKs of `tests/sdks` send, and by hand for the doors that none of them uses.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.test import RequestFactory

from analytics.ingest.counting import make_batch
from analytics.ingest.doors.door import Call, Refusal
from analytics.ingest.doors.reading import BodyRefused, decode_json, read_body
from analytics.ingest.doors.table import ROUTES
from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import Source
from analytics.ingest.spool import HEAD, decode_record, encode_record
from analytics.store.encoding import encode_events

SDKS = json.loads((Path(__file__).parent / "sdk_bodies.json").read_text())
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOURCE = Source(door="fuzz", received_at=NOW, key_id=UUID(int=7), client="fuzz/1", address="192.0.2.1")
JSON_TYPE, FORM = "application/json", "application/x-www-form-urlencoded"
VIEW = {"event": "$pageview", "properties": {"token": "zpk_x", "distinct_id": "d1", "$lib": "web"}}
ITEMS = [{"item_id": "p1", "price": 25, "quantity": 2}, {"item_id": "p2", "price": 10}]
MATOMO = {"idsite": "1", "rec": "1", "_id": "0123456789abcdef", "idgoal": "0", "ec_id": "o1", "revenue": "50"}
BY_HAND: list[tuple[str, Any]] = [
    ("/api/v1/events", {"events": [{"type": "page.viewed", "visitor_id": "a", "properties": {"path": "/"}}] * 2}),
    ("/i/v1/analytics/events", {"created_at": NOW.isoformat(), "batch": [{"event": "$pageview", "distinct_id": "d"}]}),
    ("/capture", VIEW),
    ("/api/batch", [{"type": "event", "payload": {"website": "s", "url": "/?utm_source=ig", "name": "x", "data": {}}}]),
    ("/api/event", {"n": "pageview", "d": "shop.example", "u": "https://shop.example/", "p": {}, "$": {"amount": 5}}),
    (
        "/mp/collect",
        {
            "client_id": "c",
            "events": [{"name": "purchase", "params": {"transaction_id": "o", "value": 6, "items": ITEMS}}],
        },
    ),
    ("/matomo.php", {"requests": ["?" + urlencode({**MATOMO, "ec_items": json.dumps([["p1", "Gown", "x", 25, 2]])})]}),
]
SEEDS: list[tuple[str, Any]] = [(each["path"], each["document"]) for each in SDKS] + BY_HAND
FORMS: list[tuple[str, bytes]] = [
    ("/matomo.php", urlencode({**MATOMO, "url": "https://shop.example/a?b=c"}).encode()),
    ("/e", urlencode({"data": base64.b64encode(json.dumps([VIEW]).encode()).decode()}).encode()),
]
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1e308,
    10**30,
    float("nan"),
    float("-inf"),
    "",
    " ",
    "\x00",
    "\ud800",
    "é" * 300,
    "9" * 400,
    "x" * 40_000,
    "2026-02-30T00:00:00Z",
    "0001-01-01",
    "9999-12-31T23:59:59Z",
    "https://[",
    "?" * 50,
    "%%%",
    "a=b&a=c",
    "{",
    "[]",
    "==",
    "denied",
    "ada@shop.example",
    "4111 1111 1111 1111",
    [],
    {},
    [None],
    [[[]]],
    {"": {}},
    {"a": {"a": {"a": {}}}},
    [{}] * 40,
)
PACKERS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("", bytes),
    ("", gzip.compress),
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("zstd", bytes),
    ("gzip", bytes),
)


class Choices:
    """Numbers out of a string of bytes; zeros after its end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def below(self, end: int) -> int:
        """The next number, from 0 to before `end`."""
        piece = self.data[self.place : self.place + 2].ljust(2, b"\x00")
        self.place += 2
        return int.from_bytes(piece, "little") % max(end, 1)

    @property
    def is_over(self) -> bool:
        return self.place >= len(self.data)


def change(value: Any, choices: Choices) -> Any:
    """Return a document in which one value, somewhere, is another."""
    if isinstance(value, dict) and value and choices.below(5):
        name = sorted(value)[choices.below(len(value))]
        rest = {key: each for key, each in value.items() if key != name}
        turn = choices.below(8)
        if turn == 0:
            return rest
        new = sorted(value)[choices.below(len(value))] if turn == 1 else name
        return {**rest, new: change(value[name], choices)}
    if isinstance(value, list) and value and choices.below(5):
        place = choices.below(len(value))
        return [*value[:place], change(value[place], choices), *value[place + 1 :]]
    turn = choices.below(4)
    if turn == 1:
        return [value, value]
    if turn == 2 and isinstance(value, str):
        place = choices.below(len(value) + 1)
        return value[:place] + chr(choices.below(0x300)) + value[place:]
    return {"x": value} if turn == 3 else VALUES[choices.below(len(VALUES))]


def damage(body: bytes, choices: Choices) -> bytes:
    """Return a body that is cut off, or has a byte more or another one; mostly as it is."""
    turn, place = choices.below(8), choices.below(len(body) + 1)
    byte = bytes([choices.below(256)])
    damaged = {1: body[:place], 2: body[:place] + byte + body[place:], 3: body[:place] + byte + body[place + 1 :]}
    return damaged.get(turn, body)


def make_request(data: bytes) -> tuple[str, bytes, dict[str, str]]:
    """Return the path, the body and the headers that a string of bytes stands for."""
    choices = Choices(data)
    number = choices.below(len(SEEDS) + len(FORMS))
    encoding, pack = PACKERS[choices.below(len(PACKERS))]
    kind = JSON_TYPE
    if number < len(SEEDS):
        path, document = SEEDS[number]
        body = b""
        while not choices.is_over:
            document = change(document, choices)
        body = json.dumps(document).encode()
        choices = Choices(data[::-1])
    else:
        path, body = FORMS[number - len(SEEDS)]
        kind = FORM
    headers = {"Content-Type": kind, "User-Agent": "fuzz/1"}
    return path, pack(damage(body, choices)), headers | ({"Content-Encoding": encoding} if encoding else {})


def run_door(data: bytes) -> Sorted | None:
    """Take a request through its door as far as the store; None where the request as a whole is refused.

    Every event ends as accepted, rejected or dropped, and nothing but a refusal is raised.
    """
    path, body, headers = make_request(data)
    door, kind = ROUTES[path]
    request = RequestFactory(headers=headers).generic("POST", path, body, content_type=headers.pop("Content-Type"))
    call = Call(kind, request, NOW)
    try:
        content = read_body(request)
        document = door.decode(content, call) if door.decode else decode_json(content)
        if door.credential:
            door.credential(document, call)
        raws = door.read(document, call)
    except (BodyRefused, Refusal):  # a named outcome, as good as any
        return None
    outcome = sort_events(raws, SOURCE)
    assert len(raws) == len(outcome.accepted) + len(outcome.rejected) + outcome.dropped
    unforeseen = [row for row in outcome.rejected if row.message == "The event could not be read."]
    assert unforeseen == [], (path, body)
    check_storable(outcome)
    return outcome


def check_storable(outcome: Sorted) -> None:
    """Encode an outcome for PostgreSQL and for the spool: neither may fail for what was accepted."""
    batch = make_batch([outcome])
    events = [*batch.prompt, *(each.event for each in batch.displaced)]
    encoded = encode_events(events)[1] if events else b""
    assert b"\x00" not in encoded
    encoded.decode()
    kept = decode_record(encode_record(outcome)[HEAD:])
    assert kept is not None
    assert [each.event for each in kept.accepted] == [each.event for each in outcome.accepted]
    for row in outcome.rejected:
        told = "".join(filter(None, (row.message, row.payload, row.message_id, row.source_name, row.reading)))
        assert "\x00" not in told
        told.encode()
    msgspec.json.encode([each.tally for each in batch.counts])
