"""The stored event: one record, its fields in the order of the columns of `analytics_events` (`events.md`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
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

    @property
    def key(self) -> str:
        """The id as 32 hexadecimal digits, which sort as ids do."""
        return self.id.hex

    @property
    def late_ms(self) -> int:
        """How long after it happened it came, in milliseconds."""
        return milliseconds(self.received_at) - milliseconds(self.occurred_at)

    @property
    def clock_ms(self) -> int | None:
        """How far the client's clock is behind ours, in milliseconds; None where it said nothing."""
        return None if self.sent_at is None else milliseconds(self.received_at) - milliseconds(self.sent_at)


COLUMNS: tuple[str, ...] = Event.__struct_fields__


def columns_between(first: str, last: str) -> tuple[str, ...]:
    """Return the columns from one to another."""
    return COLUMNS[COLUMNS.index(first) : COLUMNS.index(last) + 1]


KIND = columns_between("event_type", "source_name")
PLACE = columns_between("platform", "click_id")
FACTS = columns_between("category", "properties")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = "\\N"
SPECIAL = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_PLAIN = {escape: character for character, escape in SPECIAL.items()}
_ESCAPES = str.maketrans(SPECIAL | {"\x00": "\ufffd"})
_ESCAPED = re.compile(r"\\.")


class EncodedEvent(msgspec.Struct, gc=False):
    """An event as a line of COPY's text format, and what is asked of events before that. `key` is its id.

    To put a line together from parts that are known takes a third of the time of filling and encoding 37 columns.
    """

    key: str
    occurred_at: datetime
    line: str
    flags: int
    late_ms: int
    clock_ms: int | None

    @property
    def id(self) -> UUID:
        """The id."""
        return UUID(self.key)


AnyEvent = Event | EncodedEvent


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970, never negative. By parts: half the time of dividing by a timedelta."""
    since = moment - EPOCH
    return max(since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000, 0)


def text_field(value: object) -> str:
    """Return a value as COPY's text format takes it."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).translate(_ESCAPES)


def encode_columns(event: Event, names: tuple[str, ...] = COLUMNS) -> str:
    """Return columns of an event as they stand in its line."""
    return "\t".join([text_field(getattr(event, name)) for name in names])


def plain_field(field: str) -> str | None:
    """Return what a field of a line says."""
    if field == NOTHING:
        return None
    return _ESCAPED.sub(lambda found: _PLAIN[found[0]], field) if "\\" in field else field


def as_event(event: AnyEvent) -> Event:
    """Return an event with every column by itself."""
    if isinstance(event, Event):
        return event
    return msgspec.convert([plain_field(field) for field in event.line.split("\t")], Event, strict=False)


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
