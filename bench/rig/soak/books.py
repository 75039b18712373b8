"""What became of everything the crowd did: nothing lost, nothing twice, every number agrees."""

from __future__ import annotations

from collections import Counter

from bench.rig.soak.crowd import Crowd, is_refused
from bench.rig.soak.shop import Shop

STORED = "SELECT message_id, count(*) FROM analytics_events WHERE starts_with(message_id, %s) GROUP BY message_id"
REJECTED = (
    "SELECT message_id, count(*) FROM analytics_rejected_events "
    "WHERE starts_with(message_id, %s) AND replayed_at IS NULL GROUP BY message_id"
)
BOOKS = """
    SELECT (SELECT count(*) FROM commerce_order),
           (SELECT coalesce(sum(quantity), 0) FROM commerce_order_line),
           (SELECT coalesce(sum(stock_reserved), 0) FROM commerce_product_variant),
           (SELECT coalesce(sum(received - accepted - duplicate - rejected - dropped), 0) FROM ingest_counts)
"""
UNCOUNTED = "SELECT count(*) FROM analytics_dirty_days"


def wrong_events(shop: Shop, ids: set[str], name: str) -> tuple[int, int]:
    """Return how many of the acknowledged events of a name are nowhere, and how many are there more than once."""
    stored = Counter(dict(shop.site.sql(STORED, [f"{name}-"])))
    rejected = Counter(dict(shop.site.sql(REJECTED, [f"{name}-"])))
    kept = stored + rejected
    lost = sum(not (rejected if is_refused(each) else stored)[each] for each in ids)
    return lost, sum(kept[each] > 1 for each in ids)


def is_settled(shop: Shop, ids: set[str], name: str) -> bool:
    """Say whether nothing waits on disk, every acknowledged event is there, and every day is counted."""
    is_stored = shop.waiting_bytes() == 0 and wrong_events(shop, ids, name)[0] == 0
    return is_stored and shop.count(UNCOUNTED) == 0


def check_books(shop: Shop, crowd: Crowd) -> list[str]:
    """Return what does not agree, in words; nothing where all does."""
    orders, ordered, reserved, uncounted = shop.site.sql(BOOKS)[0]
    found = []
    if orders != len(crowd.orders):
        found.append(f"{len(crowd.orders):,} orders were taken, {orders:,} are there")
    if ordered != reserved:
        found.append(f"{ordered:,} pieces are ordered, {reserved:,} reserved")
    if uncounted:
        found.append(f"{uncounted:,} events received are neither accepted, repeated, rejected nor dropped")
    return [*found, *verify(shop)]


def verify(shop: Shop) -> list[str]:
    """Count every day again from raw events and the ledger; return what differs."""
    try:
        shop.site.manage("rollup", "verify")
    except RuntimeError as error:  # what it says is what differs
        return [str(error)]
    return []
