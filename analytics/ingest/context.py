"""Where an event happened: page, campaign, device; from context, properties or the URL, in that order."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from analytics.ingest.lenient import plain_value, read_value
from analytics.ingest.privacy import read_consent
from analytics.ingest.properties import text_or_none
from analytics.ingest.received import NO_EVENT, Reading, Rejection
from analytics.ingest.redaction import redact_column
from analytics.registry.types import Reason
from analytics.store.event import PLACE, encode_columns
from zuka.platform.agents import Agent, read_agent

# Column, its name in a campaign object, the other name it has there.
UTM = (
    ("utm_source", "source", "utm_source"),
    ("utm_medium", "medium", "utm_medium"),
    ("utm_campaign", "name", "campaign"),
    ("utm_term", "term", "utm_term"),
    ("utm_content", "content", "utm_content"),
)
UTM_COLUMNS = tuple(column for column, _, _ in UTM)
UTM_NAMES = frozenset(column for column, _, _ in UTM)
DEVICE_NAMES = frozenset(
    ("device", "os", "location", "platform", "channel", "device_type", "browser", "country", "state", "city")
)
CLICK_IDS = frozenset({"gclid", "fbclid", "msclkid", "ttclid", "twclid", "li_fat_id", "gbraid", "wbraid"})
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


LONGEST_CONTEXT = 2_000
READINGS_KEPT = 8_192
CLIENT_LENGTH = 80
_encode = msgspec.json.Encoder(enc_hook=str).encode
_decode = msgspec.json.Decoder().decode
Columns = dict[str, Any]
NOTHING: dict[str, Any] = {}
# Another address in the query of a part of one makes it no whole one.
WHOLE_URL = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*://")


def table(value: Any) -> dict[str, Any]:
    """Return a nested object of a context, or an empty one."""
    return value if isinstance(value, dict) else NOTHING


@lru_cache(maxsize=4096)
def split_url(url: str) -> tuple[str | None, dict[str, str]]:
    """Return (path, first value of each query parameter); nothing for a URL that cannot be read."""
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query, max_num_fields=50) if parts.query else {}
    except ValueError:  # a client's address may be any text: the event counts without it
        return None, {}
    return parts.path or "/", {key: values[0] for key, values in query.items()}


def read_context(context: Any, said: Columns, *, platform: Any, user_agent: str | None) -> Reading:
    """Return what a context, the facts about the page and the user agent say. Raises Rejection.

    Contexts repeat: all events of a page view carry the same. Reading one takes 12 µs, finding its reading 2, and
    less than one while it is still the text that the client sent.
    """
    text = bytes(context) if type(context) is msgspec.Raw else _encode(context)
    told = (text, _encode(said) if said else b"", platform if type(platform) is str else None, user_agent)
    length = len(text) + len(told[1]) + len(told[2] or "")
    if length > LONGEST_CONTEXT or (platform is not None and told[2] is None):
        return make_reading(plain_value(context, "context"), said, platform, user_agent)
    return cached_reading(*told)


@lru_cache(maxsize=READINGS_KEPT)
def cached_reading(context: bytes, said: bytes, platform: str | None, user_agent: str | None) -> Reading:
    """Return the reading of a context as JSON, with its columns encoded."""
    reading = make_reading(read_value(context, "context"), _decode(said) if said else NOTHING, platform, user_agent)
    return replace(reading, place=encode_columns(reading.template, PLACE))


def make_reading(context: Any, said: Columns, platform: Any, user_agent: str | None) -> Reading:
    """Read a context. A server's own user agent is not given; one that the context carries is the shopper's."""
    if context and not isinstance(context, dict):
        message = f"`context` must be an object, not {type(context).__name__}."
        raise Rejection(Reason.MALFORMED, message, "context")
    context = context or NOTHING
    columns = page_columns(said, context) if context or said else {}
    columns.update(device_columns(context, platform))
    for name in ("referrer_url", "page_path", "screen_name", "click_id", *UTM_COLUMNS):
        if text := columns.get(name):
            columns[name] = redact_column(text)
    agent = context.get("userAgent") or context.get("user_agent")
    address = context.get("ip")
    is_bot = add_agent(columns, read_agent(agent if isinstance(agent, str) else user_agent))
    return Reading(
        msgspec.structs.replace(NO_EVENT, **columns),
        is_bot,
        session_id=context.get("session_id") or context.get("sessionId"),
        address=address if isinstance(address, str) else None,
        client=sdk_name(table(context.get("library"))),
        consent=read_consent(context) if "consent" in context else None,
    )


def sdk_name(library: Columns) -> str:
    """Return the SDK and its version as a context names them; empty when it does not."""
    name, version = library.get("name"), library.get("version")
    if not isinstance(name, str):
        return ""
    named = f"{name}/{version}" if isinstance(version, str) else name
    return named.replace("\x00", "")[:CLIENT_LENGTH]


def add_agent(columns: Columns, agent: Agent) -> bool:
    """Fill in what the client does not say from its user agent; return whether it is a robot."""
    if agent.is_browser and columns["platform"] is None:
        columns["platform"] = "web"
    if columns["platform"] in {None, "server"}:
        return False
    for name in ("device_type", "os", "browser"):
        if columns.get(name) is None:
            columns[name] = getattr(agent, name)
    return agent.is_bot and columns["platform"] == "web"


def page_columns(properties: Columns, context: Columns) -> Columns:
    """Return page, screen and referrer, then campaign and click id, which fall back to the page's own URL."""
    page = table(context.get("page"))
    url = text_or_none(page.get("url") or context.get("url") or properties.get("url")) or ""
    path = text_or_none(page.get("path") or properties.get("path") or context.get("page_path"), 2048)
    screen = table(context.get("screen")).get("name") or context.get("screen_name")
    referrer = page.get("referrer") or context.get("referrer_url") or properties.get("referrer")
    query = split_url(url)[1] if "?" in url else NOTHING
    return {
        "page_path": path or (split_url(url)[0] if WHOLE_URL.match(url) else None),
        "screen_name": text_or_none(screen, 200),
        "referrer_url": text_or_none(referrer, 2048),
        "click_id": click_id(query, properties),
        **campaign_columns(table(context.get("campaign")), query, properties, context),
    }


