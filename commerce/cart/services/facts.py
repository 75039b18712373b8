"""What is tracked of carts and wishlists, and whom it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from analytics.track import track
from commerce.cart.models import Cart
from commerce.cart.services.pricing import PricedCart
from commerce.catalog.models import Product, ProductVariant
from zuka.platform.actor import Actor, actor_for


def speaker_of(cart: Cart, actor: Actor) -> Actor:
    """Return whom the facts of a cart are about; a guest whom no tracker named is named by the cart."""
    known = actor_for(user_id=cart.user_id, base=actor)
    return known if known.user_id or known.visitor_id else replace(known, visitor_id=cart.visitor_id or cart.speaker)


def product_facts(product: Product, variant: ProductVariant | None) -> dict[str, Any]:
    """Return what a tracked fact says of a product, or of a size and colour of it; its price in naira."""
    price = variant.unit_price_kobo if variant else product.current_price_kobo
    return {
        "product_id": product.public_id,
        "sku": variant.sku if variant else product.sku,
        "name": product.name,
        "category": product.category.name,
        "price": price / 100,
        "currency": product.currency,
    }


def track_change(cart: Cart, variant: ProductVariant, *, pieces: int, actor: Actor, at: datetime) -> None:
    """Track pieces that were put in a cart, or taken out (below zero)."""
    if not pieces:
        return
    event_type = "cart.item_added" if pieces > 0 else "cart.item_removed"
    track(
        event_type,
        actor=speaker_of(cart, actor),
        at=at,
        message_id=f"{event_type}:{cart.pk}:{cart.changes}",
        **product_facts(variant.product, variant),
        quantity=abs(pieces),
        value_kobo=variant.unit_price_kobo * abs(pieces),
        cart_id=str(cart.pk),
    )


def facts_of(priced: PricedCart) -> dict[str, Any]:
    """Return what a tracked fact says of a whole cart: its id, worth and products, amounts in naira."""
    return {
        "cart_id": str(priced.cart.pk) if priced.cart else None,
        "value": priced.subtotal_kobo / 100,
        "currency": priced.currency,
        "products": [
            {
                "product_id": each.line.variant.product.public_id,
                "qty": each.line.quantity,
                "price": each.unit_price_kobo / 100,
            }
            for each in priced.lines
        ],
    }
