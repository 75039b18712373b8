"""How often products were bought and looked at, kept beside them so that lists can be ordered by it."""

from __future__ import annotations

from collections.abc import Mapping

from commerce.catalog.models import Product

ROWS_AT_ONCE = 500


def keep_popularity(*, purchases: Mapping[int, int], views: Mapping[str, int]) -> int:
    """Write pieces bought (by the products' ids) and views (by their public ids) where they changed; return how many.

    What is in neither was not bought or looked at. Rows that stay are not touched, and neither is what is kept of
    their pages. A few hundred rows a transaction, so that nobody who writes a review waits long.
    """
    changed = []
    rows = Product.objects.order_by("pk").values_list("pk", "public_id", "purchase_count", "view_count")
    for pk, public_id, bought, seen in rows.iterator():
        counts = purchases.get(pk, 0), views.get(public_id, 0)
        if counts != (bought, seen):
            changed.append(Product(pk=pk, purchase_count=counts[0], view_count=counts[1]))
    Product.objects.bulk_update(changed, ["purchase_count", "view_count"], batch_size=ROWS_AT_ONCE)
    return len(changed)
