"""Looking for things: search, detail, comparison, recommendations, stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
from django.db.models import F

from commerce.catalog.models import STARS, Brand, Category, ProductQuerySet, ProductVariant
from commerce.catalog.services import ProductFilter, find_products
from pets.models import MessageKind
from pets.recommending import recommend_products
from pets.tools.cards import card, fits, load, load_one, offered, variant_json
from pets.tools.forms import Arguments, Context, Data, NotFound, Outcome, Tool

MOST_SHOWN = 6
MOST_COMPARED = 4
SORTS: dict[str, tuple[Any, ...]] = {
    "cheaper": ("current_price_kobo", "-id"),
    "dearer": ("-current_price_kobo", "-id"),
    "popular": ("-purchase_count", "-id"),
    "newest": ("-id",),
    "rated": (STARS.desc(), F("rating_count").desc(), "-id"),
}
# What is let go of, one after the other, where nothing fits all of it.
RELAXED: tuple[tuple[str, ...], ...] = (
    ("sizes",),
    ("sizes", "colours"),
    ("sizes", "colours", "min_price_kobo", "max_price_kobo"),
)
Words = Annotated[str, msgspec.Meta(max_length=200)]
# As many as a catalogue may have for "red": shops write colours as they like.
Names = Annotated[tuple[Words, ...], msgspec.Meta(max_length=1_000)]
Ref = Annotated[str, msgspec.Meta(max_length=200, description="A product's id or slug, as a tool named it.")]
Kobo = Annotated[int, msgspec.Meta(ge=0, lt=10**15, description="Kobo: 2000000 is ₦20,000.")]


class Search(Arguments):
    """What to look for."""

    words: Annotated[str, msgspec.Meta(max_length=200, description="Words of name, brand, tags or category.")] = ""
    category_id: int | None = None
    brand_id: int | None = None
    colours: Names = ()
    not_colours: Annotated[Names, msgspec.Meta(description="Colours that they do not want.")] = ()
    sizes: Names = ()
    price_min_kobo: Kobo | None = None
    price_max_kobo: Kobo | None = None
    sort: Literal["cheaper", "dearer", "popular", "newest", "rated"] | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=20, description="2 for the next six of the same search.")] = 1


class One(Arguments):
    """A product."""

    product: Ref


class Several(Arguments):
    """Products to set side by side."""

    products: Annotated[tuple[Ref, ...], msgspec.Meta(min_length=2, max_length=MOST_COMPARED)]


class Wish(Arguments):
    """What recommendations should go with; empty: with the person's taste and the products shown last."""

    products: Annotated[tuple[Ref, ...], msgspec.Meta(max_length=10)] = ()


class Stock(Arguments):
    """A product, and the size and colour asked for; of `colours` any will do."""

    product: Ref
    size: Words | None = None
    colours: Names = ()


def filter_of(asked: Search) -> ProductFilter:
    """Return a search as the catalogue takes it. Up to two queries, for slugs."""
    category = Category.objects.filter(pk=asked.category_id or 0).values_list("slug", flat=True)
    brand = Brand.objects.filter(pk=asked.brand_id or 0).values_list("slug", flat=True)
    return ProductFilter(
        category=category.first() if asked.category_id else None,
        brands=tuple(brand) if asked.brand_id else (),
        colours=asked.colours,
        sizes=asked.sizes,
        min_price_kobo=asked.price_min_kobo,
        max_price_kobo=asked.price_max_kobo,
        words=asked.words or None,
        in_stock=True,
    )


def order_of(asked: Search, products: ProductQuerySet) -> ProductQuerySet:
    """Return products in the order asked for: else the best matches first, without words what sells."""
    best: tuple[Any, ...] = ("-relevance",) if asked.words else ()
    return products.order_by(*(SORTS[asked.sort] if asked.sort else (*best, *SORTS["popular"])))


def search_products(_context: Context, asked: Search) -> Outcome:
    """Return the products that fit, else those that nearly do, and what was let go of for them."""
    wanted = filter_of(asked)
    for gone in ((), *RELAXED):
        if gone and replace(wanted, **{name: getattr(ProductFilter(), name) for name in gone}) == wanted:
            continue
        before = (asked.page - 1) * MOST_SHOWN
        products = find_products(wanted.without(*gone))
        if asked.not_colours:
            products = products.exclude(search__colours__overlap=list(asked.not_colours))
        found = list(order_of(asked, products)[: before + MOST_SHOWN + 1])
        if found:
            return shown(found[before:], relaxed=gone, page=asked.page)
    return shown([], relaxed=(), page=asked.page)


