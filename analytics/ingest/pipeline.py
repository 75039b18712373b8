"""From what a door read to what is stored: every event ends as Accepted or as a RejectedRow, never as nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog
from django.conf import settings

from analytics.ingest.content import terms_of
from analytics.ingest.identity import fresh_id, stable_id
from analytics.ingest.lenient import plain_value
from analytics.ingest.properties import text_or_none
from analytics.ingest.received import (
    NO_CONTENT,
    NO_EVENT,
    NO_READING,
    Accepted,
    BatchText,
    Draft,
    Dropped,
    RawEvent,
    Rejection,
    Source,
    Terms,
    UsualEvent,
)
from analytics.ingest.redaction import redact_document, redact_value
from analytics.ingest.steps import STEPS
from analytics.ingest.usual import Asked, ask_usual, take_usual
from analytics.registry.types import Reason
from analytics.store.event import Event, RejectedRow

log = structlog.get_logger(__name__)
PAYLOAD_KEPT = 65_536
SECRET = re.compile(r"zsk_[0-9a-f]{40}")  # some SDKs put their key into each event
_encode = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(slots=True)
class Sorted:
    """The outcome of a request's events: accepted ones, rejected rows, and each rejection's place in the request.

    `dropped` were left out for privacy; `refused` counts accepted ones that the store would not take, `doubles` those
    that the request itself repeats.
    """

    source: Source
    accepted: list[Accepted] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    dropped: int = 0
    refused: int = 0
    doubles: int = 0


def process_event(raw: RawEvent, source: Source, terms: Terms | None = None) -> Accepted | RejectedRow | None:
    """Run one event through the steps; None for one that is dropped for privacy. A rejection names its step as stage.

    A step that fails in a way nobody foresaw rejects its event too, and is logged: it must not take the others of
    its request with it. The shop's own facts are told apart by their message id alone, whatever moment they give.
    """
    draft = Draft(raw=raw, terms=terms or terms_of(source), content=NO_CONTENT, reading=NO_READING, event=NO_EVENT)
    step = STEPS[0]
    try:
        for step in STEPS:
            step(draft, source)
        event = to_event(draft, source)
    except Dropped:  # it is counted as dropped, on purpose
        return None
    except Rejection as objection:
        stage = objection.stage or step.__name__
        return rejected_row(raw=raw, source=source, rejection=objection, stage=stage, draft=draft)
    except Exception:
        log.exception("ingest.step_failed", step=step.__name__, door=source.door)
        unforeseen = Rejection(Reason.MALFORMED, "The event could not be read.")
        return rejected_row(raw=raw, source=source, rejection=unforeseen, stage=step.__name__, draft=draft)
    client_at = draft.client_at if source.key_id else None
    is_displaced = draft.message_id is not None and draft.occurred_at != client_at
    return Accepted(event=event, raw=raw, door=source.door, client_at=client_at, is_displaced=is_displaced)


def to_event(draft: Draft, source: Source) -> Event:
    """Return the record of a draft that passed every step: its copy of the context's, with all that is its own."""
    assert draft.id is not None
    assert draft.occurred_at is not None
    event, content = draft.event, draft.content
    event.id = draft.id
    event.event_type = content.event_type
    event.source_name = content.source_name
    event.occurred_at = draft.occurred_at
    event.sent_at = draft.sent_at
    event.received_at = source.received_at
    event.user_id = draft.user_id
    event.visitor_id = draft.visitor_id
    event.session_id = draft.session_id
    event.properties = content.properties
    event.source_key = source.key_id
    event.message_id = draft.message_id
    event.ip = source.ip
    event.flags = draft.flags
    return event


def rejected_row(
    *, raw: RawEvent, source: Source, rejection: Rejection, stage: str, draft: Draft | None = None
) -> RejectedRow:
    """Return what is kept of a refused event. With a message id its own id is stable, so a retry is kept once."""
    message_id = text_or_none(raw.message_id, 200)
    if message_id is None and source.idempotency_key:
        message_id = f"{source.idempotency_key}:{raw.place}"
    if message_id:
        key = source.key_id.bytes if source.key_id else b"shop"
        identity = stable_id(source=key, message_id=message_id, client_at=draft.client_at if draft else None)
    else:
        identity = fresh_id(source.received_at)
    return RejectedRow(
        id=identity,
        stage=stage,
        reason=rejection.reason.value,
        message=clean(rejection.message),
        field=rejection.field,
        door=source.door,
        source_key=source.key_id,
        message_id=clean(message_id) if message_id else None,
        source_name=clean(text_or_none(raw.name, 200) or "") or None,
        received_at=source.received_at,
        payload=payload_text(original_of(raw)),
        reading=reading_text(raw),
    )


