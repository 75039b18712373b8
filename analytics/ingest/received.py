"""What passes through the pipeline: the raw event a door read, and the draft that the steps fill."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from analytics.registry.types import EventType, Reason
from analytics.store.event import AnyEvent, Event, as_event

NO_ALIASES: Mapping[str, str] = {}
NULL = msgspec.Raw(b"null")


class RawEvent(msgspec.Struct, kw_only=True, gc=False):
    """An event as a door understood it: the client's own words, nothing checked yet.

    `original` is what is kept when the event is rejected; `problem` says why a door could not read it. `place` tells
    apart events of one request that carry no message id, for requests with an `Idempotency-Key`. Properties, context
    and original may still be the text that the client sent (`msgspec.Raw`): most are known and need not be read. The
    original may be in the text of its batch, too, at its `place`.
    """

    name: Any = None
    message_id: Any = None
    user_id: Any = None
    visitor_id: Any = None
    session_id: Any = None
    occurred_at: Any = None
    sent_at: Any = None
    platform: Any = None
    properties: Any = None
    context: Any = None
    original: Any = None
    problem: str | None = None
    place: int = 0


class BatchText:
    """The body that a batch was read from, split when one of its items is asked for: as what is refused is kept.

    No text that was read of one without a backslash holds anything that is escaped in a line.
    """

    __slots__ = ("body", "is_escaped", "items", "split")

    def __init__(self, body: bytes, split: Callable[[bytes], list[msgspec.Raw]]) -> None:
        self.body = body
        self.split = split
        self.is_escaped = b"\\" in body
        self.items: list[msgspec.Raw] | None = None

    def item(self, place: int) -> msgspec.Raw:
        """Return the text of the item at a place."""
        if self.items is None:
            self.items = self.split(self.body)
        return self.items[place]


# What no client can name, since it is another in each process.
UNTOLD = secrets.token_hex(16)


class UsualEvent(
    RawEvent,
    rename={name: f"{name} {UNTOLD}" for name in ("original", "problem", "place")},
    kw_only=True,
    gc=False,
):
    """An event whose ids and moments are texts, and whose properties and context are not read yet.

    Doors that read typed derive from it, with their protocol's names; of the others, no text says anything.
    """

    original: Any = None
    problem: str | None = None
    place: int = 0
    name: str | None = None
    message_id: str | None = None
    user_id: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None
    occurred_at: str | None = None
    sent_at: str | None = None
    platform: str | None = None
    properties: msgspec.Raw = NULL
    context: msgspec.Raw = NULL


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends: what the key allows, and the request's own facts.

    `key_id` is None for the shop itself. `idempotency_key` is the header of that name, `client` the SDK and version.
    `ip` is what is kept of the whole `address`. `has_objected`: the browser asks not to be tracked. `aliases` are the
    key's own names for event types, folded.
    """

    door: str
    received_at: datetime
    key_id: UUID | None = None
    is_server: bool = False
    is_strict: bool = False
    may_import: bool = False
    oldest_at: datetime | None = None
    allowed_events: frozenset[str] = frozenset()
    idempotency_key: str | None = None
    ip: str | None = None
    client: str = ""
    user_agent: str | None = None
    address: str | None = None
    has_objected: bool = False
    aliases: Mapping[str, str] = NO_ALIASES


class Rejection(Exception):  # noqa: N818 - an outcome of the pipeline, not an error of ours
    """An event is refused: the closed reason, the sentence for the client, the field it is about.

    `stage` is the rule that refused it, where that is not the step itself.
    """

    def __init__(self, reason: Reason, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field
        self.stage = ""


class Dropped(Exception):  # noqa: N818 - an outcome of the pipeline
    """An event is left out for privacy: it is counted, and nothing of it is kept."""


class Content(msgspec.Struct, kw_only=True, gc=False):
    """What an event says, whoever says it and whenever. Remembered and shared: not to be changed once it is made.

    `product` is the reference as it was sent. `said` is what the properties say about the page, `said_text` the same
    as JSON. `user_id` is that of the properties, for claims. `properties` is the JSON that is kept. `kind` and `facts`
    are columns as they stand in the line of an `EncodedEvent`.
    """

    source_name: str = ""
    event_type: str = ""
    declared: EventType | None = None
    flags: int = 0
    product: str | None = None
    columns: dict[str, Any] = {}
    said: dict[str, Any] = {}
    said_text: bytes = b""
    platform: Any = None
    screen_name: str | None = None
    user_id: str | None = None
    properties: str = "{}"
    kind: str = ""
    facts: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Terms:
    """What a key and the shop's settings make of an event's content. Compared by identity, so it is quick to look up.

    `aliases` are the key's own names, folded; `is_client` is False for the shop itself.
    """

    is_client: bool
    is_strict: bool
    allowed_events: frozenset[str]
    aliases: Mapping[str, str]
    redact: tuple[str, ...]
    currency: str
    most_bytes: int
    is_consent_required: bool
    has_places: bool


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """What a context says. Shared by many events: not to be changed. Compared by identity, so it is quick to look up.

    `template` is an event with the context's columns, to be copied: a third of the time of making one anew. `place` are
    these columns as they stand in the line of an `EncodedEvent`.
    `client` is the SDK and its version, `address` that of the shopper, where a server says it. `consent` is what it
    says about consent to analytics.
    """

    template: Event
    is_bot: bool
    session_id: Any = None
    address: str | None = None
    client: str = ""
    consent: bool | None = None
    place: str = ""


NO_CONTENT = Content()
NOBODY = UUID(int=0)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NO_EVENT = Event(id=NOBODY, event_type="", source_name="", occurred_at=NEVER, received_at=NEVER)
NO_READING = Reading(NO_EVENT, is_bot=False)


class Draft(msgspec.Struct, kw_only=True, gc=False):
    """An event on its way through the steps."""

    raw: RawEvent
    terms: Terms
    content: Content
    reading: Reading
    event: Event
    flags: int = 0
    client_at: datetime | None = None
    sent_at: datetime | None = None
    occurred_at: datetime | None = None
    id: UUID | None = None
    message_id: str | None = None
    user_id: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None


class Accepted(msgspec.Struct, kw_only=True, gc=False):
    """An event that passed. `is_displaced`: its stored time is not its client's, so it takes the slower dedupe.

    What was sent, and by which door, stays with it until it is stored: the store may still refuse it.
    """

    event: AnyEvent
    raw: RawEvent
    door: str
    client_at: datetime | None
    is_displaced: bool

    @property
    def whole(self) -> Event:
        """The event with every column by itself."""
        return as_event(self.event)
