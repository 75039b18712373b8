"""PostHog's capture API, old and new, as its SDKs speak it. Facts: `protocols.md` 4.2.

A `distinct_id` is one id for both the person and the device. It is the device's where the event says so
(`$device_id`, `$process_person_profile: false`), else the person's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from analytics.ingest.doors.door import (
    Call,
    Credential,
    Door,
    Reply,
    Summary,
    key_in,
    table_of,
    text_of,
    without_empty,
)
from analytics.ingest.doors.posthog_flags import answer_flags, read_question
from analytics.ingest.doors.reading import GZIP, BodyRefused, decode_base64, decode_json, decompress
from analytics.ingest.received import RawEvent
from analytics.registry.types import Reason

# What they call it → what the shop's events call it.
OWN_NAMES = frozenset(("token", "api_key", "distinct_id"))
# Ids that stand for nobody (protocols.md 4.2): kept as one person, strangers would become one.
NOBODY = frozenset(
    ("", "null", "none", "nil", "undefined", "nan", "0", "true", "false", "anonymous", "guest", "distinct_id", "id")
) | frozenset(("distinctid", "email", "not_authenticated", "[object object]"))
PROPERTIES = {
    "$feature_flag": "experiment_id",
    "$feature_flag_response": "variation_id",
    "$group_key": "group_id",
    "$anon_distinct_id": "previous_id",
}


def decode(body: bytes, call: Call) -> Any:
    """Return a request's document: JSON, or a form's `data`, which may be base64 and gzip. Raises BodyRefused."""
    if body.lstrip()[:1] in {b"{", b"["} or (body[:5] != b"data=" and b"&data=" not in body[:200]):
        is_base64 = call.query.get("compression") == "base64"
        return decode_json(decode_base64(body)) if is_base64 else decode_json(body)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError as error:
        raise BodyRefused(400, Reason.MALFORMED, f"The form cannot be read: {error}.", body) from error
    data = (fields.get("data") or [""])[0]
    if data[:1] in {"{", "["}:
        return decode_json(data.encode())
    content = decode_base64(data)
    return decode_json(decompress(content, "gzip") if content[:2] == GZIP else content)


def credential(document: Any, call: Call) -> Credential | None:
    """Return the key: `api_key` or `token` of the document, or of its first event."""
    found = IN_HEADERS(document, call)
    if found:
        return found
    first = document[0] if isinstance(document, list) and document else document
    places = (table_of(first), table_of(table_of(first).get("properties")), call.query)
    token = next((text_of(place.get(name)) for place in places for name in ("api_key", "token") if place.get(name)), "")
    return Credential(token=token) if token else None


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the raw events of a batch, of a list, or of a single event."""
    shared = table_of(document)
    items = shared.get("batch", [document]) if isinstance(document, dict) else document
    call.notes["uuids"] = []
    if not isinstance(items, list):
        return [RawEvent(original=document, problem="`batch` must be a list of events.")]
    call.notes["uuids"] = [text_of(table_of(item).get("uuid")) for item in items]
    return [read_item(item, shared, call) for item in items]


def read_item(item: Any, shared: dict[str, Any], call: Call) -> RawEvent:
    """Return one event."""
    if not isinstance(item, dict):
        return RawEvent(original=item, problem=f"An event must be an object, not {type(item).__name__}.")
    said = table_of(item.get("properties"))
    who = actor(item, said)
    sent_at = item.get("sent_at") or shared.get("sent_at") or shared.get("created_at")
    properties = said if item.get("properties") is None or isinstance(item["properties"], dict) else item["properties"]
    return RawEvent(
        name=item.get("event"),
        message_id=item.get("uuid") or said.get("$insert_id"),
        **who,
        session_id=said.get("$session_id") or item.get("session_id"),
        occurred_at=item.get("timestamp") or offset_moment(item, call),
        sent_at=sent_at if not said.get("$ignore_sent_at") else None,
        platform=None,
        properties=own_properties(item, said) if isinstance(properties, dict) else properties,
        context=context_of(said),
        original=item,
    )


