"""Snowplow's tracker protocol, by POST and by pixel. Facts: `protocols.md` 4.6.

All values are text. There are no keys: `aid` (the app id) stands for one. Its trackers repeat a request on anything but
200, 400, 401, 403, 410 and 422, so no other refusal is ever sent.

With the header `SP-Anonymous` a tracker asks that neither address nor cookie of its request be looked at; what it says
itself stays (https://docs.snowplow.io/docs/events/anonymous-tracking).
"""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from analytics.ingest.doors.door import PIXEL, Call, Credential, Door, Reply, Summary, table_of, text_of, without_empty
from analytics.ingest.doors.reading import BodyRefused, decode_base64, decode_json
from analytics.ingest.lenient import without_nul
from analytics.ingest.privacy import nameless_visitor
from analytics.ingest.received import RawEvent

NAMES = {"pv": "page_view", "pp": "page_ping", "tr": "transaction", "ti": "transaction_item"}
PLATFORMS = {"web": "web", "srv": "server", "app": "mobile", "mob": "mobile"}
SCHEMA = re.compile(r"iglu:([^/]+)/([^/]+)/[^/]+/[^/]+")
ORDER = {"tr_id": "order_id", "tr_tt": "total", "tr_cu": "currency", "tr_tx": "tax", "tr_sh": "shipping"}
ITEM = {
    "ti_id": "order_id",
    "ti_sk": "product_id",
    "ti_nm": "name",
    "ti_ca": "category",
    "ti_pr": "price",
    "ti_qu": "quantity",
}
STRUCT = {"se_ca": "category", "se_la": "label", "se_pr": "property", "se_va": "value"}
PRODUCT = {
    "id": "product_id",
    "name": "name",
    "category": "category",
    "price": "price",
    "currency": "currency",
    "quantity": "quantity",
}
TRANSACTION = {
    "transaction_id": "order_id",
    "revenue": "total",
    "currency": "currency",
    "payment_method": "payment_method",
    "discount_code": "coupon",
}
REFUND = {"transaction_id": "order_id", "refund_amount": "total", "currency": "currency"}
# What the session entity says where a tracker leaves its visitor's id out.
NOBODY = frozenset(("", "00000000-0000-0000-0000-000000000000"))
Entities = list[tuple[str, dict[str, Any]]]


def decode(body: bytes, call: Call) -> Any:
    """Return a request's document: the body, or a pixel's query as its one event. Raises BodyRefused."""
    return {"data": [without_nul(call.query)]} if call.request.method == "GET" else decode_json(body)


def site_of(item: Any) -> str:
    """Return an event's app id."""
    return text_of(table_of(item).get("aid"))


def credential(document: Any, _call: Call) -> Credential | None:
    """Return the app id of the first event."""
    items = table_of(document).get("data")
    site = site_of(items[0] if isinstance(items, list) and items else None)
    return Credential(site=site) if site else None


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the raw events of a payload."""
    items = table_of(document).get("data")
    if not isinstance(items, list):
        return [RawEvent(original=document, problem="A payload must be an object with a list `data`.")]
    return [read_item(item, call) for item in items]


def read_item(item: Any, call: Call) -> RawEvent:
    """Return one event. What cannot be decoded inside it is said as its problem."""
    if not isinstance(item, dict):
        return RawEvent(original=item, problem=f"An event must be an object, not {type(item).__name__}.")
    try:
        entities = read_entities(item)
        name, properties = event_of(item, entities)
    except BodyRefused as error:
        return RawEvent(original=item, name=item.get("e"), message_id=item.get("eid"), problem=error.message)
    session = next((data for kind, data in entities if kind == "client_session"), {})
    return RawEvent(
        name=name,
        message_id=item.get("eid"),
        user_id=item.get("uid"),
        visitor_id=visitor_of(item, session, call),
        session_id=item.get("sid") or session.get("sessionId"),
        occurred_at=number(item.get("ttm") or item.get("dtm")),
        sent_at=None if item.get("ttm") else number(item.get("stm")),
        platform=PLATFORMS.get(text_of(item.get("p"))),
        properties=properties,
        context=context_of(item),
        original=item,
    )


def visitor_of(item: dict[str, Any], session: dict[str, Any], call: Call) -> str | None:
    """Return the visitor id that a tracker names; of one that names nobody a nameless one.

    Where the tracker asks for anonymity, nothing is made of its address: there, nobody comes back, and only what it
    names as one session is together.
    """
    named = map(text_of, (item.get("duid"), session.get("userId"), item.get("nuid"), item.get("tnuid")))
    if visitor := next((each for each in named if each not in NOBODY), None):
        return visitor
    if item.get("uid"):
        return None
    if call.is_anonymous:
        return "a_" + (text_of(item.get("sid") or session.get("sessionId") or item.get("eid")) or uuid4().hex)
    agent = text_of(item.get("ua")) or call.user_agent
    site, day = text_of(item.get("aid")), f"{call.received_at:%Y-%m-%d}"
    return nameless_visitor(address=call.address, user_agent=agent, site=site, period=day)


def number(value: Any) -> Any:
    """Return milliseconds, which come as text, as a number; anything else as it is, to be refused by name."""
    text = text_of(value)
    return int(text) if text.isdecimal() and len(text) < 20 else value


def embedded(item: dict[str, Any], plain: str, encoded: str) -> Any:
    """Return the JSON of a field that comes as text or as base64. Raises BodyRefused."""
    if found := item.get(encoded):
        return decode_json(decode_base64(text_of(found)))
    found = item.get(plain)
    return decode_json(text_of(found).encode("utf-8", "replace")) if found else None


def schema_name(document: Any) -> str:
    """Return the name in a self-describing document's schema: `iglu:vendor/NAME/jsonschema/1-0-0`."""
    found = SCHEMA.match(text_of(table_of(document).get("schema")))
    return found[2] if found else ""


