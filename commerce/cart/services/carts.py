"""The verbs of carts. Each locks the cart's row, so that what two tabs do at once adds up."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction

from analytics.track import track
from commerce.accounts.models import User
from commerce.cart.models import Cart, CartLine, CartReminder, CartStatus
from commerce.cart.services.facts import facts_of, speaker_of, track_change
from commerce.cart.services.pricing import PricedCart, PricedLine, price_cart
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import NotForSale, find_variant
from commerce.catalog.services.stock import out_of_stock
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

MOST_LINES = 50
MOST_PIECES = 99
# How exactly it is known when somebody was last seen at a cart that they only look at.
SEEN_AGAIN = timedelta(minutes=10)


class EmptyCart(Refused):
    """There is nothing in the cart, or no cart at all."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "empty_cart"


class CartFull(Refused):
    """More lines or pieces than a cart holds."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "cart_full"


class NotInCart(Refused):
    """The cart has no line of this sku."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


def hash_token(token: str) -> str:
    """Return what is stored of a guest's token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_cart(*, user: User | None, token: str | None, actor: Actor, at: datetime) -> Cart | None:
    """Return the open cart of a customer, or of the guest with this token; None when there is none.

    Who asks for it is back at it: an abandoned one is active again. A customer's request that still carries a guest's
    token merges that cart first.
    """
    if user and token:
        merge_guest_cart(user=user, token=token, actor=actor, at=at)
    found = Cart.objects.open().filter(user=user).first() if user else guest_cart(token or "")
    return wake_cart(found, actor=actor, at=at) if found else None


def guest_cart(token: str) -> Cart | None:
    """Return the open cart of a guest's token; None for a token that leads nowhere."""
    if not token:
        return None
    guests, key = Cart.objects.open().filter(user=None), hash_token(token)
    # A second question rather than an OR, which would use neither index.
    return guests.filter(token_hash=key).first() or guests.filter(reminder__key_hash=key).first()


def wake_cart(cart: Cart, *, actor: Actor, at: datetime) -> Cart | None:
    """Note that somebody is at an open cart, unless that is known already; None when it was closed this moment."""
    if cart.status == CartStatus.ACTIVE and at - cart.last_active_at < SEEN_AGAIN:
        return cart
    with transaction.atomic():
        locked = Cart.objects.select_for_update(no_key=True).get(pk=cart.pk)
        if not locked.is_open:
            return None
        touch(locked, actor=actor, at=at)
        return locked


def open_cart(*, user: User | None, token: str | None, actor: Actor, at: datetime) -> tuple[Cart, str | None]:
    """Return the open cart, made if need be, and the token of a new guest's cart (None otherwise)."""
    if found := find_cart(user=user, token=token, actor=actor, at=at):
        return found, None
    who = {"visitor_id": actor.visitor_id, "session_id": actor.session_id, "last_active_at": at, "created_at": at}
    if user:
        return Cart.objects.get_or_create(user=user, status=CartStatus.ACTIVE, defaults=who)[0], None
    fresh = secrets.token_urlsafe(32)
    return Cart.objects.create(token_hash=hash_token(fresh), **who), fresh


def lock_cart(cart: Cart) -> Cart:
    """Return a cart fresh from its row, locked until the transaction ends. Raises `EmptyCart` when it is closed."""
    locked = Cart.objects.select_for_update(no_key=True).get(pk=cart.pk)
    if not locked.is_open:
        raise EmptyCart("This cart was ordered already; begin another one.")
    return locked


