"""allauth's records of how somebody has signed in, kept for the back office's own sign-in too."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from commerce.accounts.models import User


def note_sign_in(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Record that a member of staff has signed in."""
    if user.is_staff:
        record_authentication(request, user, "password")
