"""Requests as Segment's SDKs send them, rendered once: a sender patches in only a number and the second."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

# Placeholders as long as what replaces them, so that Content-Length stays right.
REQUEST = b"@REQUESTNR@"
SECOND = b"@@@THE-SECOND@@@@@@"
PATHS = ("/", "/dresses", "/shoes", "/bags/totes", "/checkout", "/sale/detty-december")
SEARCHES = ("ankara gown", "agbada", "gele", "leather slides", "aso oke cap")
PLATFORMS = ("web", "android", "ios")
LIBRARY = {"name": "analytics-python", "version": "2.3.5"}
PRODUCTS = 200
VISITORS = 50_000
VARIETY = 2_000


def make_call(draw: random.Random, *, run: str, place: int) -> dict[str, Any]:
    """Return one call: what shoppers do most, most often."""
    millisecond = draw.randrange(1000)
    product = f"prd_{draw.randrange(PRODUCTS):04d}"
    path = draw.choice(PATHS)
    context = {"library": LIBRARY, "page": {"path": path, "url": f"https://shop.example{path}?utm_source=ig"}}
    call: dict[str, Any] = {
        "type": "track",
        "messageId": f"{run}-{REQUEST.decode()}-{place:05d}-{draw.randrange(10**6):06d}",
        "timestamp": f"{SECOND.decode()}.{millisecond:03d}Z",
        "anonymousId": f"{draw.randrange(VISITORS):08x}-4b1d-4c0e-9a3f-3d2f6a51c0de",
        "channel": draw.choice(PLATFORMS),
        "context": context,
    }
    kind = draw.choices(("page", "view", "search", "cart"), (45, 35, 10, 10))[0]
    if kind == "page":
        return {**call, "type": "page", "name": "Shop", "properties": {"path": path, "title": "Shop"}}
    if kind == "search":
        search = {"query": draw.choice(SEARCHES), "results": draw.randrange(40)}
        return {**call, "event": "Products Searched", "properties": search}
    name = "Product Viewed" if kind == "view" else "Product Added"
    return {**call, "event": name, "properties": {"product_id": product, "price": 18500, "currency": "NGN"}}


def render_request(draw: random.Random, *, run: str, host: str, key: str, events: int) -> bytes:
    """Return a whole request of `events` calls."""
    batch = [make_call(draw, run=run, place=place) for place in range(events)]
    body = json.dumps({"batch": batch, "sentAt": f"{SECOND.decode()}.999Z"}, separators=(",", ":")).encode()
    token = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {token}\r\n"
        f"User-Agent: analytics-python/2.3.5\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def render_requests(*, run: str, host: str, key: str, events: int) -> list[bytes]:
    """Return as many different requests as give some variety, whatever their size."""
    draw = random.Random(run)
    count = max(VARIETY // events, 4)
    return [render_request(draw, run=run, host=host, key=key, events=events) for _ in range(count)]
