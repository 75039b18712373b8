"""Products as pets show them, and how a product, size and colour are found by what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commerce.catalog.models import Product, ProductVariant
from commerce.catalog.services import ProductFilter, find_products
from commerce.money import money
from pets.tools.forms import ChoiceNeeded, Context, Data, NotFound
from zuka.platform.money import format_money
from zuka.platform.pictures.sizes import picture_json

MOST_CHOICES = 12


def card(product: Product, *, reason: str = "") -> Data:
    """Return a product as a card. Reads category, brand and `stock_total`."""
    return {
        "id": product.public_id,
        "slug": product.slug,
        "name": product.name,
        "brand": product.brand.name if product.brand else None,
        "category": product.category.name,
        "price": money(product.current_price_kobo, product.currency),
        "regular_price": money(product.price_kobo, product.currency),
        "in_stock": getattr(product, "stock_total", 0) > 0,
        "image": picture_json(product.image_url),
        "rating_average": str(product.rating_average) if product.rating_average else None,
        "rating_count": product.rating_count,
        "reason": reason,
    }


def load(refs: Sequence[str]) -> list[Product]:
    """Return the published products of public ids or slugs in their order; others are left out. One query."""
    wanted = tuple(dict.fromkeys(refs))
    if not wanted:
        return []
    found = {key: each for each in find_products(ProductFilter(refs=wanted)) for key in (each.public_id, each.slug)}
    return [found[ref] for ref in wanted if ref in found]


def load_one(ref: str) -> Product:
    """Return a published product. Raises `NotFound`."""
    found = load([ref.replace("\x00", "")])
    if not found:
        raise NotFound("The shop has no such product.")
    return found[0]


def offered(product: Product) -> list[ProductVariant]:
    """Return the sizes and colours of a product that are on offer, sold out or not. One query."""
    variants = list(product.variants.filter(active=True))
    for each in variants:
        each.product = product
    return variants


def variant_json(variant: ProductVariant) -> Data:
    """Return a size and colour."""
    return {
        "sku": variant.sku,
        "size": variant.size,
        "colour": variant.colour,
        "price": money(variant.unit_price_kobo, variant.product.currency),
        "in_stock": variant.stock_available > 0,
    }


def fits(variant: ProductVariant, *, size: str | None, colours: Sequence[str]) -> bool:
    """Say whether a variant has the size, and one of the colours, that were asked for."""
    asked = [((size,) if size else (), variant.size), (colours, variant.colour)]
    return all(not wanted or (own or "").casefold() in map(str.casefold, wanted) for wanted, own in asked)


def choose_variant(context: Context, product: Product, *, size: str | None, colours: Sequence[str]) -> ProductVariant:
    """Return the variant that is meant, by what was said and else by what is remembered.

    Raises `ChoiceNeeded` where several are left, `NotFound` where none has that size and colour.
    """
    variants = [each for each in offered(product) if fits(each, size=size, colours=colours)]
    if not variants:
        raise NotFound(f"{product.name} does not come like that.")
    there = [each for each in variants if each.stock_available > 0] or variants
    if len(there) > 1:
        there = liked(there, context.tastes.get("size", ()), "size")
    if len(there) > 1:
        there = liked(there, context.tastes.get("colour", ()), "colour")
    if len(there) == 1:
        return there[0]
    raise ChoiceNeeded(f"Choose a size or colour of {product.name}.", data=choices_of(product, there))


def liked(variants: list[ProductVariant], tastes: Sequence[str], column: str) -> list[ProductVariant]:
    """Return those of a remembered size or colour, all of them where none is."""
    known = {each.casefold() for each in tastes}
    return [each for each in variants if (getattr(each, column) or "").casefold() in known] or variants


def choices_of(product: Product, variants: Sequence[ProductVariant]) -> Data:
    """Return what there is to choose from: each with the words that say so."""
    choices = [
        {"label": each.choice, "say": f"add {each.choice} [{each.sku}]", "sku": each.sku}
        for each in variants[:MOST_CHOICES]
    ]
    return {"product": {"id": product.public_id, "slug": product.slug, "name": product.name}, "choices": choices}


def named(variant: ProductVariant) -> str:
    """Return a variant for people: `Adire maxi gown (M, indigo)`."""
    choice = f" ({variant.choice})" if variant.choice else ""
    return f"{variant.product.name}{choice}"


def price_of(variant: ProductVariant, quantity: int = 1) -> str:
    """Return what so many pieces cost, for people."""
    return format_money(variant.unit_price_kobo * quantity, variant.product.currency)


def amount(kobo: int, currency: str) -> Any:
    """Return an amount as clients show it."""
    return money(kobo, currency)