def campaign_columns(campaign: Columns, query: Columns, properties: Columns, context: Columns) -> Columns:
    """Return the five UTM fields that are said anywhere."""
    columns: Columns = {}
    if not campaign and all(UTM_NAMES.isdisjoint(said) for said in (query, properties, context)):
        return columns
    for column, name, other in UTM:
        value = campaign.get(name) or campaign.get(other) or context.get(column)
        if value := value or properties.get(column) or query.get(column):
            columns[column] = text_or_none(value, 200)
    return columns


def click_id(query: Columns, properties: Columns) -> str | None:
    """Return the advertiser's click id as `name:value`."""
    for said in (query, properties):
        for name in sorted(CLICK_IDS.intersection(said)):
            if value := text_or_none(said[name], 200):
                return f"{name}:{value}"
    return None


def device_columns(context: Columns, platform: Any) -> Columns:
    """Return platform, device, system, browser and place as the client says them."""
    if DEVICE_NAMES.isdisjoint(context):
        library = text_or_none(table(context.get("library")).get("name"), 60) or "" if context else ""
        return {"platform": platform_name(platform, library)}
    device, system, place = table(context.get("device")), table(context.get("os")), table(context.get("location"))
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
    if value is None:
        return None
    code = text_or_none(value, 60)
    return code.upper() if code and len(code) == 2 and code.isalpha() and code.isascii() else None


def platform_name(said: Any, library: str) -> str | None:
    """Return web, android, ios, mobile or server; a library that is not a browser's speaks from a server."""
    text = text_or_none(said, 30)
    if text and (known := PLATFORMS.get(text.lower())):
        return known
    if library in {"analytics.js", "zuka.js"}:
        return "web"
    return "server" if library.startswith(("analytics-", "zuka-")) else None