def read_entities(item: dict[str, Any]) -> Entities:
    """Return the entities attached to an event, by name. Raises BodyRefused."""
    attached = table_of(embedded(item, "co", "cx")).get("data")
    return (
        [(schema_name(each), table_of(table_of(each).get("data"))) for each in attached]
        if isinstance(attached, list)
        else []
    )


def event_of(item: dict[str, Any], entities: Entities) -> tuple[Any, dict[str, Any]]:
    """Return an event's name and properties. Raises BodyRefused."""
    kind = item.get("e")
    if kind == "ue":
        inner = table_of(table_of(embedded(item, "ue_pr", "ue_px")).get("data"))
        return self_described(schema_name(inner), table_of(inner.get("data")), entities)
    if kind == "se":
        return item.get("se_ac"), renamed(item, STRUCT)
    if kind == "tr":
        return "transaction", renamed(item, ORDER)
    if kind == "ti":
        return "transaction_item", renamed(item, ITEM)
    return NAMES.get(text_of(kind), kind), without_empty({"title": item.get("page")})


def renamed(item: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return some of an item's fields under the names the shop's events give them."""
    return without_empty({new: item.get(old) for old, new in names.items()})


def self_described(name: str, data: dict[str, Any], entities: Entities) -> tuple[Any, dict[str, Any]]:
    """Return the name and properties of a self-describing event; the e-commerce plug-in says its own kind."""
    if name == "snowplow_ecommerce_action":
        return commerce_event(data, entities)
    if name in {"add_to_cart", "remove_from_cart"}:
        return name, {("price" if key == "unitPrice" else key): value for key, value in data.items()}
    return name, data


def commerce_event(data: dict[str, Any], entities: Entities) -> tuple[Any, dict[str, Any]]:
    """Return an e-commerce action with what its entities say of products, order, cart and step."""
    kind = text_of(data.get("type"))
    products = [renamed(each, PRODUCT) for entity, each in entities if entity == "product"]
    found = dict(entities)
    properties = {key: value for key, value in data.items() if key != "type"}
    properties |= renamed(found.get("transaction", {}), TRANSACTION) | renamed(found.get("refund", {}), REFUND)
    cart = found.get("cart", {})
    properties |= without_empty({"cart_id": cart.get("cart_id")})
    if len(products) == 1 and kind not in {"transaction", "refund"}:
        properties |= products[0]
    elif products:
        properties["products"] = products
    if kind == "checkout_step":
        step = found.get("checkout_step", {})
        properties |= without_empty({"step": step.get("step"), "payment_method": step.get("payment_method")})
        properties |= without_empty({"value": cart.get("total_value"), "currency": cart.get("currency")})
        kind = "begin_checkout" if text_of(step.get("step")) in {"", "1"} else "Checkout Step Completed"
    return kind, properties


def context_of(item: dict[str, Any]) -> dict[str, Any]:
    """Return page, library and user agent."""
    library = text_of(item.get("tv"))
    name, _, version = library.rpartition("-")
    return without_empty(
        {
            "page": without_empty({"url": item.get("url"), "referrer": item.get("refr"), "title": item.get("page")}),
            "library": {"name": name or library, "version": version} if library else None,
            "userAgent": item.get("ua"),
            "ip": item.get("ip"),
        }
    )


def answer(_summary: Summary, call: Call) -> Reply:
    """Answer 200: text to a POST, the picture to a pixel."""
    if call.request.method == "GET":
        return Reply(PIXEL, content_type="image/gif")
    return Reply(b"ok", content_type="text/plain")


DOOR = Door(
    name="snowplow",
    text="Snowplow's tracker protocol: point a collector at Zuka; its app id is one that the back office names.",
    paths={"/com.snowplowanalytics.snowplow/tp2": "post", "/i": "pixel"},
    read=read,
    answer=answer,
    credential=credential,
    decode=decode,
    methods=("POST", "GET"),
    statuses={404: 400, 405: 400, 413: 400, 415: 400},
    site_protocol="snowplow",
    site_of=site_of,
    with_credentials=True,
)
