"""The main job: an unmodified, published Segment SDK is pointed at Zuka, and its events become numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from segment.analytics.client import Client

from bench.rig.site import Site
from zuka.platform import clock

pytestmark = pytest.mark.journey

PRODUCT = {"product_id": "ankara-gown", "name": "Ankara gown", "price": 18500, "currency": "NGN"}
ORDER = {"order_id": "web-1001", "total": 37000, "currency": "NGN", "products": [{**PRODUCT, "quantity": 2}]}
REVIEW = {"product_id": "ankara-gown", "review_id": "review-1", "rating": "5"}
# Each of the six types: its name in Segment's spec, its own name, and what is sent with it.
SOURCE_TYPES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Signed Up", "user.created", {"source": "instagram"}),
    ("Signed In", "user.logged_in", {"method": "email"}),
    ("Product Viewed", "product.viewed", PRODUCT),
    ("Product Added", "cart.item_added", {**PRODUCT, "quantity": 2}),
    ("Order Completed", "order.created", ORDER),
    ("Product Reviewed", "product.reviewed", REVIEW),
)
CALLS = 2 + 2 * len(SOURCE_TYPES)
STORED = [
    ("cart.item_added", 2),
    ("order.created", 2),
    ("page.viewed", 1),
    ("product.reviewed", 2),
    ("product.viewed", 2),
    ("user.created", 2),
    ("user.identified", 1),
    ("user.logged_in", 2),
]
EVERYTHING = (
    "analytics_events, analytics_rejected_events, analytics_displaced, analytics_dirty_days, analytics_fill_state, "
    "rollup_events, rollup_products, rollup_signups, rollup_orders, rollup_goods, rollup_cash, rollup_visitors, "
    "rollup_recency, rollup_traffic"
)


@contextmanager
def sdk(site: Site, key: str, *, gzip: bool = False) -> Iterator[tuple[Client, list[Exception]]]:
    """A client as its documentation makes one, and the errors that it reported."""
    errors: list[Exception] = []
    client = Client(
        key, host=site.url, gzip=gzip, on_error=lambda error, _items: errors.append(error), upload_interval=0.1
    )
    try:
        yield client, errors
    finally:
        client.shutdown()


def send_everything(client: Client, began: datetime) -> None:
    """Identify, page, and each of the six types under both of its names, by two people; ids and times are fixed."""
    facts = iter(
        {"message_id": f"message-{place:02d}", "timestamp": began + timedelta(milliseconds=place)}
        for place in range(CALLS)
    )
    page = {"page": {"path": "/dresses", "url": "https://shop.example/dresses"}}
    client.identify("shopper-1", {"name": "Ngozi"}, anonymous_id="visitor-1", **next(facts))
    client.page("shopper-1", name="Dresses", context=page, anonymous_id="visitor-1", **next(facts))
    for spec_name, own_name, properties in SOURCE_TYPES:
        client.track("shopper-1", spec_name, properties, anonymous_id="visitor-1", **next(facts))
        client.track("shopper-2", own_name, properties, anonymous_id="visitor-2", **next(facts))


def stored(site: Site) -> list[tuple[Any, ...]]:
    """What the events table holds, by type."""
    return site.sql("SELECT event_type, count(*) FROM analytics_events GROUP BY event_type ORDER BY event_type")


def report(site: Site, name: str, day: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Rows and totals of a report of one day."""
    answer = site.get(f"/api/v1/reports/{name}?from={day}&to={day}&compare=none")
    return answer["rows"], answer["totals"]


@pytest.mark.parametrize(("kind", "gzip"), [("secret", False), ("publishable", True)])
def test_an_sdk_s_events_are_stored_once_and_become_numbers(live_zuka: Site, kind: str, gzip: bool) -> None:
    site = live_zuka
    site.sql(f"TRUNCATE {EVERYTHING}")
    began = clock.now() - timedelta(minutes=1)
    with sdk(site, site.keys[kind], gzip=gzip) as (client, errors):
        send_everything(client, began)
        client.flush()
        assert stored(site) == STORED
        send_everything(client, began)
        send_everything(client, began)
        client.flush()

    assert errors == []
    assert stored(site) == STORED
    assert site.sql("SELECT * FROM analytics_rejected_events") == []
    assert site.manage("rollup", "fill") == "1 days counted.\n"
    assert_reports(site, clock.local_day(began).isoformat())
    assert "Every cell agrees" in site.manage("rollup", "verify")


def assert_reports(site: Site, day: str) -> None:
    """The reports show exactly what was sent; what a client claims of an order is no order and no money."""
    claims = ("cart.item_added", "order.created", "product.reviewed", "user.created", "user.logged_in")
    counts = sorted(STORED, key=lambda row: (-row[1], row[0]))
    assert report(site, "event_counts", day) == (
        [
            {"bucket": day, "event_type": name, "events": count, "claimed": count if name in claims else 0}
            for name, count in counts
        ],
        {"events": CALLS, "claimed": 10},
    )
    sales = {"orders": 0, "conversion": 0.0, "revenue_kobo": 0, "aov_kobo": None}
    headline = {"visitors": 2, "sessions": 2, "signups": 2, **sales, "bounce_rate": 0.0}
    assert report(site, "overview", day) == ([{"day": day, **headline}], headline)
    assert report(site, "signups", day) == ([{"day": day, "signups": 2}], {"signups": 2})
    sources = [{"label": "instagram", "signups": 2, "share": 1.0}]
    assert report(site, "signup_sources", day) == (sources, {"signups": 2})
    looks = {"views": 2, "cart_adds": 2, "orders": 0, "units": 0, "revenue_kobo": 0}
    ratios = {"view_to_cart": 1.0, "cart_to_order": 0.0, "conversion": 0.0}
    names = {"product_ref": "ankara-gown", "product": "ankara-gown", "category": None}
    assert report(site, "product_performance", day) == (
        [{**names, **looks, **ratios, "rating": None}],
        {**looks, **ratios},
    )


@pytest.mark.parametrize("key", ["zsk_" + "0" * 40, "no key of ours"])
def test_a_wrong_key_stops_the_sdk_and_nothing_is_stored(live_zuka: Site, key: str) -> None:
    site = live_zuka
    site.sql(f"TRUNCATE {EVERYTHING}")
    with sdk(site, key) as (client, errors):
        client.track("shopper-1", "Product Viewed", PRODUCT)
        client.flush()

    assert [getattr(error, "status", None) for error in errors] == [401]
    assert stored(site) == []
    assert site.sql("SELECT * FROM analytics_rejected_events") == []
