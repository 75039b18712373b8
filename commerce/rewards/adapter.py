"""What happens to an account, as points and games hear of it."""

from __future__ import annotations

from typing import Any

from commerce.accounts.models import User
from commerce.rewards.services import forget_player


def forget_on_closing(*, user: User, **_signal: Any) -> None:
    """Take who closes their account off every board, and delete what they are called. The ledger stays, under an id."""
    forget_player(user_id=user.pk)
