"""The part of allauth's app client that we use: sign-up, sign-in, second factors. Mounted at `/_allauth/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import SignupInput
from allauth.headless.account.views import (
    ChangePasswordView,
    LoginView,
    ReauthenticateView,
    SessionView,
    SignupView,
)
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView, AuthenticatorsView, ManageRecoveryCodesView
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from commerce.accounts.adapter.factors import ManageTotp
from commerce.accounts.adapter.phones import PhoneSignIn, SignInConfig
from commerce.accounts.models import User

EMAIL_LENGTH = 254


class SignUpInput(SignupInput):
    """What a new customer sends: e-mail, password, and a name if they like."""

    name = forms.CharField(max_length=200, required=False)

    def __init__(self, *data: Any, **options: Any) -> None:
        super().__init__(*data, **options)
        # allauth takes longer ones than the column does, which would be a 500.
        self.fields["email"].validators.append(MaxLengthValidator(EMAIL_LENGTH))

    def validate_unique_email(self, value: str) -> str:
        """Leave it to the database's index, which frees the e-mails of deleted accounts and decides races."""
        return value

    def clean_password(self) -> str:
        """Leave it to `clean`, which also knows name and e-mail."""
        password: str = self.cleaned_data["password"]
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse a weak password, or one that is like the person's name or e-mail."""
        cleaned: dict[str, Any] = super().clean()
        person = User(email=cleaned.get("email"), name=cleaned.get("name", ""))
        try:
            if "password" in cleaned:
                get_adapter().clean_password(cleaned["password"], user=person)
        except ValidationError as problem:
            self.add_error("password", problem)
        return cleaned

    def save(self, request: HttpRequest) -> User:
        """Create the account. allauth's own table of e-mails stays empty: one place a fact."""
        adapter = get_adapter()
        user: User = adapter.save_user(request, adapter.new_user(request), self)
        return user


class SignUp(SignupView):
    """Sign up by the shop's rules."""

    input_class: ClassVar[dict[str, type[SignUpInput]]] = {"POST": SignUpInput}


VIEWS = {
    "config": SignInConfig,
    "auth/signup": SignUp,
    "auth/login": LoginView,
    "auth/phone": PhoneSignIn,
    "auth/session": SessionView,
    "auth/reauthenticate": ReauthenticateView,
    "auth/2fa/authenticate": AuthenticateView,
    "account/password/change": ChangePasswordView,
    "account/authenticators": AuthenticatorsView,
    "account/authenticators/totp": ManageTotp,
    "account/authenticators/recovery-codes": ManageRecoveryCodesView,
}


def readable(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make a view answer 400 to JSON that cannot be read or stored: too deep, too large a number, half a character."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        try:
            document = json.loads(request.body or b"{}")
            json.dumps(document, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            problem = {"code": "invalid", "message": "The body is not JSON that can be read.", "param": None}
            return JsonResponse({"status": 400, "errors": [problem]}, status=400)
        return view(request, *args, **options)

    # As allauth's own views: they take tokens, no cookies.
    return csrf_exempt(answer)


urlpatterns = [
    path(f"app/v1/{address}", readable(view.as_api_view(client=Client.APP))) for address, view in VIEWS.items()
]
