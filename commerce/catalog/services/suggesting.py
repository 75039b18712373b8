"""What the search box offers while somebody types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from commerce.catalog.models import Brand, Category, Product
from commerce.catalog.services.finding import ProductFilter, prepare
from commerce.catalog.services.searching import CONFIG

MOST_PRODUCTS, MOST_OTHERS = 6, 2
Row = TypeVar("Row", Category, Brand)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """At most ten things that fit, and the text that was probably meant where what was typed is found nowhere."""

    meant: str | None = None
    products: list[Product] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    brands: list[Brand] = field(default_factory=list)


def suggest(text: str) -> Suggestions:
    """Return what fits the words typed so far, best first: five queries, and some more for a mistyped text."""
    search = prepare(ProductFilter(words=text)).search
    if search is None:
        return Suggestions()
    products = Product.objects.published().filter(search.condition).annotate(relevance=search.relevance)
    return Suggestions(
        meant=search.meant,
        products=list(products.order_by("-relevance", "-purchase_count", "-id")[:MOST_PRODUCTS]),
        categories=list(named(Category.objects.active(), search.query)[:MOST_OTHERS]),
        brands=list(named(Brand.objects.active(), search.query)[:MOST_OTHERS]),
    )


def named(rows: QuerySet[Row], query: SearchQuery | None) -> QuerySet[Row]:
    """Return the rows whose name has every word; none for a SKU."""
    return rows.annotate(vector=SearchVector("name", config=CONFIG)).filter(vector=query) if query else rows.none()
