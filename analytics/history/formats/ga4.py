"""Google Analytics 4's export to BigQuery: rows of `events_YYYYMMDD`, as JSON lines or Parquet.

Facts: `https://support.google.com/analytics/answer/7029846` (the export's schema). A row is put as the document that
the Measurement Protocol sends, and read by the door that takes those. `traffic_source` is how a *user* first came, not
this event: it would give every later visit to the first campaign, so it is not read.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from analytics.history.formats.countries import country_code
from analytics.history.forms import Format, Shape, said
from analytics.ingest.doors import ga4
from analytics.ingest.doors.door import table_of, text_of
from analytics.ingest.received import RawEvent

VALUES = ("string_value", "int_value", "float_value", "double_value")
NOT_SET = frozenset(("(not set)", "(none)", "(direct)", "(data not available)", "<Other>"))
ORDER = {
    "transaction_id": "transaction_id",
    "purchase_revenue": "value",
    "tax_value": "tax",
    "shipping_value": "shipping",
}
TOLD_APART = (
    "user_pseudo_id",
    "user_id",
    "event_timestamp",
    "event_name",
    "event_bundle_sequence_id",
    "batch_page_id",
    "batch_ordering_id",
    "batch_event_index",
    "event_params",
    "items",
)
UTM = {
    "utm_source": ("manual_source", "source"),
    "utm_medium": ("manual_medium", "medium"),
    "utm_campaign": ("manual_campaign_name", "campaign"),
    "utm_term": ("manual_term", "term"),
    "utm_content": ("manual_content", "content"),
}
CAMPAIGN = frozenset(("source", "medium", "campaign", "term", "content", "ga_session_id", "ga_session_number"))


def listed(value: Any) -> list[dict[str, Any]]:
    """Return a repeated record as a list: Parquet may nest it as `{"list": [{"element": …}]}`."""
    rows = value.get("list") if isinstance(value, dict) else value
    rows = rows if isinstance(rows, list) else []
    return [table_of(table_of(row).get("element", row)) for row in rows]


def param_values(params: Any) -> dict[str, Any]:
    """Return `[{"key": …, "value": {"string_value": …}}]` as an object; of a value the one kind that is there."""
    found = {}
    for each in listed(params):
        value = table_of(each.get("value"))
        told = next((value[kind] for kind in VALUES if value.get(kind) is not None), None)
        if told is not None and each.get("key"):
            found[text_of(each["key"])] = told
    return found


def read_row(value: dict[str, Any]) -> list[RawEvent]:
    """Return a row as the Measurement Protocol tells it: one event, or one for each item of a product's event."""
    params = param_values(value.get("event_params"))
    visitor = text_of(value.get("user_pseudo_id"))
    session = text_of(params.get("ga_session_id"))
    said_params = {name: each for name, each in params.items() if name not in CAMPAIGN} | ordered(value)
    items = [{name: each for name, each in item.items() if is_said(each)} for item in listed(value.get("items"))]
    if items:
        said_params["items"] = [plain_item(item) for item in items]
    if session:
        said_params["session_id"] = f"{visitor}.{session}"  # Google's is a moment, the same for many visitors
    document = {
        "client_id": visitor or None,
        "user_id": value.get("user_id"),
        "timestamp_micros": text_of(value.get("event_timestamp")),
        "consent": {"analytics_storage": denied(value)},
    }
    raws = ga4.read_item({"name": value.get("event_name"), "params": said_params}, document)
    told = row_id(value)
    context = circumstances(value, params)
    for place, raw in enumerate(raws):
        raw.message_id = f"{told}:{place}" if place else told
        raw.context = said(raw.context, **context)
        raw.original = value
    return raws


def is_said(value: Any) -> bool:
    """Say whether an item's field says anything."""
    return value not in (None, "", []) and not (isinstance(value, str) and value in NOT_SET)


def plain_item(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item without the fields in dollars and nested ones, which an event's own currency stands for."""
    return {name: value for name, value in item.items() if "_in_usd" not in name and name != "item_params"}


def ordered(value: dict[str, Any]) -> dict[str, Any]:
    """Return what `ecommerce` says of an order, where the params do not."""
    commerce = table_of(value.get("ecommerce"))
    return {ours: commerce[name] for name, ours in ORDER.items() if is_said(commerce.get(name))}


def denied(value: dict[str, Any]) -> str | None:
    """Return `denied` where the person did not agree to analytics."""
    storage = text_of(table_of(value.get("privacy_info")).get("analytics_storage"))
    return "denied" if storage.lower() == "no" else None


def row_id(value: dict[str, Any]) -> str:
    """Return what tells a row apart: Google gives none, so what it says of who, when and what."""
    told = msgspec.json.encode([value.get(name) for name in TOLD_APART], enc_hook=str)
    return f"ga4:{hashlib.blake2b(told, digest_size=16).hexdigest()}"


def circumstances(value: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return what Google made of an event's browser, address and campaign."""
    device, geo = table_of(value.get("device")), table_of(value.get("geo"))
    web = table_of(device.get("web_info"))
    traffic = table_of(value.get("collected_traffic_source"))
    columns = {
        "platform": text_of(value.get("platform")).lower(),
        "device_type": device.get("category"),
        "os": device.get("operating_system"),
        "browser": web.get("browser") or device.get("browser"),
        "country": country_code(text_of(geo.get("country"))),
        "state": geo.get("region"),
        "city": geo.get("city"),
        **{column: traffic.get(theirs) or params.get(own) for column, (theirs, own) in UTM.items()},
    }
    return {name: each for name, each in columns.items() if is_said(each)}


GA4 = Format(
    id="ga4",
    title="Google Analytics 4",
    files="rows of events_YYYYMMDD as JSON lines (also .gz) or Parquet",
    patterns=("*.json", "*.ndjson", "*.jsonl"),
    needs=frozenset(("event_timestamp", "event_name", "event_params")),
    get="BigQuery, linked under Admin › BigQuery links: `EXPORT DATA OPTIONS(uri='gs://bucket/ga4-*.json.gz', "
    "format='JSON', compression='GZIP') AS SELECT * FROM analytics_123.events_*`, then download the files. Days before "
    "the link was made are not in BigQuery, and Google's own reports are totals that cannot be imported.",
    kept="Every event with its moment, visitor, user, visit, page, campaign, products, order, browser, "
    "device and place.",
    lost="User properties, audiences, predictions, amounts in dollars, and by which campaign a user came first of all. "
    "Visitors who did not agree to analytics.",
    facts="https://support.google.com/analytics/answer/7029846",
    fields=(
        ("event_timestamp", "when, in millionths of a second, UTC"),
        ("event_name", "the event"),
        ("user_pseudo_id, user_id", "visitor and user"),
        ("event_params: ga_session_id", "visit"),
        ("event_params: page_location, page_referrer, …", "page, page before, properties"),
        ("collected_traffic_source, or event_params: source, medium, campaign", "campaign"),
        ("items[], ecommerce", "products and the order"),
        ("platform, device, geo", "the same; countries by name become their codes"),
    ),
    shape=Shape.OBJECTS,
    read=read_row,
)
