"""The usual event, in one go: what the steps do for an event that needs none of their patience, in half their time.

Whatever is odd in the least goes by the steps, which alone decide what is odd. That both make the same of any event is
tested with all kinds of them (`tests/ingest/test_quick_reading.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec

from analytics.ingest.content import ID_LENGTH, LONGEST_PROPERTIES, NAME_LENGTH, cached_content
from analytics.ingest.context import LONGEST_CONTEXT, cached_reading
from analytics.ingest.identity import hashed_id, keyed_hash
from analytics.ingest.places import find_place
from analytics.ingest.products import resolve_product
from analytics.ingest.received import Accepted, Content, Reading, Rejection, Source, Terms, UsualEvent
from analytics.ingest.steps import BOT
from analytics.ingest.timing import Unreadable, clocks_agree, read_moment, remembered_moment
from analytics.store.event import Event

NEARLY_A_DAY = timedelta(hours=23)
ANY_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Asked:
    """What the usual events of a request share: they happened since `earliest_at`; `agrees`: the clock that said `sent`
    agrees with ours.
    """

    source: Source
    terms: Terms
    begun: blake2b
    user_agent: str | None
    earliest_at: datetime
    sent: str | None = None
    sent_at: datetime | None = None
    agrees: bool = True


def ask_usual(source: Source, terms: Terms) -> Asked | None:
    """Return what the usual events of a request share; None for a request whose events all need the steps."""
    must_agree = not source.is_server and (source.has_objected or terms.is_consent_required)
    if source.key_id is None or must_agree:
        return None
    user_agent = None if source.is_server else source.user_agent
    earliest_at = source.oldest_at or ANY_TIME
    if source.may_import:  # what is imported is marked as such from a day on
        earliest_at = max(earliest_at, source.received_at - NEARLY_A_DAY)
    return Asked(source, terms, keyed_hash(source.key_id.bytes), user_agent, earliest_at)


def note_sent(asked: Asked, sent: str | None) -> None:
    """Note when the client says that it sent, which is the same for nearly all events of a request."""
    asked.sent = sent
    try:
        asked.sent_at = remembered_moment(sent) if sent else None
    except Unreadable:
        asked.agrees = False
    else:
        asked.agrees = clocks_agree(asked.sent_at, asked.source.received_at)


def usual_moment(raw: UsualEvent, asked: Asked) -> datetime | None:
    """Return when an event happened by its client's clock; None where that is not plainly so."""
    if raw.sent_at != asked.sent:
        note_sent(asked, raw.sent_at)
    if not asked.agrees or not raw.occurred_at:
        return None
    try:
        moment = datetime.fromisoformat(raw.occurred_at)
        if moment.tzinfo is not UTC:
            moment = read_moment(raw.occurred_at) or moment
    except (ValueError, OverflowError):
        return None
    return moment if asked.earliest_at <= moment <= asked.source.received_at else None


def usual_content(raw: UsualEvent, asked: Asked) -> tuple[Content, Reading] | None:
    """Return what an event's properties and its context say; None where it is objected to, or not remembered."""
    name, properties, context = raw.name, bytes(raw.properties), bytes(raw.context)
    if not name or len(name) > NAME_LENGTH or len(properties) > LONGEST_PROPERTIES:
        return None
    try:
        content = cached_content(name, properties, asked.terms)
        platform = raw.platform or content.platform
        if len(context) + len(content.said_text) > LONGEST_CONTEXT or not is_text(platform):
            return None
        reading = cached_reading(context, content.said_text, platform, asked.user_agent)
    except Rejection:
        return None
    return None if reading.consent is False else (content, reading)


def is_text(value: Any) -> bool:
    """Say whether a value is text or nothing."""
    return value is None or type(value) is str


def take_usual(raw: UsualEvent, asked: Asked) -> Accepted | None:
    """Return a usual event as it is stored; None for one that the steps must look at."""
    client_at = usual_moment(raw, asked)
    message_id = raw.message_id.strip() if raw.message_id else None
    if client_at is None or not message_id or len(message_id) > ID_LENGTH:
        return None
    if (found := usual_content(raw, asked)) is None:
        return None
    content, reading = found
    source = asked.source
    user_id = raw.user_id.strip()[:ID_LENGTH] or content.user_id if raw.user_id else content.user_id
    visitor_id = raw.visitor_id.strip()[:ID_LENGTH] or None if raw.visitor_id else None
    session_id = raw.session_id or reading.session_id
    if not (user_id or visitor_id) or not is_text(session_id):
        return None
    event: Event = msgspec.structs.replace(
        reading.template,
        id=hashed_id(asked.begun, message_id=message_id, client_at=client_at),
        event_type=content.event_type,
        source_name=content.source_name,
        occurred_at=client_at,
        sent_at=asked.sent_at,
        received_at=source.received_at,
        user_id=user_id,
        visitor_id=visitor_id,
        session_id=session_id.strip()[:ID_LENGTH] or None if session_id else None,
        properties=content.properties,
        source_key=source.key_id,
        message_id=message_id,
        ip=source.ip,
        flags=content.flags | BOT if reading.is_bot else content.flags,
    )
    add_facts(event, content, reading, asked)
    return Accepted(event=event, raw=raw, door=source.door, client_at=client_at, is_displaced=False)


def add_facts(event: Event, content: Content, reading: Reading, asked: Asked) -> None:
    """Fill in the columns that are not of the context."""
    for name, value in content.columns.items():
        setattr(event, name, value)
    if content.product is not None:
        event.product_ref = resolve_product(content.product)
    if asked.source.is_server and event.platform is None:
        event.platform = "server"
    if content.screen_name and not event.screen_name:
        event.screen_name = content.screen_name
    if asked.terms.has_places:
        address = reading.address or (None if asked.source.is_server else asked.source.address)
        for name, value in find_place(address).items():
            setattr(event, name, value)
