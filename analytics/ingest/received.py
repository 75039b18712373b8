"""What passes through the pipeline: the raw event a door read, and the draft that the steps fill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from analytics.registry.types import EventType, Reason
from analytics.store.event import Event

NO_ALIASES: Mapping[str, str] = {}


class RawEvent(msgspec.Struct, kw_only=True, gc=False):
    """An event as a door understood it: the client's own words, nothing checked yet.

    `original` is what is kept when the event is rejected; `problem` says why a door could not read it. `place` tells
    apart events of one request that carry no message id, for requests with an `Idempotency-Key`.
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
    """An event is refused: the closed reason, the sentence for the client, the field it is about."""

    def __init__(self, reason: Reason, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field


class Dropped(Exception):  # noqa: N818 - an outcome of the pipeline
    """An event is left out for privacy: it is counted, and nothing of it is kept."""


class Draft(msgspec.Struct, kw_only=True, gc=False):
    """An event on its way through the steps. `properties` are the client's, with canonical names added as facts."""

    raw: RawEvent
    source_name: str = ""
    event_type: str = ""
    declared: EventType | None = None
    flags: int = 0
    client_at: datetime | None = None
    sent_at: datetime | None = None
    occurred_at: datetime | None = None
    id: UUID | None = None
    message_id: str | None = None
    user_id: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None
    properties: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    context: dict[str, Any] = {}
    properties_json: str = "{}"
    columns: dict[str, Any] = {}


class Accepted(msgspec.Struct, kw_only=True, gc=False):
    """An event that passed. `is_displaced`: its stored time is not its client's, so it takes the slower dedupe.

    What was sent, and by which door, stays with it until it is stored: the store may still refuse it.
    """

    event: Event
    raw: RawEvent
    door: str
    client_at: datetime | None
    is_displaced: bool
