"""The usual event, in one go: what the steps do for an event that needs none of their patience, in half their time.

Whatever is odd in the least goes by the steps, which alone decide what is odd. That both make the same of any event is
tested with all kinds of them (`tests/ingest/test_usual.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from analytics.ingest.content import ID_LENGTH, LONGEST_PROPERTIES, NAME_LENGTH, cached_content
from analytics.ingest.context import LONGEST_CONTEXT, READINGS_KEPT, cached_reading
from analytics.ingest.identity import hashed_key, keyed_hash
from analytics.ingest.products import resolve_product
from analytics.ingest.received import Accepted, BatchText, Content, Reading, Rejection, Source, Terms, UsualEvent
from analytics.ingest.steps import BOT
from analytics.ingest.timing import Unreadable, clocks_agree, read_moment, read_sent
from analytics.store.event import NOTHING, PLACE, EncodedEvent, encode_columns, milliseconds, text_field
from zuka.platform.places import find_place

NEARLY_A_DAY = timedelta(hours=23)
ANY_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Asked:
    """What the usual events of a request share: they happened since `earliest_at`; `agrees`: the clock that said `sent`
    agrees with ours. `when`, `key` and `ip` are columns as they stand in a line: when and by whom it was sent.
    """

    source: Source
    terms: Terms
    begun: blake2b
    user_agent: str | None
    earliest_at: datetime
    has_places: bool
    received_ms: int
    received: str
    key: str
    ip: str
    when: str = ""
    sent: str | None = None
    clock_ms: int | None = None
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
    asked = Asked(
        source,
        terms,
        keyed_hash(source.key_id.bytes),
        user_agent,
        earliest_at,
        terms.has_places,
        received_ms=milliseconds(source.received_at),
        received=text_field(source.received_at),
        key=text_field(source.key_id),
        ip=text_field(source.ip),
    )
    note_sent(asked, None)
    return asked


def note_sent(asked: Asked, sent: str | None) -> None:
    """Note when the client says that it sent, which is the same for nearly all events of a request."""
    asked.sent = sent
    try:
        sent_at = read_sent(sent)
    except Unreadable:  # the steps refuse it, and say why
        asked.agrees = False
        return
    asked.agrees = clocks_agree(sent_at, asked.source.received_at)
    asked.clock_ms = asked.received_ms - milliseconds(sent_at) if sent_at else None
    asked.when = f"{text_field(sent_at)}\t{asked.received}"


def moment_text(sent: str, moment: datetime) -> str:
    """Return a moment as a text that everybody reads alike.

    Most often it is as it was sent, "2026-11-21T09:30:00.000Z", in a fifth of the time of writing it anew. Another text
    of that length names a week.
    """
    is_told = len(sent) == 24 and sent[23] == "Z" and sent[19] == "." and sent[10] == "T" and sent[5] < "2"
    return sent if is_told else moment.isoformat()


def usual_moment(occurred_at: str, asked: Asked) -> datetime | None:
    """Return when an event happened by its client's clock; None where that is not plainly so."""
    try:
        moment = datetime.fromisoformat(occurred_at)
        if moment.tzinfo is not UTC:
            moment = read_moment(occurred_at) or moment
    except (ValueError, OverflowError):
        return None  # the steps refuse it, and say why
    return moment if asked.earliest_at <= moment <= asked.source.received_at else None


def take_usual(raw: UsualEvent, asked: Asked) -> Accepted | None:
    """Return a usual event as it is stored; None for one that the steps must look at."""
    source, name, properties, context = asked.source, raw.name, bytes(raw.properties), bytes(raw.context)
    if raw.sent_at != asked.sent:
        note_sent(asked, raw.sent_at)
    message_id = raw.message_id.strip() if raw.message_id else None
    client_at = usual_moment(raw.occurred_at, asked) if raw.occurred_at and asked.agrees else None
    if client_at is None or not message_id or len(message_id) > ID_LENGTH:
        return None
    if not name or len(name) > NAME_LENGTH or len(properties) > LONGEST_PROPERTIES:
        return None
    try:
        content = cached_content(name, properties, asked.terms)
        platform = raw.platform or content.platform
        if not is_text(platform) or len(context) + len(content.said_text) + len(platform or "") > LONGEST_CONTEXT:
            return None
        reading = cached_reading(context, content.said_text, platform, asked.user_agent)
    except Rejection:
        return None  # the steps reject it again, and say which rule it was
    user_id = raw.user_id.strip()[:ID_LENGTH] or content.user_id if raw.user_id else content.user_id
    visitor_id = raw.visitor_id.strip()[:ID_LENGTH] or None if raw.visitor_id else None
    session_id = raw.session_id or reading.session_id
    if reading.consent is False or not (user_id or visitor_id) or not is_text(session_id):
        return None
    session_id = session_id.strip()[:ID_LENGTH] if session_id else None
    is_whole = not (content.screen_name or asked.has_places or (source.is_server and reading.template.platform is None))
    place = reading.place if is_whole else place_of(reading, content, asked)
    millisecond, moment = milliseconds(client_at), moment_text(raw.occurred_at or "", client_at)
    key = hashed_key(asked.begun, message_id=message_id, millisecond=millisecond)
    flags = content.flags | BOT if reading.is_bot else content.flags
    product = resolve_product(content.product) if content.product is not None else None
    who: tuple[str, ...] = (user_id or NOTHING, visitor_id or NOTHING, session_id or NOTHING)
    what: tuple[str, ...] = (product or NOTHING, message_id)
    if type(raw.original) is not BatchText or raw.original.is_escaped:
        who, what = escaped(who), escaped(what)
    line = (
        f"{key}\t{content.kind}\t{moment}\t{asked.when}\t{who[0]}\t{who[1]}\t{who[2]}\t"
        f"{place}\t{what[0]}\t{content.facts}\t{asked.key}\t{what[1]}\t{asked.ip}\t{flags}"
    )
    event = EncodedEvent(key, client_at, line, flags, asked.received_ms - millisecond, asked.clock_ms)
    return Accepted(event=event, raw=raw, door=source.door, client_at=client_at, is_displaced=False)


def escaped(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return fields of a line as it takes them, whatever their texts hold."""
    return tuple(text if text is NOTHING else text_field(text) for text in texts)


def is_text(value: Any) -> bool:
    """Say whether a value is text or nothing."""
    return value is None or type(value) is str


def place_of(reading: Reading, content: Content, asked: Asked) -> str:
    """Return the columns of a reading with what others know of the place: the screen, the sender and its address."""
    address = reading.address or (None if asked.source.is_server else asked.source.address)
    found = tuple(find_place(address).items()) if asked.has_places else ()
    return changed_place(reading, content.screen_name, found, is_server=asked.source.is_server)


@lru_cache(maxsize=READINGS_KEPT)
def changed_place(
    reading: Reading, screen_name: str | None, found: tuple[tuple[str, str], ...], *, is_server: bool
) -> str:
    """Return the columns of a reading that others add to, remembered."""
    event = msgspec.structs.replace(reading.template, **dict(found))
    if is_server and event.platform is None:
        event.platform = "server"
    if screen_name and not event.screen_name:
        event.screen_name = screen_name
    return encode_columns(event, PLACE)
