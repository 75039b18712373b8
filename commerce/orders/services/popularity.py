"""What sells and what is looked at, as the ledger and the events have it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Sum

from analytics.ask import ask
from commerce.catalog.services import keep_popularity
from commerce.orders.models import CLOSED, OrderLine
from zuka.platform.clock import local_day

LOOKED_AT = timedelta(days=365)
ROWS_AT_ONCE = 1_000


def count_purchases() -> dict[int, int]:
    """Return how many pieces of each product (by id) were ordered, ever.

    Without orders that were cancelled or expired, and without tests and those of staff.
    """
    lines = OrderLine.objects.filter(order__is_test=False, product__isnull=False).exclude(order__status__in=CLOSED)
    return dict(lines.order_by().values_list("product").annotate(pieces=Sum(F("quantity") - F("cancelled_quantity"))))


def count_views(*, at: datetime) -> dict[str, int]:
    """Return how often each product (by public id) was looked at in the last 365 days, the day of `at` among them."""
    today = local_day(at)
    period = {"from": f"{today - LOOKED_AT + timedelta(days=1)}", "to": f"{today}", "limit": str(ROWS_AT_ONCE)}
    found: dict[str, int] = {}
    after = ""
    while True:
        rows = ask("product_views", after=after, **period).rows
        found.update((ref, views) for ref, views in rows)
        if len(rows) < ROWS_AT_ONCE:
            return found
        after = rows[-1][0]


def refresh_popularity(*, at: datetime) -> int:
    """Bring the counts of purchases and views up to date; return how many products changed. Safe to run twice."""
    return keep_popularity(purchases=count_purchases(), views=count_views(at=at))
