"""What happens to an account, as subscriptions hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.accounts.models import User
from commerce.subscriptions.services import forget_subscriber


def forget_on_closing(*, user: User, at: datetime, **_signal: Any) -> None:
    """End the subscription of who closes their account, and forget their card."""
    forget_subscriber(user=user, at=at)
