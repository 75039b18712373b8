"""What is on offer: products as recommendations ask for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Lower

from commerce.catalog.models import STARS, Product, ProductQuerySet
from commerce.catalog.services import IN_STOCK
from commerce.orders.models import CLOSED, OrderLine

LATELY = timedelta(days=30)


class Order(Enum):
    """In what order offers come, best first: columns that an index has."""

    POPULAR = (F("purchase_count").desc(), F("id").desc())
    RATED = (STARS.desc(), F("rating_count").desc(), F("id").desc())
    NEWEST = (F("id").desc(),)


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that the shop shows; price in kobo, `brand` is empty where there is none."""

    id: int
    ref: str
    name: str
    category_id: int
    category: str
    brand_id: int | None
    brand: str
    price_kobo: int
    rating: Decimal | None
    purchases: int
    colours: tuple[str, ...]


def read_offers(products: ProductQuerySet) -> list[Offer]:
    """Return products as offers, in their order. One query."""
    columns = ("pk", "public_id", "name", "category_id", "category__name", "brand_id", "brand__name")
    rows = products.values_list(*columns, "current_price_kobo", "rating_average", "purchase_count", "search__colours")
    return [
        Offer(*named, brand or "", price, rating, purchases, tuple(colours or ()))  # type: ignore[call-arg]  # of a star
        for *named, brand, price, rating, purchases, colours in rows
    ]


def find_offers(product_ids: Collection[int]) -> list[Offer]:
    """Return those of the products that the shop shows, in stock or not. One query, none without ids."""
    return read_offers(Product.objects.published().filter(pk__in=product_ids)) if product_ids else []


def offers_by_ref(refs: Sequence[str], *, in_stock: bool = False) -> dict[str, Offer]:
    """Return those of the products that the shop shows, by their references, `in_stock` those alone."""
    if not refs:
        return {}
    products = Product.objects.published().filter(public_id__in=refs)
    return {offer.ref: offer for offer in read_offers(products.filter(IN_STOCK) if in_stock else products)}


def best_offers(
    *,
    order: Order,
    limit: int,
    categories: Collection[int] = (),
    brands: Collection[int] = (),
    brand_names: Collection[str] = (),
    colours: Collection[str] = (),
) -> list[Offer]:
    """Return products in stock of any of the categories, brands or colours, or of all where none is asked for."""
    wanted = Q()
    for column, values in (("category__in", categories), ("brand__in", brands), ("brand_name__in", brand_names)):
        wanted |= Q(**{column: list(values)}) if values else Q()
    if colours:
        wanted |= Q(search__colours__overlap=list(colours))
    products = Product.objects.published().annotate(brand_name=Lower("brand__name")).filter(wanted, IN_STOCK)
    return read_offers(products.order_by(*order.value)[:limit])


def lately_bought(*, user_id: UUID | None, at: datetime) -> set[int]:
    """Return the products (ids) that somebody ordered in the last 30 days; of cancelled orders none. One query."""
    if user_id is None:
        return set()
    lines = OrderLine.objects.filter(order__user=user_id, order__placed_at__gt=at - LATELY, product__isnull=False)
    return set(lines.exclude(order__status__in=CLOSED).values_list("product_id", flat=True))
