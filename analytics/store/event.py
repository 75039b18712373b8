"""The stored event: one record, its fields in the order of the columns of `analytics_events` (`events.md`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Event(msgspec.Struct, array_like=True, kw_only=True, gc=False):
    """An accepted event, as it is written. `properties` is JSON text; `flags` are bits of `Flag`.

    Declared as an array so that a row is encoded for COPY in one call.
    """

    id: UUID
    event_type: str
    source_name: str
    occurred_at: datetime
    sent_at: datetime | None = None
    received_at: datetime
    user_id: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None
    platform: str | None = None
    device_type: str | None = None
    os: str | None = None
    browser: str | None = None
    country: str | None = None
    state: str | None = None
    city: str | None = None
    page_path: str | None = None
    screen_name: str | None = None
    referrer_url: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_term: str | None = None
    utm_content: str | None = None
    click_id: str | None = None
    product_ref: str | None = None
    category: str | None = None
    search_query: str | None = None
    value_kobo: int | None = None
    currency: str | None = None
    quantity: int | None = None
    order_ref: str | None = None
    properties: str = "{}"
    source_key: UUID | None = None
    message_id: str | None = None
    ip: str | None = None
    flags: int = 0


COLUMNS: tuple[str, ...] = Event.__struct_fields__


def columns_between(first: str, last: str) -> tuple[str, ...]:
    """Return the columns from one to another."""
    return COLUMNS[COLUMNS.index(first) : COLUMNS.index(last) + 1]


KIND = columns_between("event_type", "source_name")
PLACE = columns_between("platform", "click_id")
FACTS = columns_between("category", "properties")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Event).decode


class EncodedEvent(msgspec.Struct, array_like=True, gc=False):
    """An event in the same columns, those of which that repeat are encoded already: KIND, PLACE and FACTS as JSON.

    To fill and to encode 15 fields takes half the time of 37, most of which are null.
    """

    id: UUID
    kind: msgspec.Raw
    occurred_at: datetime
    sent_at: datetime | None
    received_at: datetime
    user_id: str | None
    visitor_id: str | None
    session_id: str | None
    place: msgspec.Raw
    product_ref: str | None
    facts: msgspec.Raw
    source_key: UUID | None
    message_id: str | None
    ip: str | None
    flags: int


AnyEvent = Event | EncodedEvent


def encode_columns(event: Event, names: tuple[str, ...]) -> msgspec.Raw:
    """Return some columns of an event as they stand in its JSON. Raises UnicodeEncodeError for a lone surrogate."""
    return msgspec.Raw(_encode([getattr(event, name) for name in names])[1:-1])


def as_event(event: AnyEvent) -> Event:
    """Return an event with every column by itself."""
    return event if isinstance(event, Event) else _decode(_encode(event))


class RejectedRow(msgspec.Struct, kw_only=True, gc=False):
    """An event that is kept as rejected: which stage refused it, why, and what was sent."""

    id: UUID
    stage: str
    reason: str
    message: str
    field: str | None = None
    door: str
    source_key: UUID | None = None
    message_id: str | None = None
    source_name: str | None = None
    received_at: datetime
    payload: str
    reading: str | None = None
