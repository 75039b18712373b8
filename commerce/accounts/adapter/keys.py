"""What happens to an account, as the API keys that it owns hear of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.accounts.models import User
from zuka.platform.keys.closing import revoke_keys_of


def revoke_on_closing(*, user: User, at: datetime, **_signal: Any) -> None:
    """Revoke the API keys of who closes their account, and forget the devices that they are bound to."""
    revoke_keys_of(owner_id=user.pk, at=at)
