"""Matomo's visits with what was done in them: the JSON of `Live.getLastVisitsDetails`.

Facts: `https://developer.matomo.org/api-reference/reporting-api#Live`, `plugins/Live` and the expected answers of
`plugins/Ecommerce/tests/System` of matomo-org/matomo. Each of a visit's `actionDetails` is put as the request that
Matomo's tracker sent for it, and read by the door that takes those.
"""

from __future__ import annotations

from typing import Any

from analytics.history.forms import NO_CALL, Format, Shape, said
from analytics.ingest.doors import matomo
from analytics.ingest.doors.door import table_of, text_of
from analytics.ingest.received import RawEvent

DEVICES = {"smartphone": "mobile", "phablet": "mobile", "feature phone": "mobile", "portable media player": "mobile"}
# What of an action is what parameter of a tracker's request, by the action's type.
SENT: dict[str, dict[str, str]] = {
    "action": {
        "pageTitle": "action_name",
        "productViewSku": "_pks",
        "productViewName": "_pkn",
        "productViewPrice": "_pkp",
    },
    "search": {"siteSearchKeyword": "search", "siteSearchCategory": "search_cat", "siteSearchCount": "search_count"},
    "event": {"eventCategory": "e_c", "eventAction": "e_a", "eventName": "e_n", "eventValue": "e_v"},
    "outlink": {"url": "link"},
    "download": {"url": "download"},
    "content": {"contentName": "c_n", "contentPiece": "c_p", "contentTarget": "c_t"},
    "goal": {"goalId": "idgoal", "revenue": "revenue"},
    "ecommerceOrder": {
        "orderId": "ec_id",
        "revenue": "revenue",
        "revenueSubTotal": "ec_st",
        "revenueTax": "ec_tx",
        "revenueShipping": "ec_sh",
        "revenueDiscount": "ec_dt",
    },
    "ecommerceAbandonedCart": {"revenue": "revenue"},
}
ITEM = ("itemSKU", "itemName", "itemCategory", "price", "quantity")
COMMERCE = frozenset(("ecommerceOrder", "ecommerceAbandonedCart"))


def read_visit(value: dict[str, Any]) -> list[RawEvent]:
    """Return what was done in a visit, event by event."""
    actions = [each for each in value.get("actionDetails") or [] if isinstance(each, dict)]
    if not actions:
        return [RawEvent(original=value, problem="The visit has no `actionDetails`: export with all details.")]
    return [read_action(value, action, place) for place, action in enumerate(actions)]


def read_action(visit: dict[str, Any], action: dict[str, Any], place: int) -> RawEvent:
    """Return one action of a visit as the event its tracker told of."""
    request = request_of(visit, action)
    request["urlref"] = visit.get("referrerUrl") if place == 0 else None
    raw = matomo.read_item(request, NO_CALL)
    kept = {name: visit.get(name) for name in ("idSite", "idVisit", "visitorId", "userId")}
    raw.original = {**kept, "action": action}
    if raw.problem:
        return raw
    raw.message_id = f"{visit.get('idSite')}:{raw.message_id or action_id(visit, action, place)}"
    raw.session_id = f"{visit.get('idSite')}:{visit.get('idVisit')}"
    raw.occurred_at = matomo.moment(text_of(action.get("timestamp")))
    currency = text_of(visit.get("siteCurrency"))
    if currency and request.get("revenue") and isinstance(raw.properties, dict):
        raw.properties = {**raw.properties, "currency": currency}
    raw.context = said(raw.context, **circumstances(visit), **(campaign(visit) if place == 0 else {}))
    return raw


def action_id(visit: dict[str, Any], action: dict[str, Any], place: int) -> str:
    """Return what tells an action apart: its own number, else its visit's and its place there."""
    number = text_of(action.get("pageId"))
    return f"action:{number}" if number else f"visit:{text_of(visit.get('idVisit'))}:{place}"


