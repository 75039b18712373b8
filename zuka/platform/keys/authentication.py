"""API keys in DRF: a request with a key acts as that key, without a user."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from zuka.platform.keys.finding import KeysUnavailable, find_grant


def basic_user(value: str) -> str | None:
    """Return the user name of a Basic credential, with or without the colon; None when it is not base64 text."""
    try:
        return base64.b64decode(value, validate=True).decode().split(":", 1)[0].strip() or None
    except (binascii.Error, UnicodeDecodeError):  # no credential of ours
        return None


def key_from_headers(request: HttpRequest) -> str | None:
    """Return the key a request carries: `X-Api-Key`, `X-Write-Key`, `Authorization: Bearer` or Basic user name."""
    meta: dict[str, str] = request.META  # `request.headers` would copy every header first: 30 µs a request
    for name in ("HTTP_X_API_KEY", "HTTP_X_WRITE_KEY"):
        if value := meta.get(name, "").strip():
            return value.split(":", 1)[0]
    scheme, _, value = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer" and value and value != "None":
        return value
    return basic_user(value) if scheme.lower() == "basic" and value else None


class KeysAway(APIException):
    """The key cannot be checked right now."""

    status_code = 503
    default_code = "unavailable"
    default_detail = "The key cannot be checked right now; try again."


class KeyHolder(AnonymousUser):
    """The user of a request that a key made: nobody, but authenticated."""

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]
        """A valid key is an authentication."""
        return True

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]
        """There is a key behind the request."""
        return False


class ApiKeyAuthentication(BaseAuthentication):
    """Authenticate by secret key; `request.auth` is then its `Grant`. Publishable keys are no authentication."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (KeyHolder, Grant), or None when the request carries no key."""
        token = key_from_headers(request._request)  # noqa: SLF001 - DRF's documented way to the Django request
        if token is None:
            return None
        try:
            grant = find_grant(token)
        except KeysUnavailable as error:
            raise KeysAway from error
        if grant is None:
            raise AuthenticationFailed("This API key is unknown, revoked or expired.", code="invalid_key")
        return (KeyHolder(), grant) if grant.kind == "secret" else None

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Make DRF answer 401 rather than 403."""
        return "Bearer"
