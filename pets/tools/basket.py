"""The cart and its coupons. What changes the cart is asked first."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.conf import settings
from django.db.models import F, Q

from commerce.cart.services import (
    Choices,
    EmptyCart,
    NotInCart,
    PricedCart,
    Quote,
    add_to_cart,
    find_cart,
    price_cart,
    quote_cart,
    set_quantity,
)
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import find_variant
from commerce.catalog.services.stock import out_of_stock
from commerce.promotions.models import Coupon
from commerce.promotions.services import Asker, CouponRefused
from pets.memory import saw
from pets.models import MessageKind
from pets.tools.cards import amount, card, choose_variant, load_one, named, price_of
from pets.tools.catalogue import Names, Ref, Words
from pets.tools.forms import Arguments, Context, Data, NotFound, Nothing, Outcome, Proposal, Tool
from zuka.platform.money import format_money
from zuka.platform.pictures.sizes import picture_json

MOST_TRIED = 10
Quantity = Annotated[int, msgspec.Meta(ge=1, le=99)]


class Addition(Arguments):
    """What to put in the cart: a product with size and colour, or a sku; of `colours` any will do."""

    product: Ref | None = None
    sku: Words | None = None
    size: Words | None = None
    colours: Names = ()
    quantity: Quantity = 1


class Removal(Arguments):
    """What to take out: a product, or a line's sku."""

    product: Ref | None = None
    sku: Words | None = None


class Code(Arguments):
    """A coupon's code."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


def own_cart(context: Context) -> PricedCart:
    """Return the person's cart at today's prices."""
    cart = find_cart(user=context.user, token=None, actor=context.actor, at=context.at)
    return price_cart(cart, currency=settings.SHOP_CURRENCY)


def cart_json(priced: PricedCart) -> Data:
    """Return a cart as pets show it."""
    lines = [
        {
            "sku": each.line.variant.sku,
            "product_id": each.line.variant.product.public_id,
            "slug": each.line.variant.product.slug,
            "name": named(each.line.variant),
            "image": picture_json(each.line.variant.image_url or each.line.variant.product.image_url),
            "quantity": each.line.quantity,
            "total": amount(each.total_kobo, priced.currency),
            "problem": each.problem,
        }
        for each in priced.lines
    ]
    return {"lines": lines, "quantity": priced.quantity, "subtotal": amount(priced.subtotal_kobo, priced.currency)}


def show_cart(context: Context, _asked: Nothing) -> Outcome:
    """Return the person's cart."""
    return Outcome(MessageKind.CART, {"cart": cart_json(own_cart(context))})


def meant_variant(context: Context, asked: Addition) -> ProductVariant:
    """Return which variant is meant. Raises `ChoiceNeeded`, `NotFound`, `NotForSale`."""
    if asked.sku:
        return find_variant(asked.sku)
    if not asked.product:
        raise NotFound("Say which product.")
    return choose_variant(context, load_one(asked.product), size=asked.size, colours=asked.colours)


def propose_addition(context: Context, asked: Addition) -> Proposal:
    """Ask before something is put in the cart. Raises `OutOfStock` and what `meant_variant` raises."""
    variant = meant_variant(context, asked)
    if variant.stock_available < asked.quantity:
        raise out_of_stock(variant, field="quantity")
    pieces = f"{asked.quantity} × " if asked.quantity > 1 else ""
    question = f"Shall I put {pieces}{named(variant)} in your cart for {price_of(variant, asked.quantity)}?"
    product = load_one(variant.product.public_id)
    data = {"products": [card(product)], "product": named(variant)}
    return Proposal(question, {"sku": variant.sku, "quantity": asked.quantity}, data)


def add(context: Context, asked: Addition) -> Outcome:
    """Put pieces in the person's cart, at the shop's prices and rules, and learn from it."""
    variant = meant_variant(context, asked)
    cart, _ = add_to_cart(
        user=context.user, token=None, sku=variant.sku, quantity=asked.quantity, actor=context.actor, at=context.at
    )
    for kind, value in (("size", variant.size), ("colour", variant.colour)):
        if value:
            saw(pet_id=context.pet.pk, kind=kind, value=value, at=context.at)
    priced = price_cart(cart, currency=settings.SHOP_CURRENCY)
    total = format_money(priced.subtotal_kobo, priced.currency)
    return Outcome(MessageKind.CART, {"cart": cart_json(priced), "product": named(variant), "total": total})


