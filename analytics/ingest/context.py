"""Where an event happened: page, campaign, device; from context, properties or the URL, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from analytics.ingest.properties import text_or_none

UTM = ("source", "medium", "campaign", "term", "content")
CLICK_IDS = ("gclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "gbraid", "wbraid")
PLATFORMS = {
    "web": "web",
    "browser": "web",
    "javascript": "web",
    "android": "android",
    "ios": "ios",
    "iphone os": "ios",
    "ipados": "ios",
    "server": "server",
    "mobile": "mobile",
}
DEVICES = {"phone": "mobile", "ios": "mobile", "android": "mobile"}


def table(value: Any) -> Mapping[str, Any]:
    """Return a nested object of a context, or an empty one."""
    return value if isinstance(value, dict) else {}


def page_columns(properties: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    """Return page, referrer, campaign and click id. Campaigns fall back to the page's own URL."""
    page = table(context.get("page"))
    url = text_or_none(page.get("url") or context.get("url") or properties.get("url")) or ""
    path = text_or_none(page.get("path") or properties.get("path") or context.get("page_path"), 2048)
    columns: dict[str, Any] = {
        "page_path": path or (urlsplit_safe(url)[0] if "://" in url else None),
        "screen_name": text_or_none(table(context.get("screen")).get("name") or context.get("screen_name"), 200),
        "referrer_url": text_or_none(
            page.get("referrer") or context.get("referrer_url") or properties.get("referrer"), 2048
        ),
    }
    campaign = table(context.get("campaign"))
    query = urlsplit_safe(url)[1] if "?" in url else {}
    for part in UTM:
        short = "name" if part == "campaign" else part
        value = campaign.get(short) or campaign.get(part) or context.get(f"utm_{part}")
        columns[f"utm_{part}"] = text_or_none(value or properties.get(f"utm_{part}") or query.get(f"utm_{part}"), 200)
    columns["click_id"] = click_id(query, properties)
    return columns


def urlsplit_safe(url: str) -> tuple[str | None, dict[str, str]]:
    """Return (path, first value of each query parameter); nothing for a URL that cannot be read."""
    try:
        parts = urlsplit(url)
        return parts.path or "/", {key: values[0] for key, values in parse_qs(parts.query, max_num_fields=50).items()}
    except ValueError:
        return None, {}


def click_id(query: Mapping[str, str], properties: Mapping[str, Any]) -> str | None:
    """Return the advertiser's click id as `name:value`."""
    for name in CLICK_IDS:
        if value := query.get(name) or properties.get(name):
            return f"{name}:{text_or_none(value, 200)}"
    return None


def device_columns(context: Mapping[str, Any], platform: Any) -> dict[str, Any]:
    """Return platform, device, system, browser and place as the client says them."""
    device, system, place = (table(context.get(key)) for key in ("device", "os", "location"))
    library = text_or_none(table(context.get("library")).get("name"), 60) or ""
    kind = text_or_none(device.get("type") or context.get("device_type") or context.get("device"), 30)
    said = platform or context.get("platform") or context.get("channel") or system.get("name")
    return {
        "platform": platform_name(said, library),
        "device_type": DEVICES.get(kind.lower(), kind.lower()) if kind else None,
        "os": text_or_none(system.get("name") or context.get("os"), 60),
        "browser": text_or_none(table(context.get("browser")).get("name") or context.get("browser"), 60),
        "country": country(place.get("country") or context.get("country")),
        "state": text_or_none(place.get("region") or place.get("state") or context.get("state"), 80),
        "city": text_or_none(place.get("city") or context.get("city"), 80),
    }


def country(value: Any) -> str | None:
    """Return an ISO 3166 two-letter code; None for anything else, never a guess."""
    code = text_or_none(value, 60)
    return code.upper() if code and len(code) == 2 and code.isalpha() else None


def platform_name(said: Any, library: str) -> str | None:
    """Return web, android, ios, mobile or server; a library that is not a browser's speaks from a server."""
    text = text_or_none(said, 30)
    if text and (known := PLATFORMS.get(text.lower())):
        return known
    if library in {"analytics.js", "zuka.js"}:
        return "web"
    return "server" if library.startswith(("analytics-", "zuka-")) else None
