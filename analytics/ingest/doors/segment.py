"""Segment's HTTP tracking API, which its SDKs, RudderStack's, Jitsu's and many others speak.

Facts: `protocols.md` 4.1 and 4.8; https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/.

SDKs send `/v1/batch`; the browser's sends `/v1/t`, `/v1/p` and so on. Batch-level context holds for each item. The
answer is `{"success": true}`; an SDK repeats a whole batch on anything but 200, so a rejected event is no error here.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from analytics.ingest.doors.door import PIXEL, Call, Credential, Door, Refusal, Reply, Summary, key_in
from analytics.ingest.doors.reading import decode_base64, decode_json, finish_usual, make_reader, read_usual_batch
from analytics.ingest.lenient import decode_leniently, without_nul
from analytics.ingest.received import NULL, UNTOLD, BatchText, RawEvent, UsualEvent

CALLS = ("track", "page", "screen", "identify", "group", "alias", "batch")
SHORT = {call[0]: call for call in CALLS}
NAMES = {**{call: call for call in CALLS}, **SHORT, "import": "batch"}
PATHS = {
    **{f"/v1/{name}": call for name, call in NAMES.items()},
    **{f"{base}/v1/{call}": call for base in ("/pixel", "/beacon") for call in CALLS},
    **{f"/v1/pixel/{call}": call for call in CALLS},
    **{f"/api/s/{base}{call}": call for base in ("", "s2s/") for call in CALLS},
}


def event_name(item: dict[str, Any], call: str) -> Any:
    """Return the name of a call: what was tracked, else the call itself."""
    return item.get("event") if call == "track" else call


def event_properties(item: dict[str, Any], call: str) -> Any:
    """Return a call's properties; traits for people and groups, and the ids that calls carry beside them."""
    if call in {"track", "page", "screen"}:
        properties = item.get("properties")
        extra = {key: item[key] for key in ("name", "category") if item.get(key) is not None and call != "track"}
        return {**extra, **properties} if extra and isinstance(properties, dict) else properties or extra or None
    context = item.get("context")
    traits = item.get("traits") or (context.get("traits") if isinstance(context, dict) else None)
    extra = {key: item[key] for key in ("groupId", "previousId") if item.get(key) is not None}
    return {**extra, **traits} if isinstance(traits, dict) else traits or extra or None


def merged_context(item: dict[str, Any], shared: Any) -> Any:
    """Return an item's context over the one its batch shares."""
    own = item.get("context")
    return {**shared, **own} if isinstance(shared, dict) and isinstance(own, dict) else own or shared


