"""Google Analytics 4's Measurement Protocol. Facts: `protocols.md` 4.5.

`api_secret` is a Zuka key; where it is none, `measurement_id` or `firebase_app_id` is a site id that the back office
names. Events carry no ids: a retry is told apart only by `Idempotency-Key`. `/debug/mp/collect` stores nothing.
"""

from __future__ import annotations

from typing import Any

from analytics.ingest.doors.door import Call, Credential, Door, Reply, Summary, table_of, text_of, without_empty
from analytics.ingest.received import RawEvent

ONE_PRODUCT = frozenset(("view_item", "select_item", "add_to_cart", "remove_from_cart", "add_to_wishlist"))
ITEM_NAMES = {
    "item_id": "product_id",
    "item_name": "name",
    "item_category": "category",
    "item_brand": "brand",
    "item_variant": "variant",
    "price": "price",
    "quantity": "quantity",
    "index": "position",
    "coupon": "coupon",
}
MOST_ITEMS = 200
MOVED = frozenset(("session_id", "page_location", "page_referrer", "user_agent"))


def credential(_document: Any, call: Call) -> Credential | None:
    """Return the key of `api_secret`, else the site id."""
    query = call.query
    secret = query.get("api_secret", "")
    if secret.startswith(("zpk_", "zsk_")):
        return Credential(token=secret)
    site = query.get("measurement_id") or query.get("firebase_app_id") or ""
    return Credential(site=site) if site else None


def read(document: Any, _call: Call) -> list[RawEvent]:
    """Return the raw events of a document; user properties become an event of their own."""
    if not isinstance(document, dict) or not isinstance(document.get("events"), list):
        return [RawEvent(original=document, problem="Send an object with `client_id` and a list `events`.")]
    raws = [raw for item in document["events"] for raw in read_item(item, document)]
    traits = {
        name: table_of(value).get("value", value) for name, value in table_of(document.get("user_properties")).items()
    }
    if traits:
        raws.append(raw_event("user_properties", traits, {}, document, original=document))
    return raws


def read_item(item: Any, document: dict[str, Any]) -> list[RawEvent]:
    """Return an event; what concerns one product becomes one event for each of its items."""
    if not isinstance(item, dict):
        return [RawEvent(original=item, problem=f"An event must be an object, not {type(item).__name__}.")]
    name, params = item.get("name"), item.get("params")
    if params is not None and not isinstance(params, dict):
        return [RawEvent(name=name, original=item, problem="`params` must be an object.")]
    said = table_of(params)
    items = said.get("items")
    if not isinstance(name, str) or name not in ONE_PRODUCT or not isinstance(items, list) or not items:
        return [raw_event(name, own_properties(said), said, document, item=item, original=item)]
    shared = {
        key: value for key, value in own_properties(said).items() if key not in {"items", "value"} or len(items) == 1
    }
    shared.pop("items", None)
    if len(items) > MOST_ITEMS:
        return [RawEvent(name=name, original={"name": name}, problem=f"{len(items)} items; {MOST_ITEMS} is the most.")]
    return [
        raw_event(
            name,
            {**shared, **product_properties(each)},
            said,
            document,
            item=item,
            original={**item, "params": {**said, "items": [each]}},
        )
        for each in items
    ]


def product_properties(item: Any) -> dict[str, Any]:
    """Return one of `items` as the shop's events name its parts."""
    return {ITEM_NAMES.get(key, key): value for key, value in table_of(item).items()}


def own_properties(said: dict[str, Any]) -> dict[str, Any]:
    """Return the params that are no context."""
    return {key: value for key, value in said.items() if key not in MOVED}


def raw_event(
    name: Any,
    properties: dict[str, Any],
    said: dict[str, Any],
    document: dict[str, Any],
    *,
    original: Any,
    item: dict[str, Any] | None = None,
) -> RawEvent:
    """Return a raw event with what its document says for all."""
    micros = (item or {}).get("timestamp_micros") or document.get("timestamp_micros")
    page = {"url": said.get("page_location"), "referrer": said.get("page_referrer")}
    agent = said.get("user_agent") or document.get("user_agent")
    return RawEvent(
        name=name,
        user_id=document.get("user_id"),
        visitor_id=document.get("client_id") or document.get("app_instance_id"),
        session_id=text_of(said.get("session_id")) or None,
        occurred_at=milliseconds(micros),
        properties=properties,
        context=without_empty(
            {
                "page": without_empty(page),
                "userAgent": agent,
                "ip": document.get("ip_override"),
                "consent": consent(document),
            }
        ),
        original=original,
    )


def milliseconds(micros: Any) -> Any:
    """Return microseconds, a number or its text, as milliseconds; anything else as it is, to be refused by name."""
    text = text_of(micros)
    return int(text) / 1000 if text.isdecimal() and len(text) < 20 else micros


def consent(document: dict[str, Any]) -> str | None:
    """Return what is said about storing analytics."""
    said = table_of(document.get("consent")).get("analytics_storage")
    return text_of(said).lower() or None


def answer(summary: Summary, call: Call) -> Reply:
    """Answer 204 as Google does, whatever became of the events; the debug call says what is wrong."""
    if call.kind != "debug":
        return Reply(b"", 204, "text/plain")
    messages = [
        without_empty(
            {"fieldPath": error.get("field"), "description": error["message"], "validationCode": error["code"].upper()}
        )
        for error in summary["errors"]
    ]
    return Reply({"validationMessages": messages})


DOOR = Door(
    name="ga4",
    text="GA4's Measurement Protocol: send to Zuka instead of google-analytics.com, with a Zuka key as `api_secret`.",
    paths={"/mp/collect": "collect", "/debug/mp/collect": "debug"},
    read=read,
    answer=answer,
    credential=credential,
    site_protocol="ga4",
    dry=frozenset({"debug"}),
)
