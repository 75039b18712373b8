"""Who is shopping: the `X-Session-Token` of a signed-in customer. Cookies are for the back office only."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from commerce.accounts.models import SignupPlatform, User
from commerce.accounts.services import DeviceFacts, note_device, see_device
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.http import client_ip

SALT = "commerce.accounts.session"
KEY_LENGTH = 40  # of a session's key in Django's table: 160 bits in hexadecimal
SEEN_SECONDS = 300  # between two notes that a device is in use
APPS = {SignupPlatform.ANDROID.value, SignupPlatform.IOS.value}


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


def read_platform(request: HttpRequest) -> SignupPlatform:
    """Return where somebody signs up or in: the app that `X-Zuka-Platform` names, else the web."""
    said = request.headers.get("X-Zuka-Platform", "").strip().lower()
    return SignupPlatform(said) if said in APPS else SignupPlatform.WEB


def sent_key(request: HttpRequest) -> str | None:
    """Return the session's key of the token that a request carries; None without one."""
    token = request.headers.get("X-Session-Token")
    return session_key(token) if token else None


def device_facts(request: HttpRequest) -> DeviceFacts:
    """Return what a request says of its device."""
    return DeviceFacts(
        user_agent=request.headers.get("User-Agent"), ip=client_ip(request), platform=read_platform(request)
    )


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
        if user_id := session.get(SESSION_KEY):
            self.note_sign_in(request, UUID(user_id), replaced)
        return token

    def note_sign_in(self, request: HttpRequest, user_id: UUID, replaced: str | None) -> None:
        """Note the device of a session that has just got its token, which may have had one as the request began."""
        session = request.session
        note_device(
            user_id=user_id,
            session_key=str(session.session_key),
            replaces=[key for key in (sent_key(request), replaced) if key],
            facts=device_facts(request),
            expires_at=session.get_expiry_date(),
            at=now(),
        )
        cache.set(seen_mark(str(session.session_key)), 1, SEEN_SECONDS)

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """Return the living session of a token, None when there is none."""
        session: SessionBase | None = sessionkit.lookup_session(session_key(session_token))
        return session


def seen_mark(key: str) -> str:
    """Return the cache's key of a device that was noted a moment ago."""
    return f"device-seen:{key}"


class CustomerTokenAuthentication(XSessionTokenAuthentication):
    """Authenticate an active customer by `X-Session-Token`. A request without the header is a guest's."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return (user, session), or None for a guest. Raises `SessionExpired` for a token that leads nowhere."""
        found: tuple[Any, Any] | None = super().authenticate(request)
        if found is None and self.get_session_token(request):
            raise SessionExpired
        if found is not None:
            self.note_use(request, *found)
        return found

    def note_use(self, request: Request, user: User, session: SessionBase) -> None:
        """Write down that a device is in use, at most once in five minutes."""
        key = str(session.session_key)
        if cache.add(seen_mark(key), 1, SEEN_SECONDS):
            facts, expires_at = device_facts(request), session.get_expiry_date()
            see_device(user_id=user.pk, session_key=key, facts=facts, expires_at=expires_at, at=now())

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


class TooOften(Refused):
    """Too many calls of a kind came from one address."""

    status = 429
    code = "too_often"


def limit_rate(request: HttpRequest | Request, action: str, *, about: str = "") -> None:
    """Count a call against the limit that `ACCOUNT_RATE_LIMITS` sets for its kind. Raises `TooOften`.

    `about` is the e-mail whose limit it is, counted for each caller by itself: nobody uses up what another has.
    """
    key = f"{client_ip(request)}:{about.strip().lower()}" if about else None
    if not ratelimit.consume(request, action=action, key=key):
        raise TooOften("That was too often. Wait a while, then try again.")


class WrongPassword(Refused):
    """The current password is missing or wrong, or was guessed at too often."""

    status = 400
    code = "wrong_password"


def prove_password(request: Request, password: str) -> None:
    """Check the current password of who asks, counted like a sign-in; an account without one passes.

    Raises `WrongPassword`, which names the field.
    """
    user = customer_of(request)
    if not user.has_usable_password():
        return
    try:
        found = get_adapter().reauthenticate(user, password) if password else False
    except ValidationError as problem:
        raise WrongPassword(" ".join(problem.messages), field="password") from problem
    if not found:
        raise WrongPassword("Type your current password.", field="password")


CUSTOMER_AUTHENTICATION: list[type[BaseAuthentication]] = [CustomerTokenAuthentication]


def customer_of(request: Request) -> User:
    """Return the customer of a request that `CUSTOMER_AUTHENTICATION` and `IsAuthenticated` let in."""
    assert isinstance(request.user, User)
    return request.user