@transaction.atomic
def add_to_cart(
    *, user: User | None, token: str | None, sku: str, quantity: int, actor: Actor, at: datetime
) -> tuple[Cart, str | None]:
    """Put pieces of a variant in the caller's cart and track it; return the cart, and the token of a new guest's.

    Raises `NotForSale`, `OutOfStock`, `CartFull`, `EmptyCart` (the cart was ordered at the same moment).
    """
    variant = find_variant(sku)
    opened, fresh = open_cart(user=user, token=token, actor=actor, at=at)
    if fresh:  # nobody else knows of it before this transaction ends, and nothing is in it
        cart, line, opened.currency = opened, None, variant.product.currency
    else:
        cart = lock_own_cart(user, actor=actor, at=at) if user else lock_cart(opened)
        line = find_line(cart, variant)
    change_line(cart, variant, line=line, quantity=(line.quantity if line else 0) + quantity, actor=actor, at=at)
    return cart, fresh


def find_line(cart: Cart, variant: ProductVariant) -> CartLine | None:
    """Return a locked cart's line of a variant, None where one may be added. Raises `CartFull`, `NotForSale`."""
    line = cart.lines.filter(variant=variant).first()
    if line is None and cart.lines.count() >= MOST_LINES:
        raise CartFull(f"A cart holds {MOST_LINES} different products at most.", field="sku")
    check_currency(cart, variant)
    return line


def lock_own_cart(user: User, *, actor: Actor, at: datetime) -> Cart:
    """Return a customer's open cart, made if need be, locked; another one when an order closes it right now."""
    who = {"visitor_id": actor.visitor_id, "session_id": actor.session_id, "last_active_at": at, "created_at": at}
    for _ in range(2):
        found = (
            Cart.objects.open().filter(user=user).first()
            or Cart.objects.get_or_create(user=user, status=CartStatus.ACTIVE, defaults=who)[0]
        )
        locked = Cart.objects.select_for_update(no_key=True).get(pk=found.pk)
        if locked.is_open:
            return locked
    return lock_cart(found)


def check_currency(cart: Cart, variant: ProductVariant) -> None:
    """Let the first line choose the cart's currency. Raises `NotForSale` for a line in another one."""
    currency = variant.product.currency
    if cart.currency == currency:
        return
    if cart.lines.exists():
        raise NotForSale("Products of different currencies cannot be in one cart.", field="sku")
    cart.currency = currency


@transaction.atomic
def set_quantity(*, cart: Cart, sku: str, quantity: int, actor: Actor, at: datetime) -> Cart:
    """Change how many pieces a line has, 0 takes it out; track what was added or removed.

    Raises `NotInCart`, `OutOfStock`, `CartFull`.
    """
    cart = lock_cart(cart)
    line = cart.lines.filter(variant__sku=sku).select_related("variant__product__category").first()
    if line is None:
        raise NotInCart(f"{sku} is not in the cart.")
    change_line(cart, line.variant, line=line, quantity=quantity, actor=actor, at=at)
    return cart


def change_line(
    cart: Cart, variant: ProductVariant, *, line: CartLine | None, quantity: int, actor: Actor, at: datetime
) -> None:
    """Bring a line of a locked cart to so many pieces, and track the difference."""
    before = line.quantity if line else 0
    if quantity > MOST_PIECES:
        raise CartFull(f"A cart holds {MOST_PIECES} pieces of one product at most.", field="quantity")
    if quantity > max(before, variant.stock_available):
        raise out_of_stock(variant, field="quantity")
    if line is None:
        price = variant.unit_price_kobo
        CartLine.objects.create(cart=cart, variant=variant, quantity=quantity, added_price_kobo=price, added_at=at)
    elif quantity == 0:
        line.delete()
    else:
        CartLine.objects.filter(pk=line.pk).update(quantity=quantity)
    touch(cart, actor=actor, at=at, changes=int(quantity != before))
    track_change(cart, variant, pieces=quantity - before, actor=actor, at=at)


