"""What customers buy together, as the ledger has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter

from django.db.models import Count, F

from commerce.catalog.services import MOST_RELATED, keep_related
from commerce.orders.models import CLOSED, OrderLine

COUNTED = timedelta(days=365)


def read_pairs(*, since: datetime) -> Iterator[tuple[int, int, int]]:
    """Give (product, other, orders with both), ids each, the commonest twelve of each product.

    Of orders placed since then that were not cancelled, did not expire and are no tests.
    """
    lines = OrderLine.objects.filter(order__placed_at__gte=since, order__is_test=False, product__isnull=False)
    together = (
        lines.exclude(order__status__in=CLOSED)
        .annotate(other=F("order__lines__product"))
        .filter(other__isnull=False)
        .exclude(other=F("product"))
        .values_list("product", "other")
        .annotate(orders=Count("order", distinct=True))
        .order_by("product", "-orders", "-other")
    )
    for _, pairs in groupby(together.iterator(), key=itemgetter(0)):
        yield from islice(pairs, MOST_RELATED)


def refresh_related_products(*, at: datetime) -> int:
    """Count what was bought together in the last year; return how many pairs are kept. Safe to run twice."""
    return keep_related(read_pairs(since=at - COUNTED), at=at)
