"""Signing in with a second factor: codes of an authenticator app, and recovery codes. Also to the back office."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.headless.mfa.views import ManageTOTPView
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from commerce.accounts.models import User
from zuka.platform.clock import now
from zuka.platform.http import client_ip
from zuka.platform.staff.history import record_attempt
from zuka.platform.staff.locking import LOCKED, find_account, give_back, take_attempt
from zuka.platform.staff.models import StaffSignIn

SALT = "commerce.accounts.factors"


class FactorAdapter(DefaultMFAAdapter):
    """The shop's rules of second factors."""

    @cached_property
    def box(self) -> MultiFernet:
        """Return what secrets are kept in: keys made of SECRET_KEY, and of those that are being rotated out."""
        keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        digests = [sha256(f"{SALT}:{each}".encode()).digest() for each in keys]
        return MultiFernet([Fernet(urlsafe_b64encode(each)) for each in digests])

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept: who reads the table makes no codes."""
        return self.box.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a kept secret."""
        return self.box.decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return what authenticator apps call us."""
        return str(settings.SHOP_NAME)


def has_factor(user: User) -> bool:
    """Say whether somebody signs in with a second factor."""
    return bool(FactorAdapter().is_mfa_enabled(user, [Authenticator.Type.TOTP]))


class ManageTotp(ManageTOTPView):
    """The authenticator app of who is signed in; only of people who could get their account back by mail or phone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse an account whose e-mail and phone nobody has confirmed."""
        user = request.user
        if user.is_authenticated and not (user.email_verified_at or user.phone_verified_at):
            problem = FactorAdapter().validation_error("unverified_email")
            refusal: HttpResponseBase = ErrorResponse(request, status=HTTPStatus.CONFLICT, exception=problem)
            return refusal
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if request.method == "POST" and answer.status_code == HTTPStatus.OK:
            # Who has just typed its code may read the recovery codes; without a password there is no other proof.
            record_authentication(request, user, method="mfa", reauthenticated=True)
        return answer


class OfficeSignIn(AuthenticationForm):
    """Sign-in of staff, who type the code of their app too when they have one."""

    code = forms.CharField(
        label="Code of your app",
        max_length=20,
        required=False,
        help_text="Only if you sign in with a second step.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": " ".join(BASE_INPUT_CLASSES)}),
    )

    def clean(self) -> dict[str, Any]:
        """Check e-mail, password and code; what came of it is kept. Raises ValidationError.

        Guesses are counted twice: exactly, by account and address, and with those of the shop's sign-in.
        """
        adapter, at = get_adapter(), now()
        email, ip = self.cleaned_data.get("username", ""), client_ip(self.request) or "unknown"
        if not take_attempt(email=email, ip=ip, at=at):
            record_attempt(user=find_account(email), outcome=StaffSignIn.Outcome.LOCKED, at=at)
            raise forms.ValidationError(LOCKED.format(minutes=settings.STAFF_LOCK_MINUTES), code="locked")
        try:
            adapter.pre_authenticate(self.request, email=email)
        except forms.ValidationError:
            record_attempt(user=find_account(email), outcome=StaffSignIn.Outcome.LOCKED, at=at)
            raise
        try:
            cleaned: dict[str, Any] = super().clean()
        except forms.ValidationError as refusal:
            is_code = refusal.code == "second_step"
            outcome = StaffSignIn.Outcome.WRONG_CODE if is_code else StaffSignIn.Outcome.REFUSED
            record_attempt(user=find_account(email), outcome=outcome, at=at)
            raise
        if self.user_cache is not None:  # a form without a password is an attempt, and proves nothing
            adapter.forgive_attempt()
            give_back(email=email, ip=ip)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        """Raise ValidationError for who is no staff, and for a missing or wrong code; guesses are counted."""
        super().confirm_login_allowed(user)
        if not has_factor(user):
            return
        second = AuthenticateForm(data={"code": self.data.get("code", "")}, user=user)
        if not second.is_valid():
            raise forms.ValidationError("Type the code that your app shows now.", code="second_step")