def shown(found: list[Any], *, relaxed: tuple[str, ...], page: int) -> Outcome:
    """Return found products as cards."""
    first = found[:MOST_SHOWN]
    data = {
        "products": [card(each) for each in first],
        "relaxed": list(relaxed),
        "has_more": len(found) > MOST_SHOWN,
        "page": page,
    }
    return Outcome(MessageKind.PRODUCTS, data, tuple(each.public_id for each in first))


def product_detail(_context: Context, asked: One) -> Outcome:
    """Return a product with its words, sizes and colours."""
    product = load_one(asked.product)
    return Outcome(MessageKind.PRODUCTS, {"products": [detail_of(product)]}, (product.public_id,))


def detail_of(product: Any) -> Data:
    """Return a card with what a product's page says. One query."""
    return {
        **card(product),
        "description": product.description[:1000] or product.short_description,
        "material": product.material,
        "care": product.care_instructions,
        "variants": [variant_json(each) for each in offered(product)],
    }


def compare_products(_context: Context, asked: Several) -> Outcome:
    """Return products side by side. Raises `NotFound` where fewer than two are there."""
    found = load(asked.products)
    if len(found) < 2:
        raise NotFound("I need two products that the shop has.")
    rows = [detail_of(each) for each in found]
    for row in rows:
        row["sizes"] = sorted({each["size"] for each in row["variants"] if each["size"]})
        row["colours"] = sorted({each["colour"] for each in row["variants"] if each["colour"]})
    return Outcome(MessageKind.COMPARISON, {"products": rows}, tuple(each.public_id for each in found))


def recommend(context: Context, asked: Wish) -> Outcome:
    """Return what goes with products, or with the person's taste, each with its reason."""
    about = load(asked.products or context.shown[:1])
    found = recommend_products(
        user_id=context.user.pk,
        product_ids=[each.pk for each in about],
        preferences={**context.tastes, "price": context.tastes.get("price_max", ())},
        limit=MOST_SHOWN,
        at=context.at,
    )
    reasons = {each.product_id: each.reason for each in found}
    ready = {each.pk: each for each in find_products(ProductFilter()).filter(pk__in=list(reasons))}
    products = [ready[pk] for pk in reasons if pk in ready]
    cards = [card(each, reason=reasons[each.pk]) for each in products]
    data = {"products": cards, "basis": [each.basis for each in found if each.product_id in ready]}
    return Outcome(MessageKind.PRODUCTS, data, tuple(each.public_id for each in products))


def named_colour(colours: Sequence[str], found: Sequence[ProductVariant]) -> str | None:
    """Return the colour that an answer is about: the one that was asked for; of several those that are there."""
    if len(colours) > 1:
        return " or ".join(sorted({each.colour for each in found if each.colour})) or "that colour"
    return colours[0] if colours else None


def check_stock(_context: Context, asked: Stock) -> Outcome:
    """Say which sizes and colours of a product can be ordered now; how many is not public."""
    product = load_one(asked.product)
    variants = offered(product)
    wanted = [each for each in variants if fits(each, size=asked.size, colours=asked.colours)]
    there = [each for each in wanted if each.stock_available > 0]
    data = {
        "products": [{**card(product), "variants": [variant_json(each) for each in variants]}],
        "in_stock": bool(there),
        "asked": {"size": asked.size, "colour": named_colour(asked.colours, there)},
    }
    return Outcome(MessageKind.PRODUCTS, data, (product.public_id,))


TOOLS = (
    Tool("search_products", "Find products of the shop by words, colour, size and price.", Search, search_products),
    Tool("product_detail", "Read one product: words, sizes, colours, prices.", One, product_detail),
    Tool("compare_products", "Set two to four products side by side.", Several, compare_products),
    Tool("recommend", "Suggest products that fit the person or go with products.", Wish, recommend),
    Tool("check_stock", "Say whether a product, or a size and colour of it, can be ordered now.", Stock, check_stock),
)
