"""The part of allauth's app client that we use: sign-in, second factors. Mounted at `/_allauth/`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.headless.account.views import (
    ChangePasswordView,
    LoginView,
    ReauthenticateView,
    SessionView,
)
from allauth.headless.constants import Client
from allauth.headless.mfa.views import AuthenticateView, AuthenticatorsView, ManageRecoveryCodesView
from allauth.headless.mfa.views import ReauthenticateView as ReauthenticateByFactorView
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from commerce.accounts.adapter.codes import EmailSignIn, PhoneSignIn, refuse_sign_up
from commerce.accounts.adapter.factors import ManageTotp
from commerce.accounts.adapter.providers import ProviderSignIn, SignInConfig

VIEWS = {
    "config": SignInConfig,
    "auth/login": LoginView,
    "auth/email": EmailSignIn,
    "auth/phone": PhoneSignIn,
    "auth/provider": ProviderSignIn,
    "auth/session": SessionView,
    "auth/reauthenticate": ReauthenticateView,
    "auth/2fa/authenticate": AuthenticateView,
    "auth/2fa/reauthenticate": ReauthenticateByFactorView,
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
    *(path(f"app/v1/{address}", readable(view.as_api_view(client=Client.APP))) for address, view in VIEWS.items()),
    path("app/v1/auth/signup", csrf_exempt(refuse_sign_up)),
]
