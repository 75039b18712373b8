"""Carts that were left, and the mails about them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.cart.services import abandon_idle_carts, add_to_cart, ask_for_reminder, remind_of_carts
from tests.commerce.factories import NOON, VariantFactory
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

SHOPPER = Actor(visitor_id="visitor-1", session_id="session-1")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LEFT = NOON + 61 * MINUTE
DUE = NOON + 3 * HOUR


def fill(user: User | None = None, *, at: datetime = NOON, quantity: int = 2, **columns: Any) -> tuple[Cart, str]:
    """A cart with two pieces of a new variant, ₦2,000 each, and its token, empty for a customer's."""
    sku = VariantFactory.create(**columns).sku
    cart, token = add_to_cart(user=user, token=None, sku=sku, quantity=quantity, actor=SHOPPER, at=at)
    return cart, token or ""


def guest_cart(email: str = "Ngozi@example.com", *, at: datetime = NOON) -> tuple[Cart, str]:
    """A guest's cart whose owner has asked to be reminded."""
    cart, token = fill(at=at)
    ask_for_reminder(cart=cart, email=email)
    return cart, token


def leave(*, until: datetime = DUE, left: datetime = LEFT) -> int:
    """Let the time go by until reminders are due; return how many were queued."""
    abandon_idle_carts(at=left)
    return remind_of_carts(at=until)


def reminders() -> list[tuple[str, str]]:
    """Key and recipient of the reminders in the outbox."""
    return list(OutgoingMail.objects.filter(template="cart.reminder").order_by("id").values_list("key", "recipient"))


def link_token(mail: OutgoingMail) -> str:
    """The token in the link of a reminder."""
    found = re.search(r"#recover=(\S+)", mail.text)
    assert found
    return found[1]
