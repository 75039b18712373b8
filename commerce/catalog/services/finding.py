"""Finding products, as the shop asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from django.db.models import Exists, F, OuterRef, Q

from commerce.catalog.models import Brand, Category, Product, ProductQuerySet, ProductVariant, VariantQuerySet
from commerce.catalog.services.searching import Search, plan_search
from zuka.platform.errors import Refused


class NotForSale(Refused):
    """A variant is unknown, hidden, or sold in another currency than the rest."""

    status = 400
    code = "not_for_sale"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What a shopper asks for. Values of one field are alternatives; a product must fit every field.

    Slugs of category (with all below it) and brands; prices in kobo, both ends included; `refs` are public ids or
    slugs. Size, colour and stock are of one variant: a red M that is in stock, not a red S beside a blue M.
    """

    category: str | None = None
    brands: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    refs: tuple[str, ...] | None = None
    min_price_kobo: int | None = None
    max_price_kobo: int | None = None
    min_rating: Decimal | None = None
    on_sale: bool | None = None
    in_stock: bool | None = None
    words: str | None = None

    def without(self, *fields: str) -> Self:
        """Return the same wish, open in some fields."""
        blank = ProductFilter()
        return replace(self, **{name: getattr(blank, name) for name in fields})


@dataclass(frozen=True, slots=True)
class Hidden:
    """The ids of the categories and brands that the shop does not show."""

    categories: frozenset[int]
    brands: frozenset[int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A wish whose words and category are looked up already, so that it can be asked in several ways.

    Who asks it of the whole catalogue several times looks up what is hidden as well: that saves a join each time.
    """

    wanted: ProductFilter
    categories: set[int] | None
    search: Search | None
    hidden: Hidden | None = None

    def without(self, *fields: str) -> Self:
        """Return the same wish, open in some fields."""
        return replace(self, wanted=self.wanted.without(*fields))

    def products(self) -> ProductQuerySet:
        """Return the published products that match, and nothing beside them."""
        hidden, all_products = self.hidden, Product.objects.all()
        shown = (
            all_products.published_but(categories=hidden.categories, brands=hidden.brands)
            if hidden
            else all_products.published()
        )
        products = shown.filter(column_conditions(self.wanted), stock_conditions(self.wanted))
        if self.wanted.category and self.categories is not None:
            products = products.filter(category__in=self.categories)
        return products.filter(self.search.condition) if self.search else products


def prepare(wanted: ProductFilter) -> Prepared:
    """Look up a wish's category and words: no query without them."""
    categories = Category.objects.ids_within(wanted.category) if wanted.category else None
    has_words = bool(wanted.words and wanted.words.strip())
    return Prepared(wanted, categories, plan_search(wanted.words or "") if has_words else None)


def find_hidden() -> Hidden:
    """Return what the shop does not show. Two queries."""
    categories = Category.objects.filter(active=False).values_list("pk", flat=True)
    return Hidden(frozenset(categories), frozenset(Brand.objects.filter(active=False).values_list("pk", flat=True)))


def find_products(wanted: ProductFilter) -> ProductQuerySet:
    """Return the published products that match, with category, brand and `stock_total` loaded, in no order yet.

    With words they also have `relevance`: a whole number, more is better.
    """
    prepared = prepare(wanted)
    products = prepared.products().with_availability().select_related("category", "brand")
    return products.annotate(relevance=prepared.search.relevance) if prepared.search else products


def column_conditions(wanted: ProductFilter) -> Q:
    """Return what the product's own columns must hold."""
    columns = {
        "brand__slug__in": wanted.brands or None,
        "gender__in": wanted.genders or None,
        "current_price_kobo__gte": wanted.min_price_kobo,
        "current_price_kobo__lte": wanted.max_price_kobo,
        "rating_average__gte": wanted.min_rating,
        "on_sale": wanted.on_sale,
    }
    condition = Q(**{name: value for name, value in columns.items() if value is not None})
    if wanted.refs is not None:
        condition &= Q(public_id__in=wanted.refs) | Q(slug__in=wanted.refs)
    tagged = Q()
    for tag in wanted.tags:
        tagged |= Q(tags__contains=[tag])
    return condition & tagged


def stock_conditions(wanted: ProductFilter) -> Q:
    """Return what one of the product's variants must be; of a size or a colour alone its search row tells."""
    condition = Q()
    if wanted.sizes and not (wanted.colours or wanted.in_stock):
        condition &= Q(search__sizes__overlap=list(wanted.sizes))
    elif wanted.colours and not (wanted.sizes or wanted.in_stock):
        condition &= Q(search__colours__overlap=list(wanted.colours))
    elif wanted.sizes or wanted.colours or wanted.in_stock:
        condition &= Q(Exists(variants_of(wanted).filter(product=OuterRef("pk"))))
    if wanted.in_stock is False:
        condition &= ~Q(Exists(variants_of(ProductFilter(in_stock=True)).filter(product=OuterRef("pk"))))
    return condition


def variants_of(wanted: ProductFilter) -> VariantQuerySet:
    """Return the active variants of the sizes and colours, and with pieces left where only those are wanted."""
    variants = ProductVariant.objects.active()
    if wanted.sizes:
        variants = variants.filter(size__in=wanted.sizes)
    if wanted.colours:
        variants = variants.filter(colour__in=wanted.colours)
    return variants.filter(stock_on_hand__gt=F("stock_reserved")) if wanted.in_stock else variants


def find_variant(sku: str, *, field: str = "sku") -> ProductVariant:
    """Return a variant that can be ordered, with product, category and brand loaded. Raises `NotForSale`."""
    variant = ProductVariant.objects.for_sale().filter(sku=sku).first()
    if variant is None:
        raise NotForSale(f"{sku} is not for sale.", field=field)
    return variant
