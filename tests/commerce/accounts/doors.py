"""What a customer's app does: sign up and in by allauth's app client, and call the API with the token."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import Any

from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from commerce.accounts.authentication import CustomerTokens
from commerce.accounts.models import User
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.issuers import Person
from zuka.platform.mail.models import OutgoingMail

PREFIX = "/_allauth/app/v1/"
JSON = "application/json"
PASSWORD = "four ripe plantains"


def send(path: str, body: Any = None, *, method: str = "post", token: str | None = None, **headers: str) -> Any:
    """Call one of allauth's paths, from a browser without cookies."""
    if token:
        headers["X-Session-Token"] = token
    return getattr(Client(), method)(PREFIX + path, body or {}, content_type=JSON, headers=headers)


def ask_by_email(email: str = "ada@example.com") -> Any:
    """Ask for a code that signs in by e-mail."""
    return api("post", "email-sign-ins/", {"email": email})


def sign_up(email: str = "ada@example.com", *, name: str = "Ada Obi", password: str = PASSWORD, **headers: str) -> Any:
    """Come in by a mailed code, as somebody new who wants a password too."""
    ask_by_email(email)
    said = {"email": email, "code": code_sent(email), "password": password, "name": name}
    return send("auth/email", said, **headers)


def sign_in(email: str = "ada@example.com", *, password: str = PASSWORD, **headers: str) -> Any:
    return send("auth/login", {"email": email, "password": password}, **headers)


def token_in(answer: Any) -> str:
    """Return the token of an answer that signed somebody in."""
    token: str = answer.json()["meta"]["session_token"]
    return token


def token_of(user: User) -> str:
    """Sign an account in without its password, which takes 0.2 s to check."""
    request = RequestFactory().post("/")
    request.session = SessionStore()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    token = CustomerTokens().create_session_token(request)
    request.session.save()
    return token


def call(user: User | None, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Call the API as a customer; None is a guest."""
    if user:
        headers["X-Session-Token"] = token_of(user)
    return getattr(Client(), method)(f"/api/v1/{path}", body or {}, content_type=JSON, headers=headers)


def api(method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
    """Call the API with a token that is at hand; without one as a guest."""
    if token:
        headers["X-Session-Token"] = token
    return getattr(Client(), method)(f"/api/v1/{path}", body or {}, content_type=JSON, headers=headers)


def mails(*kinds: str) -> list[tuple[str, str]]:
    """Return kind and recipient of the account's mails, oldest first; of some kinds only when they are named."""
    rows = OutgoingMail.objects.filter(template__startswith="account.").order_by("id")
    return [(each.template, each.recipient) for each in rows if not kinds or each.template in kinds]


def code_sent(to: str) -> str:
    """Return the code in the newest mail to an address."""
    text = OutgoingMail.objects.filter(recipient__iexact=to).order_by("-id").values_list("text", flat=True)[0]
    (code,) = re.findall(r"^(\d{6,8})$", text, re.MULTILINE)
    return str(code)


def code_texted(providers: Providers) -> str:
    """Return the code in the newest text message."""
    (code,) = re.findall(r"\b\d{8}\b", providers.messages[-1].text)
    return str(code)


def ask_by_phone(phone: str = "0803 123 4567") -> Any:
    """Ask for a code that signs in by phone."""
    return api("post", "phone-sign-ins/", {"phone": phone})


def vouch(providers: Providers, email: str = "ada@example.com", /, *, by: str = "google", **claims: Any) -> str:
    """Return a token that says who somebody is; what is None is left out of it."""
    issuer = providers.issuers[by]
    said = issuer.claims(Person(email)) | {"name": "Ada Obi", "jti": token_hex(8)} | claims
    return issuer.sign({name: value for name, value in said.items() if value is not None})


def come(token: str, *, by: str = "google", **said: str) -> Any:
    """Sign in or up by a provider's token."""
    return send("auth/provider", {"provider": by, "id_token": token, **said})


def problem(answer: Any) -> Any:
    """Return the one thing that is wrong with a sign-in."""
    (found,) = answer.json()["errors"]
    return answer.status_code, found


def enter(code: str, phone: str = "0803 123 4567", **said: str) -> Any:
    """Sign in or up by phone."""
    return send("auth/phone", {"phone": phone, "code": code, **said})
