"""What happens to an account, as pets hear of it; and who a request's customer is."""

from __future__ import annotations

from typing import Any

from commerce.accounts.authentication import CUSTOMER_AUTHENTICATION, customer_of
from commerce.accounts.models import User
from commerce.accounts.services.moments import account_closing
from pets.models import UserPet

__all__ = ["CUSTOMER_AUTHENTICATION", "User", "customer_of", "listen"]


def forget_on_closing(*, user: User, **_signal: Any) -> None:
    """Let a pet go with its person's account: conversations, memory and actions with it."""
    UserPet.objects.filter(user=user).delete()


def listen() -> None:
    """Hear of accounts that are closed."""
    account_closing.connect(forget_on_closing, dispatch_uid="pets")
