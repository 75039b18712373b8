"""Signing in or up by a code that came by mail or by text message."""

from __future__ import annotations

from typing import ClassVar

from allauth.decorators import rate_limit
from allauth.headless.internal.restkit.inputs import Input
from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator

from commerce.accounts.adapter.entering import EntryView
from commerce.accounts.authentication import limit_rate, read_platform
from commerce.accounts.models import AuthProvider
from commerce.accounts.services import BY_EMAIL, BY_PHONE, Entry, EntryWay, Newcomer, enter_by_code, signup_source
from zuka.platform.actor import current_actor
from zuka.platform.clock import now


class CodeInput(Input):
    """A code, and a name for a new account, if they like."""

    code = forms.CharField(max_length=20)
    name = forms.CharField(max_length=200, required=False)


class PhoneInput(CodeInput):
    """A phone, and the code that it got."""

    phone = forms.CharField(max_length=30)


class EmailInput(CodeInput):
    """An e-mail and the code that it got; for a new account a password and whether it wants news, if they like."""

    email = forms.EmailField(max_length=254)
    password = forms.CharField(max_length=128, required=False, strip=False)
    accepts_marketing = forms.BooleanField(required=False)


@method_decorator(rate_limit(action="check_code"), name="handle")
class CodeSignIn(EntryView):
    """Sign in by a code; who has no account gets one."""

    way: ClassVar[EntryWay]

    def enter(self, request: HttpRequest) -> tuple[Entry, AuthProvider]:
        """Return whose e-mail or phone it is. Raises what `enter_by_code` does."""
        actor, said = current_actor(), self.input.cleaned_data
        newcomer = Newcomer(
            name=said["name"],
            source=signup_source(actor),
            platform=read_platform(request),
            actor=actor,
            password=said.get("password") or None,
            accepts_marketing=said.get("accepts_marketing", False),
        )
        entry = enter_by_code(way=self.way, address=said[self.field], code=said["code"], newcomer=newcomer, at=now())
        return entry, self.way.provider


class PhoneSignIn(CodeSignIn):
    """Sign in by phone."""

    input_class: ClassVar[dict[str, type[Input]]] = {"POST": PhoneInput}
    field = "phone"
    way = BY_PHONE


class EmailSignIn(CodeSignIn):
    """Sign in by e-mail. A password that is sent along is set for a new account, never for one that is there."""

    input_class: ClassVar[dict[str, type[Input]]] = {"POST": EmailInput}
    field = "email"
    way = BY_EMAIL

    def enter(self, request: HttpRequest) -> tuple[Entry, AuthProvider]:
        """Return whose e-mail it is. Raises `TooOften`, and what `enter_by_code` does."""
        limit_rate(request, "check_code_of", about=self.input.cleaned_data["email"])
        return super().enter(request)


def refuse_sign_up(_request: HttpRequest, **_options: object) -> JsonResponse:
    """Say where accounts are made, whatever was sent: a sign-up by password would tell which e-mails are taken."""
    message = (
        "Accounts are made by a code. Have one mailed by POST /api/v1/email-sign-ins/, then send e-mail, code and, if "
        "you like, a password to POST /_allauth/app/v1/auth/email."
    )
    problem = {"code": "sign_up_by_code", "message": message, "param": None}
    return JsonResponse({"status": 403, "errors": [problem]}, status=403)