def offset_moment(item: dict[str, Any], call: Call) -> str | None:
    """Return when an event happened that says only how many milliseconds ago (`offset`)."""
    offset = item.get("offset")
    if not isinstance(offset, (int, float)) or not 0 <= offset < 10**10:
        return None
    return (call.received_at - timedelta(milliseconds=offset)).isoformat()


def actor(item: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return person and device. An alias' two ids mean the same person; the SDKs say them in opposite places."""
    distinct = item.get("distinct_id") or said.get("distinct_id") or said.get("$distinct_id")
    if text_of(distinct).strip().lower() in NOBODY:
        distinct = None
    if item.get("event") == "$create_alias":
        return {"user_id": said.get("alias"), "visitor_id": None}
    device = said.get("$device_id")
    if said.get("$process_person_profile") is False or (device and device == distinct):
        return {"user_id": said.get("$user_id"), "visitor_id": distinct}
    return {"user_id": distinct, "visitor_id": device or said.get("$anon_distinct_id")}


def own_properties(item: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return the shop's own properties: what PostHog adds (`$…`) is read into the context, traits are brought up."""
    traits = {**table_of(said.get("$set_once")), **table_of(said.get("$set")), **table_of(said.get("$group_set"))}
    traits = {**table_of(item.get("$set")), **traits}
    kept = {name: value for name, value in said.items() if not name.startswith("$") and name not in OWN_NAMES}
    renamed = {new: said[old] for old, new in PROPERTIES.items() if said.get(old) not in (None, "")}
    if item.get("event") == "$create_alias":
        renamed["previous_id"] = text_of(said.get("distinct_id") or item.get("distinct_id"))
        kept.pop("alias", None)
    if item.get("event") == "$merge_dangerously":
        renamed["previous_id"] = text_of(said.get("alias"))
    return {**traits, **kept, **{name: text_of(value) or value for name, value in renamed.items()}}


def context_of(said: dict[str, Any]) -> dict[str, Any]:
    """Return the context that PostHog's SDKs put among the properties."""
    page = {"url": said.get("$current_url"), "path": said.get("$pathname"), "referrer": said.get("$referrer")}
    page["referrer"] = None if page["referrer"] == "$direct" else page["referrer"]
    library = {"name": said.get("$lib"), "version": said.get("$lib_version")}
    return without_empty(
        {
            "page": without_empty(page),
            "library": without_empty(library),
            "os": said.get("$os"),
            "browser": said.get("$browser"),
            "device_type": said.get("$device_type"),
            "screen_name": said.get("$screen_name"),
            "userAgent": said.get("$raw_user_agent") or said.get("$user_agent"),
            "platform": "web" if said.get("$lib") == "web" else None,
            "ip": said.get("$ip"),
        }
    )


def early(call: Call) -> Reply | None:
    """Answer SDKs that ask for flags. Raises Refusal."""
    if call.kind != "flags":
        return None
    question = read_question(call, decode)
    return answer_flags(call, question, credential(question, call))


def answer(summary: Summary, call: Call) -> dict[str, Any]:
    """Answer as the two APIs do: the new one wants an outcome for each event's uuid."""
    if call.kind != "v1":
        return {"status": 1, **summary}
    errors = call.notes["refusals"]
    results = {
        uuid: {"result": "drop", "details": errors[place]} if place in errors else {"result": "ok"}
        for place, uuid in enumerate(call.notes["uuids"])
    }
    return {"results": results}


IN_HEADERS = key_in("")
DOOR = Door(
    name="posthog",
    text="PostHog's capture API: point a PostHog SDK's host at Zuka, with a Zuka key as project API key.",
    paths={
        **dict.fromkeys(("/batch", "/capture", "/e", "/i/v0/e", "/track", "/engage"), "events"),
        "/i/v1/analytics/events": "v1",
        "/flags": "flags",
        "/decide": "flags",
    },
    read=read,
    answer=answer,
    credential=credential,
    decode=decode,
    early=early,
)
