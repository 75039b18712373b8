"""Zuka's own door: `POST /api/v1/events` with one event, a list of them, or `{"events": […], "sent_at": …}`.

An event is flat: `type`, `user_id`, `visitor_id`, `session_id`, `message_id`, `occurred_at`, `properties`, `context`.
The names of the source documents are taken too: `event_type`, `event_timestamp`, `data`, `anonymous_id`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from analytics.ingest.doors.door import Call, Door, Summary, key_in
from analytics.ingest.doors.reading import finish_usual, make_reader, read_usual_batch
from analytics.ingest.lenient import decode_leniently
from analytics.ingest.received import RawEvent, UsualEvent

CONTEXT_FIELDS = (
    "page_path",
    "screen_name",
    "referrer_url",
    "device_type",
    "os",
    "browser",
    "country",
    "state",
    "city",
)
CAMPAIGN_FIELDS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def first(item: dict[str, Any], *names: str) -> Any:
    """Return the first of several fields that is there."""
    return next((item[name] for name in names if item.get(name) is not None), None)


def read_item(item: Any, sent_at: Any) -> RawEvent:
    """Return one raw event; what is no object is left for the pipeline to refuse."""
    if not isinstance(item, dict):
        return RawEvent(original=item, problem=f"An event must be an object, not {type(item).__name__}.")
    context = item.get("context")
    flat = {name: item[name] for name in (*CONTEXT_FIELDS, *CAMPAIGN_FIELDS) if name in item}
    if flat and (context is None or isinstance(context, dict)):
        context = {**flat, **(context or {})}
    return RawEvent(
        name=first(item, "type", "event_type", "event"),
        message_id=first(item, "message_id", "messageId", "id"),
        user_id=first(item, "user_id", "userId"),
        visitor_id=first(item, "visitor_id", "anonymous_id", "anonymousId"),
        session_id=first(item, "session_id", "sessionId"),
        occurred_at=first(item, "occurred_at", "event_timestamp", "timestamp"),
        sent_at=first(item, "sent_at", "sentAt") or sent_at,
        platform=item.get("platform"),
        properties=first(item, "properties", "data", "metadata"),
        context=context,
        original=item,
    )


def read(document: Any, _call: Call) -> list[RawEvent]:
    """Return the raw events of a document."""
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        sent_at = first(document, "sent_at", "sentAt")
        return [read_item(item, sent_at) for item in document["events"]]
    if isinstance(document, list):
        return [read_item(item, None) for item in document]
    return [read_item(document, None)]


class Item(UsualEvent, rename={"name": "type"}, kw_only=True, forbid_unknown_fields=True, gc=False):
    """An event under the usual names and no others."""

    name: str


class Batch(msgspec.Struct, rename={"items": "events"}, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Events under the usual names."""

    items: list[Item]
    sent_at: str | None = None


class Split(msgspec.Struct, rename={"items": "events"}, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Events that are not read yet."""

    items: list[msgspec.Raw]
    sent_at: str | None = None


def read_whole(text: msgspec.Raw, sent_at: str | None) -> RawEvent:
    """Return an unusual event as a raw one."""
    return read_item(decode_leniently(bytes(text)), sent_at)


USUAL = make_reader(Batch, Split, Item, finish=finish_usual, read_whole=read_whole)


def read_quickly(body: bytes, _call: Call) -> list[RawEvent] | None:
    """Return the raw events of a usual batch; None for a document that must be read with more patience."""
    return read_usual_batch(body, USUAL)


def answer(summary: Summary, _call: Call) -> Summary:
    """Answer with the summary as it is."""
    return summary


DOOR = Door(
    name="native",
    text="One event, a list of events, or `{events: […], sent_at}`. The answer comes after they are stored.",
    paths={"/api/v1/events": "events"},
    read=read,
    read_quickly=read_quickly,
    answer=answer,
    credential=key_in("key"),
)
