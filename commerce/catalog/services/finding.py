"""Finding products, as the shop asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from commerce.catalog.models import Category, Product, ProductQuerySet, ProductVariant
from zuka.platform.errors import Refused


class NotForSale(Refused):
    """A variant is unknown, hidden, or sold in another currency than the rest."""

    status = 400
    code = "not_for_sale"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What a shopper asks for. Slugs of category (with all below it) and brand; prices in kobo, both ends included."""

    category: str | None = None
    brand: str | None = None
    gender: str | None = None
    min_price_kobo: int | None = None
    max_price_kobo: int | None = None
    on_sale: bool | None = None
    words: str | None = None


def find_products(wanted: ProductFilter) -> ProductQuerySet:
    """Return the published products that match, with category, brand and `stock_total` loaded, in no order yet."""
    products = Product.objects.published().with_availability().select_related("category", "brand")
    if wanted.category:
        products = products.filter(category__in=Category.objects.ids_within(wanted.category))
    columns = {
        "brand__slug": wanted.brand,
        "gender": wanted.gender,
        "current_price_kobo__gte": wanted.min_price_kobo,
        "current_price_kobo__lte": wanted.max_price_kobo,
        "on_sale": wanted.on_sale,
    }
    products = products.filter(**{name: value for name, value in columns.items() if value is not None})
    for word in (wanted.words or "").split():
        products = products.filter(Q(name__icontains=word) | Q(brand__name__icontains=word) | Q(tags__contains=[word]))
    return products


def find_variant(sku: str, *, field: str = "sku") -> ProductVariant:
    """Return a variant that can be ordered, with product, category and brand loaded. Raises `NotForSale`."""
    variant = ProductVariant.objects.for_sale().filter(sku=sku).first()
    if variant is None:
        raise NotForSale(f"{sku} is not for sale.", field=field)
    return variant
