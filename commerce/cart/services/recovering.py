"""Opening a cart by the link of its reminder, on whatever device the mail is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from commerce.accounts.models import User
from commerce.cart.models import Cart, CartReminder, CartStatus
from commerce.cart.services.carts import (
    EmptyCart,
    guest_cart,
    hash_token,
    lock_cart,
    merge_guest_cart,
    pour_cart,
    touch,
)
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

SALT, KEY_SALT = "commerce.cart.recovery", "commerce.cart.key"
LINK_LASTS = timedelta(days=14)


class LinkExpired(Refused):
    """The link is too old, was cut short, or leads to another customer's cart."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "link_expired"


class SignInNeeded(Refused):
    """The cart is a customer's: whoever has the link is not signed in by it."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "sign_in_needed"


def recovery_token(cart: Cart) -> str:
    """Return the token of a reminder's link: it names the cart, is signed, and lasts two weeks."""
    return signing.dumps(str(cart.pk), salt=SALT)


def guest_key(cart: Cart) -> str:
    """Return the key that all who follow a guest's link get: the first device keeps its own beside it."""
    return salted_hmac(KEY_SALT, str(cart.pk), algorithm="sha256").hexdigest()


def linked_cart(token: str) -> Cart:
    """Return the cart of a link, or the one it was merged into. Raises `LinkExpired`, `EmptyCart` (it was ordered)."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature as error:
        raise LinkExpired("This link has expired. What you had in your cart is still in the shop.") from error
    found = Cart.objects.filter(pk=pk).first()
    # A guest's cart may have gone into that of another link, and that one into a customer's.
    while found and found.merged_into:
        found = found.merged_into
    if found is None:
        raise LinkExpired("This cart is no longer there.")
    if found.status == CartStatus.CONVERTED:
        raise EmptyCart("You have ordered this cart already. Thank you!")
    return found


@transaction.atomic
def recover_cart(
    *, token: str, user: User | None, held: str | None, actor: Actor, at: datetime
) -> tuple[Cart, str | None]:
    """Open the cart of a reminder's link; return it, and for a guest the token that opens it from here on.

    A customer's cart opens for that customer alone. A guest's opens for everybody with the link, and is merged for who
    is signed in; what the browser has in the cart of its own token `held` comes along. Raises `LinkExpired`,
    `SignInNeeded`, `EmptyCart`.
    """
    cart = linked_cart(token)
    if cart.user_id and user is None:
        raise SignInNeeded("This cart belongs to an account. Sign in to open it.")
    if cart.user_id and user and cart.user_id != user.pk:
        raise LinkExpired("This link is for another account.")
    cart = lock_cart(cart)
    reminders = CartReminder.objects.filter(cart=cart)
    reminders.filter(opened_at=None).update(opened_at=at)
    touch(cart, actor=actor, at=at)
    if cart.user_id:
        return cart, None
    key = guest_key(cart)
    CartReminder.objects.update_or_create(cart=cart, defaults={"key_hash": hash_token(key)})
    if user:
        return merge_guest_cart(user=user, token=key, actor=actor, at=at) or cart, None
    bring_along(cart, held=held, actor=actor, at=at)
    return cart, key


def bring_along(cart: Cart, *, held: str | None, actor: Actor, at: datetime) -> None:
    """Put into a locked guest's cart what the same browser had in another one."""
    other = guest_cart(held or "")
    if other is None or other.pk == cart.pk:
        return
    free = Cart.objects.select_for_update(no_key=True, skip_locked=True)  # never waits: two links could wait in a ring
    other = free.filter(pk=other.pk).first()
    if other and other.is_open:
        pour_cart(other, cart, actor=actor, at=at)