def request_of(visit: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    """Return the request that a tracker would have sent for an action."""
    kind = text_of(action.get("type"))
    request: dict[str, Any] = {
        "idsite": text_of(visit.get("idSite")),
        "_id": text_of(visit.get("visitorId")) or text_of(visit.get("fingerprint")),
        "uid": visit.get("userId"),
        "url": action.get("url"),
    }
    for name, ours in SENT.get(kind, SENT["action"]).items():
        if action.get(name) not in (None, ""):
            request[ours] = text_of(action[name])
    if kind == "action":
        request |= custom_variables(action)
        categories = action.get("productViewCategories")
        if isinstance(categories, list) and categories:
            request["_pkc"] = text_of(categories[0])
    if kind in COMMERCE:
        items = action.get("itemDetails")
        rows = [table_of(each) for each in items] if isinstance(items, list) else []
        request |= {"idgoal": "0", "ec_items": [[each.get(name) for name in ITEM] for each in rows]}
    return request


def custom_variables(action: dict[str, Any]) -> dict[str, str]:
    """Return the product that Matomo before 4 told as custom variables: `{"3": {"customVariablePageName3": …}}`."""
    said_all = action.get("customVariables")
    rows = said_all.items() if isinstance(said_all, dict) else []
    found = {}
    for number, pair in rows:
        name = text_of(table_of(pair).get(f"customVariablePageName{number}"))
        value = text_of(table_of(pair).get(f"customVariablePageValue{number}"))
        if name in matomo.PRODUCT and value:
            found[name] = value
    return found


def circumstances(visit: dict[str, Any]) -> dict[str, Any]:
    """Return what Matomo made of a visit's browser and address."""
    device = text_of(visit.get("deviceType")).lower()
    return {
        "device_type": DEVICES.get(device, device),
        "os": visit.get("operatingSystemName"),
        "browser": visit.get("browserName"),
        "country": visit.get("countryCode"),
        "state": visit.get("region"),
        "city": visit.get("city"),
    }


def campaign(visit: dict[str, Any]) -> dict[str, Any]:
    """Return the campaign that led to a visit; an address with utm parameters says it itself."""
    if visit.get("referrerType") != "campaign":
        return {}
    return {"utm_campaign": visit.get("referrerName"), "utm_term": visit.get("referrerKeyword")}


MATOMO = Format(
    id="matomo",
    title="Matomo",
    files="the JSON of Live.getLastVisitsDetails, whole or a visit a line",
    patterns=("*.json", "*.ndjson", "*.jsonl"),
    needs=frozenset(("idVisit", "actionDetails")),
    get="`index.php?module=API&method=Live.getLastVisitsDetails&idSite=1&period=range&date=2025-01-01,2025-12-31"
    "&format=JSON&filter_limit=-1&doNotFetchActions=0`, with your `token_auth`. A month at a time where a year is too "
    "much for your Matomo. JSON, not CSV.",
    kept="Pages, product views, searches, events, downloads, links out, goals, carts and orders, with visitor, visit, "
    "page before, campaign, browser, device and place. Orders are claims: revenue comes from Zuka's own orders.",
    lost="How long each page was looked at, plug-ins, screens, form and media analytics. Visits that Matomo has "
    "deleted or made anonymous.",
    facts="https://developer.matomo.org/api-reference/reporting-api#Live",
    fields=(
        ("idSite, pageId, orderId", "what tells it apart"),
        ("actionDetails[].timestamp", "when, UTC"),
        ("visitorId, userId", "visitor and user"),
        ("idVisit", "visit"),
        ("actionDetails[].type", "page, product, search, event, download, link, goal, cart or order"),
        ("url, pageTitle, referrerUrl, referrerName", "page, page before, campaign"),
        ("itemDetails[], revenue, siteCurrency", "products and amounts"),
        ("deviceType, operatingSystemName, browserName, countryCode, region, city", "the same"),
    ),
    shape=Shape.OBJECTS,
    read=read_visit,
)
