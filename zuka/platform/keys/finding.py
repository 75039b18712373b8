"""Finding the key of a request, without asking the database each time.

An answer is kept in the process for one second, so a revocation is noticed by then (decision 37). While PostgreSQL
is away, a key known to the process goes on being accepted (decision 22).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.models import Q
from django.db.models.functions import Now

from zuka.platform.clock import now
from zuka.platform.db.connections import renew_connection
from zuka.platform.keys.issuing import hash_token, scopes_of, state_of
from zuka.platform.keys.models import RetiredToken
from zuka.platform.models import ApiKey

FRESH_SECONDS = 1.0
NOTED_EVERY = timedelta(minutes=1)
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Grant:
    """What a valid key allows: the part of an `ApiKey` that requests need."""

    key_id: UUID
    kind: str
    scopes: frozenset[str]
    allowed_origins: frozenset[str]
    allowed_events: frozenset[str]
    is_strict: bool
    is_limited: bool
    event_age_days: int
    expires_at: datetime | None
    event_aliases: Mapping[str, str]
    tier: str = "free"

    def allows_origin(self, origin: str | None) -> bool:
        """Say whether a browser page of this origin may use the key; no Origin header means no browser."""
        return origin is None or not self.allowed_origins or origin in self.allowed_origins


class Ending(Protocol):
    """What is known of a key, which may come to its end while it is remembered."""

    @property
    def expires_at(self) -> datetime | None:
        """When it ends."""


Known = TypeVar("Known", bound=Ending)


class KeysUnavailable(Exception):  # noqa: N818 - named for what is the case, answered with 503
    """PostgreSQL is away and the key is not known to this process."""


LONGEST_NAME = 300
_kept: OrderedDict[tuple[str, str], tuple[float, Any]] = OrderedDict()
_lock = Lock()


def grant_of(key: ApiKey) -> Grant:
    """Return what a key allows."""
    return Grant(
        key_id=key.id,
        kind=key.kind,
        scopes=scopes_of(key),
        allowed_origins=frozenset(key.allowed_origins),
        allowed_events=frozenset(key.allowed_events),
        is_strict=key.is_strict,
        is_limited=key.is_limited,
        event_age_days=key.event_age_days,
        expires_at=key.expires_at,
        event_aliases=key.event_aliases,
        tier=key.tier,
    )


def find_key(token: str) -> ApiKey | None:
    """Read the key of a token from the database, whatever its state: its own, or one it had until now."""
    told = hash_token(token)
    key = ApiKey.objects.filter(token_hash=told).select_related("owner").first()
    if key is not None:
        return key
    retired = RetiredToken.objects.filter(token_hash=told, works_until__gt=Now()).select_related("key__owner").first()
    return retired.key if retired else None


def is_stopped(key: ApiKey) -> bool:
    """Say whether a key does not work because its owner's account does not: it is suspended or closed."""
    return key.owner is not None and not key.owner.is_active


def load_grant_of_token(token: str) -> Grant | None:
    """Read a token's grant from the database; None when there is no such key or it is not active now."""
    key = find_key(token)
    if key is None or is_stopped(key) or state_of(key, at=now()) != ApiKey.Status.ACTIVE:
        return None
    note_use(key)
    return grant_of(key)


def load_grant(**which: Any) -> Grant | None:
    """Read a key's grant from the database; None when there is no such key or it is not active now."""
    alive = Q(expires_at=None) | Q(expires_at__gt=Now())
    key = ApiKey.objects.filter(alive, status=ApiKey.Status.ACTIVE, **which).select_related("owner").first()
    if key is None or is_stopped(key):
        return None
    note_use(key)
    return grant_of(key)


def note_use(key: ApiKey) -> None:
    """Note that a key was used, once a minute: staff look at it before they revoke one."""
    noted = key.last_validated_at
    if noted is None or now() - noted > NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_validated_at=now())


def keep(name: tuple[str, str], grant: Known | None) -> None:
    """Remember an answer, forgetting the oldest beyond 10,000 so that guessed keys cannot fill the memory."""
    with _lock:
        _kept[name] = (time.monotonic(), grant)
        _kept.move_to_end(name)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def forget(name: tuple[str, str]) -> None:
    """Forget one answer."""
    with _lock:
        _kept.pop(name, None)


def forget_keys() -> None:
    """Forget every remembered answer in this process."""
    with _lock:
        _kept.clear()


def is_expired(grant: Known) -> bool:
    """Say whether a remembered grant has come to its end since."""
    return grant.expires_at is not None and grant.expires_at <= now()


def find_grant(token: str) -> Grant | None:
    """Return what a token allows, or None. Raises KeysUnavailable when nobody can say."""
    return find_kept(("token", token), lambda: load_grant_of_token(token))


def find_grant_of_site(protocol: str, identifier: str) -> Grant | None:
    """Return what a site id of another protocol allows, or None. Raises KeysUnavailable when nobody can say.

    It is one that staff have named (`SourceAlias`), or a publishable key's own token or id.
    """
    return find_kept((protocol, identifier), lambda: load_grant_of_site(protocol, identifier))


def load_grant_of_site(protocol: str, identifier: str) -> Grant | None:
    """Read the grant that a site id stands for."""
    public = {"kind": ApiKey.Kind.PUBLISHABLE}
    named = load_grant(**public, source_aliases__protocol=protocol, source_aliases__identifier=identifier)
    if named is not None:
        return named
    try:
        return load_grant(**public, id=UUID(identifier))
    except ValueError:  # what is no uuid may be a token
        grant = load_grant_of_token(identifier)
    return grant if grant and grant.kind == ApiKey.Kind.PUBLISHABLE else None


def find_kept(name: tuple[str, str], load: Callable[[], Known | None]) -> Known | None:
    """Return what is remembered of a key, or load it. Raises KeysUnavailable when nobody can say."""
    if len(name[1]) > LONGEST_NAME:  # nobody's key, and nothing to remember ten thousand of
        return None
    known: tuple[float, Known | None] | None = _kept.get(name)
    if known and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    if known:
        keep(name, known[1])  # one asks, and the others go on meanwhile, however long the answer takes
    try:
        renew_connection()
        grant = load()
    except (OperationalError, InterfaceError, DatabaseError) as error:
        if known and known[1] and not is_expired(known[1]):
            return known[1]
        forget(name)
        raise KeysUnavailable from error
    keep(name, grant)
    return grant