def line_of(context: Context, asked: Removal) -> tuple[PricedCart, ProductVariant]:
    """Return the person's cart and which variant of it is meant. Raises `NotInCart`."""
    priced = own_cart(context)
    for each in priced.lines:
        variant = each.line.variant
        if asked.sku == variant.sku or asked.product in {variant.product.public_id, variant.product.slug}:
            return priced, variant
    raise NotInCart("That is not in your cart.")


def propose_removal(context: Context, asked: Removal) -> Proposal:
    """Ask before something is taken out. Raises `NotInCart`."""
    _, variant = line_of(context, asked)
    question = f"Shall I take {named(variant)} out of your cart?"
    return Proposal(question, {"sku": variant.sku}, {"product": named(variant)})


def remove(context: Context, asked: Removal) -> Outcome:
    """Take a line out of the person's cart. Raises `NotInCart`."""
    priced, variant = line_of(context, asked)
    if priced.cart is None:
        raise NotInCart("That is not in your cart.")
    cart = set_quantity(cart=priced.cart, sku=variant.sku, quantity=0, actor=context.actor, at=context.at)
    left = price_cart(cart, currency=settings.SHOP_CURRENCY)
    return Outcome(MessageKind.CART, {"cart": cart_json(left), "product": named(variant)})


def quote(context: Context, priced: PricedCart, code: str, *, asker: Asker | None) -> Quote:
    """Return what the cart would cost with a code, delivery left out. Raises `CouponRefused`."""
    choices = Choices(coupon_codes=(code,))
    return quote_cart(priced=priced, choices=choices, at=context.at, user_id=context.user.pk, asker=asker)


def coupon_json(code: str, found: Quote) -> Data:
    """Return a coupon with what it takes off."""
    currency = found.priced.currency
    off = format_money(found.discount_kobo, currency) if found.discount_kobo else "the delivery"
    return {"code": code, "discount": amount(found.discount_kobo, currency), "discount_text": off}


def filled_cart(context: Context) -> PricedCart:
    """Return the person's cart with something in it. Raises `EmptyCart`."""
    priced = own_cart(context)
    if not priced.lines:
        raise EmptyCart("Your cart is empty.")
    return priced


def suggest_coupon(context: Context, _asked: Nothing) -> Outcome:
    """Return the coupon that takes the most off the cart, of those that staff let pets suggest."""
    priced = filled_cart(context)
    usable = Coupon.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=context.at),
        Q(valid_until=None) | Q(valid_until__gt=context.at),
        Q(usage_limit=None) | Q(usage_count__lt=F("usage_limit")),
        is_active=True,
        suggested=True,
    )
    found = []
    for code in usable.order_by("-id").values_list("code", flat=True)[:MOST_TRIED]:
        try:
            found.append((quote(context, priced, code, asker=None).discount_kobo, code))
        except CouponRefused:  # it is not for this cart; another may be
            continue
    if not found:
        return Outcome(MessageKind.COUPON, {"coupon": None})
    code = max(found)[1]
    return Outcome(MessageKind.COUPON, {"coupon": coupon_json(code, quote(context, priced, code, asker=None))})


def asker_of(context: Context) -> Asker:
    """Return as whose guesses codes count that a person tries through their pet: as their own elsewhere."""
    return Asker(f"user:{context.user.pk}", context.actor.ip)


def propose_coupon(context: Context, asked: Code) -> Proposal:
    """Look whether a code takes something off the cart, and ask. Raises `CouponRefused`, `EmptyCart`."""
    coupon = coupon_json(
        asked.code.strip().upper(), quote(context, filled_cart(context), asked.code, asker=asker_of(context))
    )
    question = f"Shall I use {coupon['code']}? It takes {coupon['discount_text']} off."
    return Proposal(question, {"code": coupon["code"]}, {"coupon": coupon})


def apply_coupon(context: Context, asked: Code) -> Outcome:
    """Check a code once more for the cart as it is now; the checkout takes it from here. Raises `CouponRefused`."""
    found = quote(context, filled_cart(context), asked.code, asker=asker_of(context))
    return Outcome(MessageKind.COUPON, {"coupon": {**coupon_json(asked.code, found), "is_applied": True}})


TOOLS = (
    Tool("show_cart", "Read the person's cart.", Nothing, show_cart),
    Tool("add_to_cart", "Put a product in the cart; the person is asked first.", Addition, add, propose_addition),
    Tool("remove_from_cart", "Take a product out of the cart; asked first.", Removal, remove, propose_removal),
    Tool("suggest_coupon", "Find the coupon that takes the most off the cart.", Nothing, suggest_coupon),
    Tool("apply_coupon", "Use a coupon code that the person has; asked first.", Code, apply_coupon, propose_coupon),
)
