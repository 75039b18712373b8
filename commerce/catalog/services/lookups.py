"""How staff look products up by what stands on the label."""

from __future__ import annotations

from commerce.catalog.models import Product, ProductQuerySet, ProductVariant

SHORTEST_NAME = 3  # letters: the index of names holds them by threes
MOST_VARIANTS = 500


def products_with_code(words: str) -> ProductQuerySet:
    """Return products with this public id, or whose SKU, or that of a variant, begins like this; by SKU."""
    skus = ProductVariant.objects.filter(sku__startswith=words).order_by("sku")
    holders = list(skus.values_list("product_id", flat=True)[:MOST_VARIANTS])
    own = Product.objects.filter(sku__startswith=words).values_list("pk", flat=True)[:MOST_VARIANTS]
    named = Product.objects.filter(public_id=words).values_list("pk", flat=True)
    return Product.objects.filter(pk__in=[*named, *own, *holders]).order_by("sku")


def products_named(words: str) -> ProductQuerySet:
    """Return products, hidden ones too, whose name has these letters; the newest first."""
    if len(words) < SHORTEST_NAME:
        return Product.objects.none()
    return Product.objects.filter(name__icontains=words).order_by("-id")
