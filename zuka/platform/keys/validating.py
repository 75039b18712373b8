"""Saying whether a key is valid, as apps and partners ask: each answer is counted exactly, and stated as a fact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.db import connection, transaction

from zuka.platform import facts
from zuka.platform.actor import Actor
from zuka.platform.clock import day_bounds, local_day, now
from zuka.platform.db.files import load_sql
from zuka.platform.db.prepared import prepared_cursor
from zuka.platform.errors import Refused
from zuka.platform.keys.devices import Device, bind_device, is_bound_to
from zuka.platform.keys.finding import find_kept, find_key, is_stopped, note_use
from zuka.platform.keys.issuing import scopes_of, state_of
from zuka.platform.keys.models import ValidationResult
from zuka.platform.keys.tiers import TIERS
from zuka.platform.models import ApiKey

SQL = Path(__file__).parent / "sql"
STATED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Licence:
    """What a validation needs of a key, whatever its state: kept in the process for a second, as grants are."""

    key_id: UUID
    name: str
    kind: str
    tier: str
    status: str
    features: tuple[str, ...]
    expires_at: datetime | None
    most: int  # validations a day
    is_device_bound: bool
    device_hash: str | None
    is_limited: bool


@dataclass(frozen=True, slots=True)
class Validation:
    """A key that is valid, the how manieth validation of the day this was, and when the next day begins."""

    licence: Licence
    used: int
    resets_at: datetime

    @property
    def left(self) -> int:
        """Return how many validations are left today."""
        return max(0, self.licence.most - self.used)


class ValidationRefused(Refused):
    """The key is not valid."""

    result: ClassVar[ValidationResult]


class InvalidKey(ValidationRefused):
    """There is no such key, or it does not work."""

    status, code, result = 401, "invalid_key", ValidationResult.INVALID_KEY


class KeyExpired(ValidationRefused):
    """The key's time is over."""

    status, code, result = 403, "expired", ValidationResult.EXPIRED


class DeviceMismatch(ValidationRefused):
    """The key is bound to another device."""

    status, code, result = 403, "device_mismatch", ValidationResult.DEVICE_MISMATCH


class DayUsedUp(ValidationRefused):
    """The day's validations are used up."""

    status, code, result = 429, "rate_limited", ValidationResult.RATE_LIMITED


class DeviceMissing(Refused):
    """A bound key was sent without the device it is to be valid on."""

    status, code = 400, "required"


def most_validations(key: ApiKey) -> int:
    """Return how many validations a day a key may have: its own number, else its tier's."""
    return TIERS[key.tier].validations if key.validations_most is None else key.validations_most


def licence_of(key: ApiKey) -> Licence:
    """Return what a validation needs of a key."""
    return Licence(
        key_id=key.id,
        name=key.name,
        kind=key.kind,
        tier=key.tier,
        status=key.status,
        features=tuple(sorted(scopes_of(key))),
        expires_at=key.expires_at,
        most=most_validations(key),
        is_device_bound=key.is_device_bound,
        device_hash=key.device_hash,
        is_limited=key.is_limited,
    )


def load_licence(token: str) -> Licence | None:
    """Read the licence of a token; None where it is nobody's."""
    key = find_key(token)
    if key is None:
        return None
    if is_stopped(key):
        return replace(licence_of(key), status=ApiKey.Status.SUSPENDED.value)
    if state_of(key, at=now()) == ApiKey.Status.ACTIVE:
        note_use(key)
    return licence_of(key)


def find_licence(token: str) -> Licence | None:
    """Return the licence of a token, None where it is nobody's. Raises KeysUnavailable when nobody can say."""
    return find_kept(("licence", token), lambda: load_licence(token))


def validate_key(*, token: str, device: Device | None, at: datetime) -> Validation:
    """Say that a key is valid, which counts. Raises a ValidationRefused, which is counted too, or DeviceMissing.

    A count and its fact are one statement, so one way there and back and one commit; facts are stated by a job.
    """
    licence = find_licence(token)
    day = local_day(at)
    try:
        valid = check_licence(licence, device, at=at)
        return Validation(valid, count_success(valid, day=day, at=at), day_bounds(day)[1])
    except ValidationRefused as refusal:
        count_refusal(licence.key_id if licence else None, refusal.result, day=day, at=at)
        raise


def check_licence(licence: Licence | None, device: Device | None, *, at: datetime) -> Licence:
    """Return the licence if it holds here and now. Raises ValidationRefused, or DeviceMissing."""
    if licence is None or licence.status in {ApiKey.Status.SUSPENDED, ApiKey.Status.REVOKED}:
        raise InvalidKey("This API key is unknown, suspended or revoked.")
    if licence.status == ApiKey.Status.EXPIRED or (licence.expires_at and licence.expires_at <= at):
        raise KeyExpired("This API key has expired. Ask the shop for a new one.")
    if licence.is_device_bound:
        if device is None:
            raise DeviceMissing("This key is for one device: say which, by its fingerprint.", field="device")
        if not holds_on(licence, device, at=at):
            raise DeviceMismatch("This API key is used on another device. Release that one first.")
    return licence


def holds_on(licence: Licence, device: Device, *, at: datetime) -> bool:
    """Say whether a bound key is valid on a device, binding it to the first."""
    if licence.device_hash is None:
        return bind_device(key_id=licence.key_id, device=device, at=at)
    return is_bound_to(licence.device_hash, device, key_id=licence.key_id)


def count_success(licence: Licence, *, day: date, at: datetime) -> int:
    """Count a validation and return how many there were today with it. Raises DayUsedUp."""
    params: dict[str, Any] = {"key_id": licence.key_id, "day": day, "at": at, "most": licence.most}
    with prepared_cursor() as cursor:
        cursor.execute(load_sql(SQL / "count_success.sql"), params)
        row = cursor.fetchone()
    if row is None:
        wait = int((day_bounds(day)[1] - at).total_seconds()) + 1
        raise DayUsedUp(f"This key's {licence.most:,} validations of today are used up.", retry_after=wait)
    return int(row[0])


def count_refusal(key_id: UUID | None, result: ValidationResult, *, day: date, at: datetime) -> None:
    """Count a refused validation."""
    params: dict[str, Any] = {"key_id": key_id, "day": day, "at": at, "result": result.value}
    with prepared_cursor() as cursor:
        cursor.execute(load_sql(SQL / "count_refusal.sql"), params)


def state_validations() -> int:
    """State the facts of validations that wait, and return how many. What is stated in vain goes on waiting."""
    stated = 0
    while taken := state_some():
        stated += taken
    return stated


def state_some() -> int:
    """State the facts that have waited longest, in the transaction that takes them: each is stated exactly once."""
    params: dict[str, Any] = {"most": STATED_AT_ONCE}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(load_sql(SQL / "take_waiting.sql"), params)
            rows = cursor.fetchall()
        for key_id, result, at in rows:
            state_fact(key_id, result, at=at)
    return len(rows)


def state_fact(key_id: UUID | None, result: str, *, at: datetime) -> None:
    """State how a validation ended: of which key, never by which token."""
    actor = Actor(visitor_id=f"key:{key_id or 'unknown'}")
    said = {"key_id": str(key_id) if key_id else None, "result": result}
    # A fact with an id is stored by one statement, one without by a COPY: 2.6 against 3.9 ms on a busy machine.
    facts.record("key.validated", actor=actor, at=at, message_id=uuid4().hex, **said)