def payload_text(original: Any) -> str:
    """Return what was sent as text, without personal data: bytes, or anything else as JSON; at most 64 KB."""
    original = as_sent(original)
    if isinstance(original, (bytes, memoryview)):
        text = redact_document(bytes(original[:PAYLOAD_KEPT]).decode("utf-8", "backslashreplace"))
    else:
        text = encoded_text(without_personal_data(original))
    return SECRET.sub("[key]", text[:PAYLOAD_KEPT].replace("\x00", "\\u0000"))


def original_of(raw: RawEvent) -> Any:
    """Return what was sent of an event: a value, or its text."""
    original = raw.original
    return original.item(raw.place) if isinstance(original, BatchText) else original


def as_sent(original: Any) -> Any:
    """Return what was sent as a value, or as the bytes it is when it cannot be read."""
    try:
        return plain_value(original, "original")
    except Rejection:  # kept as it came
        return bytes(original)


def without_personal_data(value: Any) -> Any:
    """Return what a client sent as it is kept: a replay redacts the rest, and needs the ids as they are."""
    try:
        return redact_value(value, with_ids=False) if settings.REDACT else value
    except RecursionError:  # said in its place
        return "nested too deeply to be kept"


def encoded_text(value: Any) -> str:
    """Return a value as JSON; a stub of one that is nested beyond what can be walked."""
    try:
        return _encode(value).decode("utf-8", "replace")
    except RecursionError:  # said in its place
        return '"nested too deeply to be kept"'


def clean(text: str) -> str:
    """Return a text without NUL, which PostgreSQL cannot hold: to keep a rejection must never fail."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def plain_event(raw: RawEvent) -> RawEvent:
    """Return an event without texts that are still to be read."""
    read = {
        "properties": as_sent(raw.properties),
        "context": as_sent(raw.context),
        "original": as_sent(original_of(raw)),
    }
    return RawEvent(**{name: getattr(raw, name) for name in RawEvent.__struct_fields__} | read)


def reading_text(raw: RawEvent) -> str | None:
    """Return what a door made of an event as JSON, from which it can be read again; None for what is no event.

    Replayed, it gives the event that it would have given at once: rules find nothing in what they left.
    """
    if raw.problem or not isinstance(as_sent(original_of(raw)), dict):
        return None
    plain = plain_event(raw)
    plain.original = None
    plain.properties, plain.context = map(without_personal_data, (plain.properties, plain.context))
    text = SECRET.sub("[key]", encoded_text(plain))
    return text.replace("\\u0000", "\\ufffd") if len(text) <= PAYLOAD_KEPT else None


def quickly(raw: UsualEvent, asked: Asked) -> Accepted | None:
    """Return a usual event as accepted; None for one that is to go by the steps."""
    try:
        return take_usual(raw, asked)
    except Exception:  # noqa: BLE001 - the steps meet it again, and say which of them it was
        return None  # so it goes by the steps


def sort_events(raws: Iterable[RawEvent], source: Source) -> Sorted:
    """Run a request's events through the pipeline; one that is refused does not touch the others."""
    outcome, terms = Sorted(source), terms_of(source)
    asked = ask_usual(source, terms)
    for raw in raws:
        result = (isinstance(raw, UsualEvent) and asked and quickly(raw, asked)) or process_event(raw, source, terms)
        if isinstance(result, Accepted):
            outcome.accepted.append(result)
        elif result is None:
            outcome.dropped += 1
        else:
            outcome.rejected.append(result)
            outcome.places.append(raw.place)
    return outcome


def reject_body(*, body: bytes, source: Source, reason: Reason, message: str, stage: str) -> RejectedRow:
    """Return the row for a body that could not be read: one received, one rejected (decision 17)."""
    raw = RawEvent(original=body)
    return rejected_row(raw=raw, source=source, rejection=Rejection(reason, message), stage=stage)
