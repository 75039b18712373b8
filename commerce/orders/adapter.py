"""What happens to an account, as orders hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from commerce.accounts.models import User
from commerce.orders.services import claim_guest_orders, refuse_open_orders
from zuka.platform.clock import now

log = structlog.get_logger(__name__)


def claim_on_proof(*, user: User, at: datetime, **_signal: Any) -> None:
    """Give an account the guest orders with what it has just confirmed, in the same transaction."""
    claim_guest_orders(user=user, at=at)


def claim_on_sign_in(*, user: User, **_signal: Any) -> None:
    """Claim what was ordered as a guest since e-mail or phone was confirmed. Never stands in the way of the sign-in."""
    try:
        claim_guest_orders(user=user, at=now())
    except Exception:
        # The next sign-in claims them.
        log.exception("orders.claim_failed", user_id=str(user.pk))


def refuse_closing(*, user: User, **_signal: Any) -> None:
    """Keep an account while an order of it is open. Raises `OrderOpen`."""
    refuse_open_orders(user=user)
