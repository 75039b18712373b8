"""Umami's `website_event`: the CSV in the zip of Umami Cloud's "Export data", or the same columns from a database.

Facts: `db/clickhouse/schema.sql` and `prisma/schema.prisma` of umami-software/umami, `https://umami.is/docs`. A session
there is a visitor for a month, a visit its half hour; times are UTC; type 1 is a page, 2 an event with a name. What a
row says is read by the door that takes Umami's own trackers.
"""

from __future__ import annotations

from typing import Any

import msgspec

from analytics.history.forms import NO_CALL, Format, Shape, said
from analytics.ingest.doors import umami
from analytics.ingest.received import RawEvent
from analytics.registry.naming import find_type

# Umami's short names of browsers, as user agents' readers have them.
BROWSERS = {
    "chrome": "Chrome",
    "chromium-webview": "Chrome Mobile WebView",
    "crios": "Chrome Mobile iOS",
    "edge": "Edge",
    "edge-chromium": "Edge",
    "edge-ios": "Edge Mobile",
    "facebook": "Facebook",
    "firefox": "Firefox",
    "fxios": "Firefox iOS",
    "instagram": "Instagram",
    "ios": "Mobile Safari",
    "ios-webview": "Mobile Safari UI/WKWebView",
    "opera": "Opera",
    "opera-mini": "Opera Mini",
    "safari": "Safari",
    "samsung": "Samsung Internet",
}
DEVICES = {"laptop": "desktop"}


def address_of(value: dict[str, Any], path: str, query: str, host: str) -> str:
    """Return an address of its parts; the path alone where no host is known."""
    told = value.get(path) or ""
    asked = (value.get(query) or "").lstrip("?")
    told = f"{told}?{asked}" if asked else told
    site = value.get(host) or ""
    return f"https://{site}{told if told.startswith('/') or not told else '/' + told}" if site else told


def name_of(name: str) -> str:
    """Return a name that can be read without the event's values, which are not in this table: one of a type that needs
    them, as an addition to a cart needs its product, stays a name of the shop's own.
    """
    declared = find_type(name) if name else None
    needed = declared is not None and any(each.required for each in msgspec.structs.fields(declared.payload))
    return f"custom.{name}" if needed else name


def read_row(value: dict[str, Any]) -> list[RawEvent]:
    """Return a row as Umami's tracker sent it, with what Umami made of its browser and address."""
    payload = {
        "website": value.get("website_id"),
        "hostname": value.get("hostname"),
        "url": address_of(value, "url_path", "url_query", "hostname") or "/",
        "referrer": address_of(value, "referrer_path", "referrer_query", "referrer_domain"),
        "title": value.get("page_title"),
        "name": name_of(str(value.get("event_name") or "")),
        "tag": value.get("tag"),
        "id": value.get("distinct_id"),
        "timestamp": value.get("created_at"),
    }
    raw = umami.read_item({"type": "event", "payload": payload}, NO_CALL)
    raw.message_id = value.get("event_id") or None
    raw.visitor_id = value.get("session_id")
    raw.session_id = value.get("visit_id") or None
    device, browser = str(value.get("device") or ""), str(value.get("browser") or "")
    raw.context = said(
        raw.context,
        device_type=DEVICES.get(device, device),
        os=value.get("os"),
        browser=BROWSERS.get(browser, browser),
        country=value.get("country"),
        state=value.get("region") or value.get("subdivision1"),
        city=value.get("city"),
    )
    raw.original = value
    return [raw]


UMAMI = Format(
    id="umami",
    title="Umami",
    files="website_event.csv, or the zip that holds it",
    patterns=("*website_event*.csv",),
    needs=frozenset(("event_id", "session_id", "created_at", "url_path", "event_type")),
    get="Umami Cloud: Settings › Data, Export, and the zip from the mail. Your own Umami: "
    "`\\copy (SELECT e.*, s.browser, s.os, s.device, s.country, s.region, s.city FROM website_event e JOIN session s "
    "USING (session_id)) TO 'website_event.csv' CSV HEADER` in psql.",
    kept="Every page and every named event with its moment, visitor, visit, page, page before, campaign, browser, "
    "device and place.",
    lost="The values of named events, which are in a table of their own (event_data): an `add_to_cart` without its "
    "product is kept as an event of the shop's own, `custom.add_to_cart`. Screens and languages. Umami changes its "
    "visitors' ids each month, so a visitor of two months counts as two.",
    facts="https://github.com/umami-software/umami/blob/master/db/clickhouse/schema.sql",
    fields=(
        ("event_id", "what tells it apart"),
        ("created_at", "when, UTC"),
        ("session_id", "visitor"),
        ("visit_id", "visit"),
        ("distinct_id", "user"),
        ("event_name", "the event; empty is a page view"),
        ("url_path, url_query, hostname", "page and campaign"),
        ("referrer_domain, referrer_path, referrer_query", "page before"),
        ("browser, os, device, country, region, city", "the same"),
    ),
    shape=Shape.TABLE,
    read=read_row,
)
