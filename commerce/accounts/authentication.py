"""Who is shopping: the `X-Session-Token` of a signed-in customer. Cookies are for the back office only."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from commerce.accounts.models import User

SALT = "commerce.accounts.session"
KEY_LENGTH = 40  # of a session's key in Django's table: 160 bits in hexadecimal


class SessionExpired(AuthenticationFailed):
    """The token is unknown, revoked or expired, or its account may not sign in: clients forget it."""

    default_code = "session_expired"
    default_detail = "You are signed out. Sign in again."


def session_key(token: str) -> str:
    """Return the key of a token's session: a keyed hash.

    Who reads the table of sessions cannot act as a customer, and a token that leaks from a browser is not the cookie
    of the same person in the back office. A new SECRET_KEY signs customers out.
    """
    return salted_hmac(SALT, token, algorithm="sha256").hexdigest()[:KEY_LENGTH]


class CustomerTokens(SessionTokenStrategy):
    """How allauth makes and reads the tokens of customers: 256 random bits that lead to a session of Django's."""

    def create_session_token(self, request: HttpRequest) -> str:
        """Return the token of the request's session: the one that was sent, else a new one under a new key."""
        session = request.session
        sent: str | None = self.get_session_token(request)
        if sent and session.session_key == session_key(sent):
            return sent
        token, replaced = secrets.token_urlsafe(32), session.session_key
        session._session_key = session_key(token)  # noqa: SLF001 - Django picks keys at random only
        session.save(must_create=True)
        if replaced:
            session.delete(replaced)
        return token

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """Return the living session of a token, None when there is none."""
        session: SessionBase | None = sessionkit.lookup_session(session_key(session_token))
        return session


class CustomerTokenAuthentication(XSessionTokenAuthentication):
    """Authenticate an active customer by `X-Session-Token`. A request without the header is a guest's."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (user, session), or None for a guest. Raises `SessionExpired` for a token that leads nowhere."""
        found: tuple[Any, Any] | None = super().authenticate(request)
        if found is None and self.get_session_token(request):
            raise SessionExpired
        return found

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Make DRF answer 401 rather than 403."""
        return "X-Session-Token"


class CustomerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The customer's token in the OpenAPI schema."""

    target_class = CustomerTokenAuthentication
    name = "customerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - drf-spectacular's signature
        """Return the scheme: a header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of signing up or in. A 401 `session_expired` means: forget it.",
        }


CUSTOMER_AUTHENTICATION: list[type[BaseAuthentication]] = [CustomerTokenAuthentication]


def customer_of(request: Request) -> User:
    """Return the customer of a request that `CUSTOMER_AUTHENTICATION` and `IsAuthenticated` let in."""
    assert isinstance(request.user, User)
    return request.user