def touch(cart: Cart, *, actor: Actor, at: datetime, changes: int = 0) -> None:
    """Note who is at a locked cart, and when: it is active. `changes` counts what was done to its lines."""
    if cart.status == CartStatus.ABANDONED:
        CartReminder.objects.call_off(cart)
    cart.status = CartStatus.ACTIVE
    cart.visitor_id = actor.visitor_id or cart.visitor_id
    cart.session_id = actor.session_id or cart.session_id
    cart.last_active_at, cart.changes = at, cart.changes + changes
    columns = ["status", "visitor_id", "session_id", "last_active_at", "changes", "currency", "updated_at"]
    cart.save(update_fields=columns)


@transaction.atomic
def merge_guest_cart(*, user: User, token: str, actor: Actor, at: datetime) -> Cart | None:
    """Move a guest's lines into the customer's cart, quantities added up; return it, None without a guest's cart.

    Twice, or from two tabs at once, it is merged once. What is too many for the stock is told when the cart is read.
    """
    found = guest_cart(token)
    guest = Cart.objects.select_for_update(no_key=True).get(pk=found.pk) if found else None
    if guest is None or not guest.is_open:
        return None
    own = lock_own_cart(user, actor=actor, at=at)
    pour_cart(guest, own, actor=actor, at=at)
    return own


def pour_cart(source: Cart, target: Cart, *, actor: Actor, at: datetime) -> None:
    """Move the lines of a locked guest's cart into another locked one; it is closed, its reminder the other's."""
    if not target.lines.exists():
        target.currency = source.currency
    if target.currency == source.currency:
        for line in source.lines.order_by("variant_id"):
            merge_line(target, line)
    source.status, source.merged_into = CartStatus.MERGED, target
    source.save(update_fields=["status", "merged_into", "updated_at"])
    CartReminder.objects.follow(source, target)
    touch(target, actor=actor, at=at, changes=1)


def merge_line(own: Cart, line: CartLine) -> None:
    """Add a guest's line to a locked cart."""
    facts = {"quantity": line.quantity, "added_price_kobo": line.added_price_kobo, "added_at": line.added_at}
    found, created = CartLine.objects.get_or_create(cart=own, variant_id=line.variant_id, defaults=facts)
    if not created:
        found.quantity = min(found.quantity + line.quantity, MOST_PIECES)
        found.save(update_fields=["quantity"])


@transaction.atomic
def check_out(*, cart: Cart | None, currency: str, actor: Actor, at: datetime) -> PricedCart:
    """Return a cart that can be ordered now, and track `checkout.started` once for each state of it.

    Raises `EmptyCart`, `OutOfStock`, `NotForSale`.
    """
    priced = price_cart(cart, currency=currency)
    if cart is None or not priced.lines:
        raise EmptyCart("Your cart is empty.")
    for each in priced.lines:
        refuse_problem(each)
    track(
        "checkout.started",
        actor=speaker_of(cart, actor),
        at=at,
        message_id=f"checkout.started:{cart.pk}:{state_of(priced)}",
        **facts_of(priced),
    )
    return priced


def refuse_problem(priced: PricedLine) -> None:
    """Raise what stands in the way of ordering a line, if anything does."""
    if priced.problem == "not_for_sale":
        raise NotForSale(f"{priced.line.variant.product.name} is no longer for sale.", field="lines")
    if priced.problem:
        raise out_of_stock(priced.line.variant, field="lines")


def state_of(priced: PricedCart) -> str:
    """Return what tells one content of a cart from another: the same lines are the same checkout."""
    lines = sorted(f"{each.line.variant_id}:{each.line.quantity}" for each in priced.lines)
    return hashlib.sha256(" ".join(lines).encode()).hexdigest()[:16]


def convert_cart(*, cart: Cart, at: datetime) -> None:
    """Close a locked cart that was ordered."""
    cart.status, cart.converted_at, cart.last_active_at = CartStatus.CONVERTED, at, at
    cart.save(update_fields=["status", "converted_at", "last_active_at", "updated_at"])


def forget_carts(*, user: User) -> None:
    """Delete a customer's carts but those that were ordered."""
    Cart.objects.filter(user=user).exclude(status=CartStatus.CONVERTED).delete()
