"""Issuing, rotating, suspending and revoking keys."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from zuka.platform.errors import Refused
from zuka.platform.keys.models import RetiredToken
from zuka.platform.keys.scopes import PUBLIC_SCOPES, SCOPE_NAMES, scope_name
from zuka.platform.keys.tiers import TIERS
from zuka.platform.models import ApiKey

PREFIXES = {ApiKey.Kind.PUBLISHABLE: "zpk_", ApiKey.Kind.SECRET: "zsk_"}
VISIBLE = 10
OVERLAP, LONGEST_OVERLAP = timedelta(hours=24), timedelta(days=30)
ROTATED_AGAIN = timedelta(minutes=1)


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


def check_tier(*, tier: str, scopes: Sequence[str]) -> None:
    """Refuse scopes that a partner's key of this tier may not carry. The shop's own keys are not asked."""
    granted = TIERS[tier]
    for scope in map(scope_name, scopes):
        if scope not in granted.scopes:
            enough = next((each.title for each in TIERS.values() if scope in each.scopes), None)
            hint = f"the tier {enough} does" if enough else "no tier does"
            raise ScopeNotAllowed(f"The tier {granted.title} does not grant {scope!r}; {hint}.", field="scopes")


def scopes_of(key: ApiKey) -> frozenset[str]:
    """Return what a key may do now: of its scopes those that its tier grants, where it is somebody's.

    A tier that has ended takes its scopes along, and gives them back when it comes again.
    """
    scopes = frozenset(map(scope_name, key.scopes))
    return scopes & TIERS[key.tier].scopes if key.owner_id else scopes


def state_of(key: ApiKey, *, at: datetime) -> ApiKey.Status:
    """Return whether a key works: an active one whose time is over has expired."""
    is_over = key.status == ApiKey.Status.ACTIVE and key.expires_at is not None and key.expires_at <= at
    return ApiKey.Status.EXPIRED if is_over else ApiKey.Status(key.status)


def new_token(kind: str) -> str:
    """Return a fresh random token that says by its prefix what kind it is."""
    return PREFIXES[ApiKey.Kind(kind)] + secrets.token_hex(20)


def issue_key(*, name: str, kind: str, scopes: Sequence[str], **settings: Any) -> tuple[ApiKey, str]:
    """Create a key and return it with its token; a secret token cannot be read again later."""
    check_scopes(kind=kind, scopes=scopes)
    if settings.get("owner"):
        check_tier(tier=settings.get("tier", ApiKey.Tier.FREE), scopes=scopes)
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


class KeyNotActive(Refused):
    """The key is suspended, revoked or expired."""

    code = "key_not_active"


class JustRotated(Refused):
    """The key has had a new token a moment ago, perhaps from another window."""

    code = "just_rotated"


def rotate_key(*, key: ApiKey, at: datetime, overlap: timedelta = OVERLAP) -> tuple[ApiKey, str]:
    """Give a key a new token and return both; the one it had works until the overlap ends.

    Without an overlap (it has leaked) none of those it ever had works on; processes notice within a second.

    Of two at once, the second is refused: it would be given a secret that nobody expects. Raises KeyNotActive and
    JustRotated.
    """
    with transaction.atomic():
        held = ApiKey.objects.select_for_update().get(pk=key.pk)
        state = state_of(held, at=at)
        if state != ApiKey.Status.ACTIVE:
            raise KeyNotActive(f"The key is {state.label.lower()}; only an active one is given a new token.")
        if held.rotated_at and at - held.rotated_at < ROTATED_AGAIN:
            raise JustRotated("The key was given a new token a moment ago. Use that one, or try again in a minute.")
        if overlap <= timedelta():
            held.retired_tokens.all().delete()
        else:
            until = at + min(overlap, LONGEST_OVERLAP)
            RetiredToken.objects.create(key=held, token_hash=held.token_hash, prefix=held.prefix, works_until=until)
        token = new_token(held.kind)
        held.prefix, held.token_hash, held.rotated_at = token[:VISIBLE], hash_token(token), at
        held.token = token if held.kind == ApiKey.Kind.PUBLISHABLE else None
        held.save(update_fields=["prefix", "token_hash", "token", "rotated_at", "updated_at"])
    return held, token


def suspend_key(*, key: ApiKey) -> bool:
    """Stop an active key until it is resumed; say whether it was active."""
    return change_status(key, from_=ApiKey.Status.ACTIVE, to=ApiKey.Status.SUSPENDED)


def resume_key(*, key: ApiKey) -> bool:
    """Let a suspended key work again; say whether it was suspended."""
    return change_status(key, from_=ApiKey.Status.SUSPENDED, to=ApiKey.Status.ACTIVE)


def change_status(key: ApiKey, *, from_: ApiKey.Status, to: ApiKey.Status) -> bool:
    """Change a key's status if it still is what it was, so that a revocation made meanwhile stays."""
    is_changed = ApiKey.objects.filter(pk=key.pk, status=from_).update(status=to) == 1
    key.refresh_from_db()
    return is_changed


def forget_retired_tokens(*, at: datetime) -> int:
    """Delete the tokens whose overlap has ended. Returns how many."""
    return RetiredToken.objects.filter(works_until__lte=at).delete()[0]
