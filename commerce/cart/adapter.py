"""What happens to an account, as carts hear of it: on sign-in the guest's becomes the customer's."""

from __future__ import annotations

from typing import Any

import structlog
from django.http import HttpRequest

from commerce.accounts.models import User
from commerce.cart.services import forget_carts, forget_reminders, forget_wishes, merge_guest_cart
from zuka.platform.actor import actor_for
from zuka.platform.clock import now

log = structlog.get_logger(__name__)


def merge_on_sign_in(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Merge the cart of the guest who signs in, named by `X-Zuka-Cart`. Never stands in the way of the sign-in."""
    token = request.headers.get("X-Zuka-Cart", "").strip()[:100] if request else ""
    if not token:
        return
    try:
        merge_guest_cart(user=user, token=token, actor=actor_for(user_id=user.pk), at=now())
    except Exception:
        # Any cart call of the customer merges it again.
        log.exception("cart.merge_failed", user_id=str(user.pk))


def forget_on_closing(*, user: User, **_signal: Any) -> None:
    """Delete what the owner of a closed account meant to buy, wished and waited for."""
    forget_carts(user=user)
    forget_wishes(user=user)
    forget_reminders(cart_id=None, email=user.email or "")
