from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.internal.restkit.response import ErrorResponse
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from commerce.accounts.models import AuthProvider, SignupPlatform, User
from commerce.accounts.services import AccountTaken, note_sign_in, register_customer, signup_source
from zuka.platform.actor import current_actor
from zuka.platform.clock import now
from zuka.platform.http import client_ip

APPS = {SignupPlatform.ANDROID.value, SignupPlatform.IOS.value}


def read_platform(request: HttpRequest) -> SignupPlatform:
    """Return where somebody signs up or in: the app that `X-Zuka-Platform` names, else the web."""
    said = request.headers.get("X-Zuka-Platform", "").strip().lower()
    return SignupPlatform(said) if said in APPS else SignupPlatform.WEB


class AccountAdapter(DefaultAccountAdapter):
    """The shop's rules in allauth: accounts are made, read and tracked by our services."""

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:  # noqa: ARG002, FBT001, FBT002 - allauth's signature
        """Create the account of a valid sign-up; an e-mail that is taken is a 400 that names it."""
        actor = current_actor()
        try:
            return register_customer(
                email=form.cleaned_data["email"],
                password=form.cleaned_data["password"],
                name=form.cleaned_data["name"],
                source=signup_source(actor),
                platform=read_platform(request),
                actor=actor,
                at=now(),
            )
        except AccountTaken as refusal:
            form.add_error("email", ValidationError(refusal.message, code="email_taken"))
            raise ImmediateHttpResponse(ErrorResponse(request, input=form)) from refusal

    def post_login(self, request: HttpRequest, user: User, *, signup: bool, **details: Any) -> HttpResponse:
        """Track a sign-in, unless it is the first one, which belongs to the sign-up."""
        if not signup:
            note_sign_in(
                user=user, method=AuthProvider.EMAIL, platform=read_platform(request), actor=current_actor(), at=now()
            )
        answer: HttpResponse = super().post_login(request, user, signup=signup, **details)
        return answer

    def set_password(self, user: User, password: str) -> None:
        """Change a password and nothing else: points and phone may have changed since the account was read."""
        user.set_password(password)
        user.save(update_fields=["password", "updated_at"])

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom rate limits count: the address that our proxies wrote, as everywhere in Zuka."""
        return client_ip(request) or "unknown"
