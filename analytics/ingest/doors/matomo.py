"""Matomo's tracking API, one request or many. Facts: `protocols.md` 4.7.

Requests carry no event ids; an order's own number keeps it from being counted twice. A cart comes as a whole
(`cart.updated`), never as what was put in or taken out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from analytics.ingest.doors.door import PIXEL, Call, Credential, Door, Reply, Summary, table_of, text_of, without_empty
from analytics.ingest.doors.reading import BodyRefused, decode_json
from analytics.ingest.lenient import without_nul
from analytics.ingest.privacy import nameless_visitor
from analytics.ingest.received import RawEvent

FIELDS_READ = 200
SEARCH = {"search": "query", "search_cat": "category", "search_count": "results"}
EVENT = {"e_c": "category", "e_n": "label", "e_v": "value"}
PRODUCT = {"_pks": "product_id", "_pkn": "name", "_pkc": "category", "_pkp": "price"}
ORDER = {
    "ec_id": "order_id",
    "revenue": "total",
    "ec_st": "subtotal",
    "ec_tx": "tax",
    "ec_sh": "shipping",
    "ec_dt": "discount",
}
CONTENT = {"c_n": "name", "c_p": "creative", "c_t": "url"}
TITLE = {"action_name": "title"}
# What a page is besides a page, told by a parameter.
VIEWS = (
    ("link", "link_click", {"link": "target"}),
    ("download", "download", {"download": "target"}),
    ("c_n", "promotion.viewed", CONTENT),
    ("search", "search", SEARCH),
    ("_pks", "view_item", PRODUCT),
    ("_pkc", "view_item_list", PRODUCT),
)
ITEM_PARTS = ("product_id", "name", "category", "price", "quantity")


def parameters(text: str) -> dict[str, str]:
    """Return a query's parameters."""
    try:
        said = dict(parse_qsl(text.lstrip("?"), keep_blank_values=True, max_num_fields=FIELDS_READ))
    except ValueError:  # without parameters it is kept as rejected, with its reason
        return {}
    return {without_nul(name): without_nul(value) for name, value in said.items()}


def decode(body: bytes, call: Call) -> Any:
    """Return a list of parameter sets: of the query, of a form, or of `{"requests": [...]}`. Raises BodyRefused."""
    if body[:1] in {b"{", b"["}:
        document = decode_json(body)
        found = table_of(document).get("requests") if isinstance(document, dict) else document
        items = found if isinstance(found, list) else [document]
        call.notes["is_bulk"] = True
        return [parameters(item) if isinstance(item, str) else item for item in items]
    said: dict[str, Any] = without_nul(call.query) | parameters(body.decode("utf-8", "replace"))
    call.notes["wants_picture"] = said.get("send_image", "1") != "0"
    return [said]


def site_of(item: Any) -> str:
    """Return a request's site id."""
    return text_of(table_of(item).get("idsite"))


def credential(document: Any, _call: Call) -> Credential | None:
    """Return the site id of the first request."""
    site = site_of(document[0] if isinstance(document, list) and document else None)
    return Credential(site=site) if site else None


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the raw events of some requests."""
    return [read_item(item, call) for item in document]


def read_item(item: Any, call: Call) -> RawEvent:
    """Return one request as an event."""
    if not isinstance(item, dict):
        return RawEvent(original=item, problem="A request must be a query like ?idsite=1&rec=1.")
    agent = text_of(item.get("ua")) or call.user_agent
    visitor = text_of(item.get("_id") or item.get("cid"))
    if not visitor:
        site, day = text_of(item.get("idsite")), f"{call.received_at:%Y-%m-%d}"
        visitor = nameless_visitor(address=call.address, user_agent=agent, site=site, period=day)
    try:
        name, properties = event_of(item)
    except BodyRefused as error:
        return RawEvent(original=item, problem=error.message)
    order = text_of(item.get("ec_id")) if text_of(item.get("idgoal")) == "0" else ""
    page = {"url": item.get("url"), "referrer": item.get("urlref"), "title": item.get("action_name")}
    return RawEvent(
        name=name,
        message_id=f"order:{order}" if order else None,
        user_id=item.get("uid"),
        visitor_id=visitor,
        occurred_at=None if order else moment(text_of(item.get("cdt"))),
        platform="web",
        properties=properties,
        context=without_empty({"page": without_empty(page), "userAgent": agent}),
        original=item,
    )


def moment(text: str) -> Any:
    """Return `cdt`, seconds or `2026-11-21 09:30:00` in UTC, as a moment."""
    if text.isdecimal() and len(text) < 12:
        return datetime.fromtimestamp(int(text), tz=UTC).isoformat()
    return text or None


def event_of(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return what a request is about: order, cart, search, named event, product, ping or page. Raises BodyRefused."""
    if text_of(item.get("idgoal")) == "0":
        return commerce_event(item)
    if item.get("idgoal") and item.get("revenue"):
        return "goal", renamed(item, ORDER | {"idgoal": "goal_id"})
    if item.get("e_a") or item.get("e_c"):
        return text_of(item.get("e_a")) or text_of(item.get("e_c")), renamed(item, EVENT)
    if text_of(item.get("ping")) == "1":
        return "page_ping", {}
    said = next(((name, fields) for field, name, fields in VIEWS if item.get(field)), ("pageview", TITLE))
    return said[0], renamed(item, said[1])


def renamed(item: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return some of a request's parameters under the names the shop's events give them."""
    return without_empty({new: item.get(old) for old, new in names.items()})


def commerce_event(item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return an order where it has a number, else the cart as it is now. Raises BodyRefused."""
    products = [product_of(each) for each in item_list(item.get("ec_items"))]
    if item.get("ec_id"):
        return "purchase", renamed(item, ORDER) | without_empty({"products": products or None})
    return "cart.updated", {"products": products, **without_empty({"value": item.get("revenue")})}


def item_list(items: Any) -> list[Any]:
    """Return `ec_items`, a list or the JSON of one. Raises BodyRefused."""
    found = decode_json(items.encode("utf-8", "replace")) if isinstance(items, str) and items else items
    return found if isinstance(found, list) else []


def product_of(parts: Any) -> dict[str, Any]:
    """Return one of `ec_items`: sku, name, category, price, quantity, in this order."""
    values = parts if isinstance(parts, list) else []
    return without_empty(dict(zip(ITEM_PARTS, values, strict=False)))


def answer(summary: Summary, call: Call) -> Reply:
    """Answer as Matomo does: counts to a bulk request, else a picture or nothing."""
    if call.notes.get("is_bulk"):
        invalid = summary["rejected"]
        return Reply({"status": "success", "tracked": summary["received"] - invalid, "invalid": invalid})
    if call.notes.get("wants_picture"):
        return Reply(PIXEL, content_type="image/gif")
    return Reply(b"", 204, "text/plain")


DOOR = Door(
    name="matomo",
    text="Matomo's tracking API: point a tracker's address at Zuka; its site id is one that the back office names.",
    paths={"/matomo.php": "track", "/piwik.php": "track"},
    read=read,
    answer=answer,
    credential=credential,
    decode=decode,
    methods=("POST", "GET"),
    site_protocol="matomo",
    site_of=site_of,
)