def read_item(item: Any, call: str, batch: dict[str, Any]) -> RawEvent:
    """Return one call as a raw event."""
    if not isinstance(item, dict):
        return RawEvent(original=item, problem=f"A call must be an object, not {type(item).__name__}.")
    context = merged_context(item, batch.get("context"))
    return RawEvent(
        name=event_name(item, call),
        message_id=item.get("messageId"),
        user_id=item.get("userId"),
        visitor_id=item.get("anonymousId"),
        occurred_at=item.get("originalTimestamp") or item.get("timestamp"),
        sent_at=item.get("sentAt") or batch.get("sentAt"),
        platform=item.get("channel"),
        properties=event_properties(item, call),
        context=context,
        original=item,
    )


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the raw events of a call or a batch of calls."""
    if call.kind != "batch":
        return [read_item(document, call.kind, {})]
    if isinstance(document, list):
        document = {"batch": document}
    if not isinstance(document, dict) or not isinstance(document.get("batch"), list):
        return [RawEvent(original=document, problem="A batch must be an object with a list `batch`.")]
    return [read_item(item, item_call(item), document) for item in document["batch"]]


class Item(
    UsualEvent,
    rename={
        "name": "event",
        "message_id": "messageId",
        "user_id": "userId",
        "visitor_id": "anonymousId",
        "occurred_at": "originalTimestamp",
        "sent_at": "sentAt",
        "platform": "channel",
        "session_id": f"session_id {UNTOLD}",  # Segment has none
        "beside_name": "name",
        "beside_category": "category",
    },
    kw_only=True,
    gc=False,
):
    """A usual call of a batch: what is remembered of its properties and its context need not be read again."""

    type: Literal["track", "page", "screen"]
    name: str | None = None
    message_id: str | None = None
    user_id: str | None = None
    visitor_id: str | None = None
    occurred_at: str | None = None
    timestamp: str | None = None
    sent_at: str | None = None
    platform: str | None = None
    session_id: str | None = None
    beside_name: msgspec.Raw = NULL
    beside_category: msgspec.Raw = NULL


class Batch(msgspec.Struct, rename={"items": "batch", "sent_at": "sentAt"}, kw_only=True, gc=False):
    """A batch of usual calls. A shared context makes it an unusual one."""

    items: list[Item]
    sent_at: str | None = None
    context: None = None


class Split(msgspec.Struct, rename={"items": "batch", "sent_at": "sentAt"}, kw_only=True, gc=False):
    """A batch whose calls are not read yet."""

    items: list[msgspec.Raw]
    sent_at: str | None = None
    context: None = None


def finish(item: Item, original: msgspec.Raw | BatchText, sent_at: str | None) -> UsualEvent:
    """Return a usual call as a raw event. Raises ValidationError for one that is not."""
    item.occurred_at = item.occurred_at or item.timestamp
    if item.type != "track":
        item.properties = with_names(item)
        item.name = item.type
    return finish_usual(item, original, sent_at)


def read_whole(text: msgspec.Raw, sent_at: str | None) -> RawEvent:
    """Return an unusual call as a raw event."""
    document = decode_leniently(bytes(text))
    return read_item(document, item_call(document), {"sentAt": sent_at})


USUAL = make_reader(Batch, Split, Item, finish=finish, read_whole=read_whole)


def read_quickly(body: bytes, call: Call) -> list[RawEvent] | None:
    """Return the raw events of a usual batch; None for a document that must be read with more patience."""
    return read_usual_batch(body, USUAL) if call.kind == "batch" else None


def with_names(item: Item) -> msgspec.Raw:
    """Return the properties of a page or screen, with the name and category that stand beside them. Raises
    ValidationError where there is no object to put them into.
    """
    beside = ((b'"name":', bytes(item.beside_name)), (b'"category":', bytes(item.beside_category)))
    named = b",".join(key + value for key, value in beside if value != b"null")
    if not named:
        return item.properties
    text = bytes(item.properties)
    if not text.startswith((b"{", b"null")):
        raise msgspec.ValidationError("properties are no object")
    rest = text[1:].lstrip() if text.startswith(b"{") else b"}"
    return msgspec.Raw(b"{" + named + (b"" if rest == b"}" else b",") + rest)


def item_call(item: Any) -> str:
    """Return which call an item of a batch is; a missing type is left for the pipeline to refuse."""
    kind = item.get("type") if isinstance(item, dict) else None
    return kind if isinstance(kind, str) and kind in CALLS else "track"


def decode(body: bytes, call: Call) -> Any:
    """Return the document of a call: the body, or a pixel's `?data=` (base64 of JSON). Raises BodyRefused."""
    if call.request.method != "GET":
        return decode_json(body)
    if "pixel" not in call.request.path_info:  # a redirected POST comes as GET, and 200 would lose it in silence
        raise Refusal(405, "method_not_allowed", "Send events with POST.")
    data = call.query.get("data", "")
    return decode_json(decode_base64(data)) if data else without_nul(call.query)


def credential(document: Any, call: Call) -> Credential | None:
    """Return the key: of a header, else of the document, else of the query (pixels, beacons)."""
    found = IN_DOCUMENT(document, call)
    token = call.query.get("writeKey") if found is None else None
    return Credential(token=token) if token else found


def answer(summary: Summary, call: Call) -> Summary | Reply:
    """Answer as Segment does, with the summary beside it for whoever looks; a pixel gets its picture."""
    if call.request.method == "GET":
        return Reply(PIXEL, content_type="image/gif")
    return {"success": True, **summary}


IN_DOCUMENT = key_in("writeKey")
DOOR = Door(
    name="segment",
    text="Segment's HTTP tracking API, for Segment, RudderStack and Jitsu: point the SDK's host at Zuka, "
    "with a Zuka key as write key.",
    paths=PATHS,
    read=read,
    read_quickly=read_quickly,
    answer=answer,
    credential=credential,
    decode=decode,
    methods=("POST", "GET"),
)
