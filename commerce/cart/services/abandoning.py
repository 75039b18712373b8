"""Carts that nobody came back to."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction

from analytics.track import track
from commerce.cart.models import Cart, CartReminder, CartStatus
from commerce.cart.services.facts import facts_of, speaker_of
from commerce.cart.services.pricing import price_cart
from commerce.cart.services.reminding import plan_reminder
from zuka.platform.actor import Actor
from zuka.platform.live_settings.reading import live

AT_ONCE = 50  # a customer who comes back at that moment waits for no more carts than these
RUN_SECONDS = 50


def abandon_idle_carts(*, at: datetime) -> int:
    """Set active carts aside whose owners were away for CART_ABANDONED_MINUTES; return how many had something in them.

    Each idle spell of one is tracked as `cart.abandoned` once. Any number of workers may run this at once: a cart that
    its owner or another worker is at this moment is left to the next run.
    """
    ends, found, abandoned = monotonic() + RUN_SECONDS, AT_ONCE, 0
    while found == AT_ONCE and monotonic() < ends:
        found, filled = abandon_some(at=at)
        abandoned += filled
    return abandoned


@transaction.atomic
def abandon_some(*, at: datetime) -> tuple[int, int]:
    """Set some idle carts aside, those idle longest first; return how many, and how many had something in them."""
    limit = at - timedelta(minutes=live.CART_ABANDONED_MINUTES)
    idle = Cart.objects.filter(status=CartStatus.ACTIVE, last_active_at__lt=limit).order_by("last_active_at")
    carts = list(idle.select_for_update(skip_locked=True, no_key=True)[:AT_ONCE])  # a locked one is in use
    return len(carts), sum(abandon_cart(cart, at=at) for cart in carts)


def abandon_cart(cart: Cart, *, at: datetime) -> bool:
    """Set a locked cart aside and track it; say whether anything was in it. An empty one is no fact."""
    cart.status = CartStatus.ABANDONED
    cart.save(update_fields=["status", "updated_at"])
    priced = price_cart(cart, currency=cart.currency)
    if not priced.lines:
        CartReminder.objects.forget(cart_id=cart.pk, email="")
        return False
    plan_reminder(cart, at=at)
    idle_since = cart.last_active_at
    track(
        "cart.abandoned",
        actor=speaker_of(cart, Actor(visitor_id=cart.visitor_id)),
        at=min(at, idle_since + timedelta(minutes=live.CART_ABANDONED_MINUTES)),
        message_id=f"cart.abandoned:{cart.pk}:{idle_since.isoformat()}",
        **facts_of(priced),
    )
    return True
