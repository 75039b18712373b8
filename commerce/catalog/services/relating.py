"""What goes with a product: what others bought with it, then what is like it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Abs

from commerce.catalog.indexes import RelatedProduct
from commerce.catalog.models import Product
from commerce.catalog.services.finding import ProductFilter, find_products, variants_of

MOST_RELATED = 12
ROWS_AT_ONCE = 2_000
IN_STOCK = Exists(variants_of(ProductFilter(in_stock=True)).filter(product=OuterRef("pk")))


@transaction.atomic
def keep_related(pairs: Iterable[tuple[int, int, int]], *, at: datetime) -> int:
    """Replace what goes together by (product, other, orders with both), ids each; return how many pairs there are."""
    rows = (RelatedProduct(product_id=one, other_id=other, orders=both, counted_at=at) for one, other, both in pairs)
    kept = 0
    while some := list(islice(rows, ROWS_AT_ONCE)):
        RelatedProduct.objects.bulk_create(
            some,
            update_conflicts=True,
            unique_fields=["product", "other"],
            update_fields=["orders", "counted_at"],
        )
        kept += len(some)
    RelatedProduct.objects.filter(counted_at__lt=at).delete()
    return kept


def find_related(product: Product, *, limit: int = MOST_RELATED) -> list[Product]:
    """Return up to so many published products that go with one, ready for a list, what is in stock first. Two queries.

    First those that were bought with it, most often first; then those of its category or brand, both before one of
    them, then by how near their prices are.
    """
    shown = find_products(ProductFilter()).exclude(pk=product.pk)
    bought = shown.filter(pk__in=RelatedProduct.objects.filter(product=product).values("other"))
    orders = RelatedProduct.objects.filter(product=product, other=OuterRef("pk")).values("orders")
    found = list(bought.annotate(orders=orders).order_by(IN_STOCK.desc(), "-orders", "-id")[:limit])
    if len(found) < limit:
        others = shown.exclude(pk__in=[each.pk for each in found])
        found += like(product, others)[: limit - len(found)]
    return sorted(found, key=lambda each: getattr(each, "stock_total", 0) <= 0)


def like(product: Product, products: QuerySet[Product]) -> QuerySet[Product]:
    """Return products of the same category or brand, the likest first."""
    same_category = Q(category=product.category_id)
    same_brand = Q(brand=product.brand_id) if product.brand_id else Q(pk__in=[])
    likeness = Case(When(same_category & same_brand, then=Value(2)), default=Value(1))
    distance = Abs(F("current_price_kobo") - product.current_price_kobo)
    return (
        products.filter(same_category | same_brand)
        .annotate(likeness=likeness, distance=distance)
        .order_by(IN_STOCK.desc(), "-likeness", "distance", "-id")
    )
