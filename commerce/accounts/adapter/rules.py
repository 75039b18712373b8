from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from commerce.accounts.authentication import read_platform, sent_key
from commerce.accounts.models import AuthProvider, User
from commerce.accounts.services import (
    change_password,
    end_device,
    note_sign_in,
)
from commerce.notifications.services import notify_of_account
from zuka.platform.actor import current_actor
from zuka.platform.audit.actions import record_own
from zuka.platform.clock import now
from zuka.platform.http import client_ip

# What the library tells the owner of an account about, and our mail for it.
TOLD = {
    "mfa/email/totp_activated": "account.second_step_on",
    "mfa/email/totp_deactivated": "account.second_step_off",
    "mfa/email/recovery_codes_generated": "account.recovery_codes",
}


class AccountAdapter(DefaultAccountAdapter):
    """The shop's rules in allauth: accounts are made, read and tracked by our services."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Say that nobody signs up by password: the answer would tell who has an account."""
        return False

    def post_login(self, request: HttpRequest, user: User, *, signup: bool, **details: Any) -> HttpResponse:
        """Track a sign-in, unless it is the first one, which belongs to the sign-up."""
        if not signup:
            method = AuthProvider((details.get("signal_kwargs") or {}).get("method", AuthProvider.EMAIL))
            note_sign_in(user=user, method=method, platform=read_platform(request), actor=current_actor(), at=now())
        answer: HttpResponse = super().post_login(request, user, signup=signup, **details)
        return answer

    def set_password(self, user: User, password: str) -> None:
        """Change a password that was checked; the device that asks stays signed in."""
        change_password(user=user, password=password, at=now(), keep=sent_key(self.request))

    def reauthenticate(self, user: User, password: str) -> bool:
        """Say whether this is the account's password. Guesses are counted like those of a sign-in."""
        found = self.authenticate(self.request, email=user.email or "", password=password)
        return found is not None and found.pk == user.pk

    def forgive_attempt(self) -> None:
        """Take back that an attempt to sign in was counted: it was a right one."""
        self._rollback_login_failed_rl_usage()

    def logout(self, request: HttpRequest) -> None:
        """Sign a device out."""
        if key := sent_key(request):
            end_device(session_key=key, at=now())
        super().logout(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Refuse: every mail leaves through our outbox, where its cause queues it."""
        raise NotImplementedError(f"{template_prefix} is no mail of ours")

    def send_notification_mail(self, template_prefix: str, user: User, **_details: Any) -> None:
        """Note a second factor and tell the owner of the account; of the rest our services tell."""
        kind = TOLD.get(template_prefix)
        if kind:
            record_own(kind, user)
        if user.email and kind:
            notify_of_account(kind=kind, email=user.email, name=user.name, at=now())

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom rate limits count: the address that our proxies wrote, as everywhere in Zuka."""
        return client_ip(request) or "unknown"
