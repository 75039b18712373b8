"""Wishlists of customers. Each verb is one transaction; the same wish twice is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet

from analytics.track import track
from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.cart.models import Cart, StockAlert, Wishlist
from commerce.cart.services.carts import add_to_cart
from commerce.cart.services.facts import product_facts
from commerce.catalog.models import Product, ProductVariant
from commerce.catalog.services import NotForSale
from zuka.platform.actor import Actor, actor_for
from zuka.platform.errors import Refused

MOST_WISHES = 200


class NoSuchWish(Refused):
    """The shop does not show such a product, or it is not on the wishlist."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class WishlistFull(Refused):
    """More wishes than a list holds."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "wishlist_full"


class ChooseVariant(Refused):
    """The product comes in several sizes or colours, and none was chosen."""

    code: ClassVar[str] = "choose_variant"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for: a product's public id, and the sku of a size and colour of it, or any of them."""

    product_id: str
    sku: str | None = None


def wishes_of(user: User) -> QuerySet[Wishlist]:
    """Return a customer's wishes that the shop still shows, with all that a list of them says loaded."""
    products = Product.objects.with_availability().select_related("category", "brand")
    return (
        Wishlist.objects.filter(user=user, product__in=Product.objects.published().values("pk"))
        .select_related("variant")
        .prefetch_related(Prefetch("product", products))
    )


def add_wish(*, user: User, wish: Wish, actor: Actor, at: datetime) -> Wishlist:
    """Put a product on a customer's wishlist and track it, once. Raises `NoSuchWish`, `NotForSale`, `WishlistFull`,
    `AccountClosed`.
    """
    row, is_new = keep_wish(user=user, wish=wish, at=at)
    if is_new:
        track_wish("wishlist.item_added", row, actor=actor, at=at)
    return row


@transaction.atomic
def keep_wish(*, user: User, wish: Wish, at: datetime) -> tuple[Wishlist, bool]:
    """Return the row of a wish, and whether it is new. Raises as `add_wish` does."""
    product = Product.objects.published().select_related("category").filter(public_id=wish.product_id).first()
    if product is None:
        raise NoSuchWish("There is no such product.", field="product_id")
    variant = variant_of(product, wish.sku) if wish.sku else None
    # Two tabs at once must not both find room for the last one.
    hold_account(user_id=user.pk)
    found = Wishlist.objects.filter(user=user, product=product, variant=variant).first()
    if found is None and Wishlist.objects.filter(user=user).count() >= MOST_WISHES:
        raise WishlistFull(f"A wishlist holds {MOST_WISHES} products at most. Take something off first.")
    row = found or Wishlist.objects.create(user=user, product=product, variant=variant, added_at=at)
    row.product, row.variant = product, variant
    return row, found is None


def variant_of(product: Product, sku: str) -> ProductVariant:
    """Return a variant on offer of a product. Raises `NotForSale` for one that is another product's or hidden."""
    variant = product.variants.active().filter(sku=sku).first()
    if variant is None:
        raise NotForSale(f"{sku} is not for sale.", field="sku")
    variant.product = product
    return variant


@transaction.atomic
def add_wishes(*, user: User, wishes: Iterable[Wish], at: datetime) -> int:
    """Put what a guest has kept on the device on the customer's list, in this order; return how many are new.

    What is not for sale any more is left out, and what does not fit. The browser has told of them as they were made.
    """
    added = 0
    for wish in wishes:
        try:
            added += keep_wish(user=user, wish=wish, at=at)[1]
        except (NoSuchWish, NotForSale):
            continue  # the shop has changed since the guest wished for it
        except WishlistFull:
            break  # the account keeps what there was room for
    return added


@transaction.atomic
def remove_wish(*, user: User, wish: Wish, actor: Actor, at: datetime) -> None:
    """Take a product off a customer's wishlist, or one choice of it, and track it. Raises `NoSuchWish`."""
    rows = Wishlist.objects.filter(user=user, product__public_id=wish.product_id)
    if wish.sku:
        rows = rows.filter(variant__sku=wish.sku)
    found = list(rows.select_related("product__category", "variant").select_for_update(of=("self",)).order_by("pk"))
    if not found:
        raise NoSuchWish("This is not on your wishlist.")
    for row in found:
        drop(row, actor=actor, at=at)


def drop(row: Wishlist, *, actor: Actor, at: datetime) -> None:
    """Delete a locked wish and track it."""
    track_wish("wishlist.item_removed", row, actor=actor, at=at)
    row.delete()


@transaction.atomic
def move_wish(*, user: User, wish: Wish, actor: Actor, at: datetime) -> Cart:
    """Put one piece of a wish in the cart and take it off the list; return the cart.

    Without a sku it is the one that was wished for, or the only one there is. Raises `NoSuchWish`, `ChooseVariant`,
    and as `add_to_cart` does.
    """
    rows = Wishlist.objects.filter(user=user, product__public_id=wish.product_id).order_by("pk")
    found = list(rows.select_related("product__category", "variant").select_for_update(of=("self",)))
    if not found:
        raise NoSuchWish("This is not on your wishlist.")
    chosen = wish.sku and variant_of(found[0].product, wish.sku).sku
    sku = chosen or next((row.variant.sku for row in found if row.variant), "") or only_sku(found[0].product)
    cart, _ = add_to_cart(user=user, token=None, sku=sku, quantity=1, actor=actor, at=at)
    for row in found:
        if row.variant is None or row.variant.sku == sku:
            drop(row, actor=actor, at=at)
    return cart


def forget_wishes(*, user: User) -> None:
    """Delete what a customer wishes for, and what they wait for or were told to be back."""
    Wishlist.objects.filter(user=user).delete()
    StockAlert.objects.filter(user=user).delete()


def only_sku(product: Product) -> str:
    """Return the sku of a product that comes in one choice. Raises `ChooseVariant` for one that comes in several."""
    skus = list(ProductVariant.objects.for_sale().filter(Q(product=product)).values_list("sku", flat=True)[:2])
    if len(skus) != 1:
        raise ChooseVariant(f"Choose a size or colour of {product.name} first.", field="sku")
    return skus[0]


def track_wish(event_type: str, row: Wishlist, *, actor: Actor, at: datetime) -> None:
    """Track that a wish was made or taken back. Reads its product with its category."""
    if row.variant:
        row.variant.product = row.product
    track(
        event_type,
        actor=actor_for(user_id=row.user_id, base=actor),
        at=at,
        message_id=f"{event_type}:{row.pk}",
        **product_facts(row.product, row.variant),
    )
