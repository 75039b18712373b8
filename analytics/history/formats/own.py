"""Zuka's own: events one a line as the tracking API takes them, and CSV with columns named like their fields.

Both take what `docs/doors.md` says of the door `native`. The event explorer's export reads back: as JSON lines by its
fields' names, as CSV by its headings, with the ids that the events had. Facts: `analytics/ingest/doors/native.py`.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from analytics.history.forms import Format, Shape
from analytics.ingest.doors import native
from analytics.ingest.lenient import decode_leniently
from analytics.ingest.received import RawEvent

# Headings of the event explorer's CSV, and other spellings, by the fields they are.
HEADINGS: dict[str, str] = {
    "when": "occurred_at",
    "time": "occurred_at",
    "date": "occurred_at",
    "event": "type",
    "event_type": "type",
    "name": "type",
    "event_name": "type",
    "sent as": "source_name",
    "user": "user_id",
    "visitor": "visitor_id",
    "anonymous_id": "visitor_id",
    "client_id": "visitor_id",
    "session": "session_id",
    "page": "page_path",
    "path": "page_path",
    "url": "properties.url",
    "referrer": "referrer_url",
    "product": "product_ref",
    "order": "order_ref",
    "value": "value",
}
# Columns of stored events that are properties of those that are sent.
PROPERTIES: dict[str, str] = {
    "product_ref": "product_id",
    "order_ref": "order_id",
    "product_id": "product_id",
    "order_id": "order_id",
    "search_query": "query",
    "query": "query",
    "category": "category",
    "value": "value",
    "value_kobo": "value_kobo",
    "currency": "currency",
    "quantity": "quantity",
}
TOP = ("type", "occurred_at", "user_id", "visitor_id", "session_id", "message_id", "platform")
NESTED = "properties."
FIELDS = (
    ("type", "the event, or its name in your product"),
    ("occurred_at", "when: ISO 8601, without a zone UTC"),
    ("user_id, visitor_id", "who; one of the two"),
    ("session_id", "the visit"),
    ("message_id or id", "what tells it apart, so that it is never stored twice"),
    ("platform, page_path, screen_name, referrer_url, utm_…", "where"),
    ("product_id, order_id, value, currency, quantity, category, query", "what of"),
    ("properties", "everything else, an object"),
)


def read_line(value: dict[str, Any]) -> list[RawEvent]:
    """Return a line as the tracking API would take it; rows of the event explorer as they were sent."""
    item = dict(value)
    properties = item.get("properties") or {}
    if isinstance(properties, dict):
        found = {ours: item[name] for name, ours in PROPERTIES.items() if item.get(name) not in (None, "")}
        item["properties"] = {**found, **properties}
    raw = native.read_item(item, None)
    raw.name = own_name(value, raw.name)
    raw.sent_at = None  # the clock of that day says nothing of ours
    raw.original = value
    return [raw]


def own_name(value: dict[str, Any], name: Any) -> Any:
    """Return the name an event is read by: of one that was stored as custom, the name it was sent under."""
    is_custom = isinstance(name, str) and name.startswith("custom.")
    return value.get("source_name") or name if is_custom else name


def read_row(value: dict[str, Any]) -> list[RawEvent]:
    """Return a row of CSV as the line it stands for. Cells that are JSON are read."""
    item: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for heading, cell in value.items():
        name = HEADINGS.get(heading, heading)
        if cell == "":
            continue
        if name.startswith(NESTED):
            nested[name.removeprefix(NESTED)] = unguarded(cell)
        elif name in PROPERTIES:
            nested[PROPERTIES[name]] = number(cell) if name in {"value", "value_kobo", "quantity"} else unguarded(cell)
        elif name == "properties":
            item[name] = objects(cell)
        else:
            item[name] = unguarded(cell)
    if isinstance(item.get("properties", {}), dict):
        item["properties"] = {**nested, **item.get("properties", {})}
    [raw] = read_line(item)
    raw.original = value
    return [raw]


def unguarded(cell: str) -> str:
    """Return a cell without the quote that keeps spreadsheets from running it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@\t\r") else cell


def number(cell: str) -> Any:
    """Return a cell as a number where it is one."""
    try:
        found = Decimal(cell.replace(",", ""))
    except InvalidOperation:
        return cell  # no number: the event's type refuses the text, and names the column
    return int(found) if found == found.to_integral_value() and found.is_finite() else str(found)


def objects(cell: str) -> Any:
    """Return a cell of JSON as what it says; as text where it is none, which is refused by name."""
    try:
        return decode_leniently(unguarded(cell).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return cell  # no JSON: the pipeline refuses the text, and names the column


NDJSON = Format(
    id="ndjson",
    title="Zuka (JSON lines)",
    files="a file with one JSON object a line (.ndjson, .jsonl)",
    patterns=("*.ndjson", "*.jsonl", "*.json"),
    needs=frozenset(("type", "event_type", "event")),
    get="From another Zuka: Events › Event explorer, Export, JSON lines. From a program of your own: write each event "
    "as you would send it to `/api/v1/events`.",
    kept="All of it.",
    lost="`sent_at`: the clock of that day says nothing of today's.",
    facts="https://github.com/ndjson/ndjson-spec",
    fields=FIELDS,
    shape=Shape.OBJECTS,
    read=read_line,
    keeps_ids=True,
)
CSV = Format(
    id="csv",
    title="Zuka (CSV)",
    files="a CSV whose first row names the columns",
    patterns=("*.csv", "*.tsv", "*.txt"),
    needs=frozenset(("type", "event_type", "event", "event_name", "name")),
    get="From another Zuka: Events › Event explorer, Export, CSV. From anything else that gives a row an event: name "
    "the columns as below; `properties.colour` is a property of its own.",
    kept="All of it. Amounts are in naira, or in kobo as `value_kobo`.",
    lost="Columns that are no field and no property.",
    facts="https://www.rfc-editor.org/rfc/rfc4180",
    fields=FIELDS,
    shape=Shape.TABLE,
    read=read_row,
    keeps_ids=True,
)
