"""Issuing and revoking keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from zuka.platform.errors import Refused
from zuka.platform.keys.scopes import PUBLIC_SCOPES, SCOPE_NAMES, scope_name
from zuka.platform.models import ApiKey

PREFIXES = {ApiKey.Kind.PUBLISHABLE: "zpk_", ApiKey.Kind.SECRET: "zsk_"}
VISIBLE = 10


class ScopeNotAllowed(Refused):
    """A scope that does not exist, or that a publishable key may not carry."""

    status = 400
    code = "scope_not_allowed"


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token, as hex. Tokens are 160 random bits, so no salt or stretching is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_scopes(*, kind: str, scopes: Sequence[str]) -> None:
    """Refuse scopes that do not exist or that this kind may not carry."""
    allowed = PUBLIC_SCOPES if kind == ApiKey.Kind.PUBLISHABLE else SCOPE_NAMES
    for scope in map(scope_name, scopes):
        if scope not in allowed:
            known = ", ".join(sorted(allowed))
            raise ScopeNotAllowed(f"A {kind} key cannot carry the scope {scope!r}; use {known}.", field="scopes")


def new_token(kind: str) -> str:
    """Return a fresh random token that says by its prefix what kind it is."""
    return PREFIXES[ApiKey.Kind(kind)] + secrets.token_hex(20)


def issue_key(*, name: str, kind: str, scopes: Sequence[str], **settings: Any) -> tuple[ApiKey, str]:
    """Create a key and return it with its token; a secret token cannot be read again later."""
    check_scopes(kind=kind, scopes=scopes)
    token = new_token(kind)
    return store_key(ApiKey(name=name, kind=kind, scopes=list(map(scope_name, scopes)), **settings), token=token), token


def store_key(key: ApiKey, *, token: str) -> ApiKey:
    """Save a new key under its token."""
    key.prefix = token[:VISIBLE]
    key.token = token if key.kind == ApiKey.Kind.PUBLISHABLE else None
    key.token_hash = hash_token(token)
    key.save(force_insert=True)
    return key


def revoke_key(*, key: ApiKey, at: datetime) -> ApiKey:
    """Revoke a key for good; processes notice within a second."""
    ApiKey.objects.filter(pk=key.pk).update(status=ApiKey.Status.REVOKED, revoked_at=at)
    key.refresh_from_db()
    return key
