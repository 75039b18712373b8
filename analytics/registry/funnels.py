"""What a funnel is made of: what its steps may be filtered by, how its people are grouped, how long they may take."""

from __future__ import annotations

from datetime import timedelta

from analytics.registry.events import EVENT_TYPES

FEWEST_STEPS, MOST_STEPS = 2, 8
MOST_FILTERS = 5
STEP_NAMES = tuple(f"step{number}" for number in range(1, MOST_STEPS + 1))
USUAL_STEPS = ("product.viewed", "cart.item_added", "checkout.started", "order.created")
PROPERTY = "properties."

# Columns of an event, and what they are called.
FILTER_COLUMNS: dict[str, str] = {
    "page_path": "Page",
    "screen_name": "Screen",
    "product_ref": "Product",
    "category": "Category",
    "search_query": "Searched for",
    "order_ref": "Order",
    "currency": "Currency",
    "platform": "Platform",
    "device_type": "Device",
    "os": "System",
    "browser": "Browser",
    "country": "Country",
    "state": "State",
    "city": "City",
    "referrer_url": "Came from",
    "utm_source": "Source",
    "utm_medium": "Medium",
    "utm_campaign": "Campaign",
    "utm_term": "Campaign term",
    "utm_content": "Campaign content",
    "source_name": "Sent as",
}
OPERATORS: dict[str, str] = {"=": "is", "~=": "contains"}

# Columns of the visit in which the first step was taken. "nothing" needs none.
BREAKDOWNS: dict[str, tuple[str, str]] = {
    "platform": ("Platform", "platform"),
    "device": ("Device", "device_type"),
    "browser": ("Browser", "browser"),
    "system": ("System", "os"),
    "country": ("Country", "country"),
    "state": ("State", "state"),
    "referrer": ("Came from", "referrer_host"),
    "source": ("Source", "utm_source"),
    "medium": ("Medium", "utm_medium"),
    "campaign": ("Campaign", "utm_campaign"),
    "landing": ("First page", "entry_page"),
}
WINDOWS: dict[str, tuple[str, timedelta]] = {
    "30m": ("30 minutes", timedelta(minutes=30)),
    "1h": ("1 hour", timedelta(hours=1)),
    "1d": ("1 day", timedelta(days=1)),
    "3d": ("3 days", timedelta(days=3)),
    "7d": ("7 days", timedelta(days=7)),
    "14d": ("14 days", timedelta(days=14)),
    "30d": ("30 days", timedelta(days=30)),
    "90d": ("90 days", timedelta(days=90)),
}
USUAL_WINDOW = "7d"


def event_title(event_type: str) -> str:
    """Return an event type as people read it: `cart.item_added` → `Cart item added`."""
    return event_type.removeprefix("custom.").replace(".", " ").replace("_", " ").capitalize()


def declared_properties(event_type: str) -> tuple[str, ...]:
    """Return the properties that an event type declares; none for one that is not declared."""
    declared = EVENT_TYPES.get(event_type)
    return tuple(declared.payload.__struct_fields__) if declared else ()
