from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import uuid4

from django.db import IntegrityError, transaction

from analytics.track import track
from commerce.accounts.models import PHONE_PATTERN, AuthProvider, SignupPlatform, SignupSource, User
from zuka.platform.actor import Actor, actor_for
from zuka.platform.audit.actions import record_own
from zuka.platform.errors import Refused

PHONE_NOISE = re.compile(r"[\s().-]")
NIGERIAN_TRUNK = re.compile(r"^(?:\+234)?0([0-9]{10})$")


class AccountTaken(Refused):
    """Another account has this e-mail or phone."""

    code = "account_taken"


class InvalidPhone(Refused):
    """The phone cannot be read as a number with a country code."""

    status = 400
    code = "invalid_phone"


class NoContact(Refused):
    """An account would be left without e-mail and phone."""

    code = "no_contact"


class AccountClosed(Refused):
    """The account was closed a moment ago."""

    code = "account_closed"


class PhoneByCode(Refused):
    """The account has no e-mail and is entered by its phone, so another one takes its place by a code only."""

    code = "phone_by_code"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in without a password, and whether the account was made for it."""

    user: User
    is_new: bool


class ProfileChanges(TypedDict, total=False):
    """What customers change of their account; a phone is written as people write it, None takes it away."""

    name: str
    phone: str | None
    gender_preference: str | None
    accepts_marketing: bool


def read_phone(raw: str, *, field: str = "phone") -> str:
    """Return a phone as E.164; Nigerian `0803 123 4567` and `+234 0803 123 4567` are `+2348031234567`.

    Raises `InvalidPhone`, which names `field`.
    """
    phone = PHONE_NOISE.sub("", raw)
    if local := NIGERIAN_TRUNK.fullmatch(phone):
        phone = f"+234{local[1]}"
    if not re.fullmatch(PHONE_PATTERN, phone):
        raise InvalidPhone("Write the phone with its country code, for example +2348012345678.", field=field)
    return phone


@transaction.atomic
def hold_account(*, user_id: object) -> User:
    """Return an account that is not closed while the transaction lasts. Raises `AccountClosed`."""
    user: User | None = User.objects.not_deleted().select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise AccountClosed("This account is closed.")
    return user


@transaction.atomic
def register_customer(
    *,
    at: datetime,
    actor: Actor,
    email: str | None = None,
    phone: str | None = None,
    name: str = "",
    password: str | None = None,
    auth_provider: AuthProvider = AuthProvider.EMAIL,
    source: SignupSource = SignupSource.UNKNOWN,
    platform: SignupPlatform = SignupPlatform.WEB,
    accepts_marketing: bool = False,
    country: str | None = None,
    referrer_id: str | None = None,
) -> User:
    """Create a customer's account and track `user.created`. Raises `AccountTaken`, `InvalidPhone`."""
    try:
        with transaction.atomic():
            user: User = User.objects.create_user(
                email,
                password,
                phone=read_phone(phone) if phone else None,
                name=name,
                auth_provider=auth_provider,
                signup_source=source,
                signup_platform=platform,
                accepts_marketing=accepts_marketing,
                country=country,
                created_at=at,
            )
    except IntegrityError as error:
        if "user_email_unique" not in str(error) and "user_phone_unique" not in str(error):
            raise
        raise AccountTaken("There is already an account with this e-mail or phone.") from error
    track(
        "user.created",
        actor=actor_for(user_id=user.pk, base=actor),
        at=at,
        message_id=f"user.created:{user.pk}",
        user_id=str(user.pk),
        source=source.value,
        platform=platform.value,
        country=country,
        referrer_id=referrer_id,
    )
    return user


def signup_source(actor: Actor) -> SignupSource:
    """Return what brought somebody to sign up, by the campaign of their visit; a named campaign comes first."""
    if actor.utm.get("utm_campaign"):
        return SignupSource.CAMPAIGN
    medium = actor.utm.get("utm_medium", "").lower()
    return SignupSource.ADS if medium == "cpc" or medium.startswith("paid") else SignupSource.WEB


def note_sign_in(*, user: User, method: AuthProvider, platform: SignupPlatform, actor: Actor, at: datetime) -> None:
    """Track `user.logged_in`, each sign-in once."""
    track(
        "user.logged_in",
        actor=actor_for(user_id=user.pk, base=actor),
        at=at,
        message_id=f"user.logged_in:{uuid4()}",
        method=method.value,
        platform=platform.value,
    )


@transaction.atomic
def change_profile(*, user: User, changes: ProfileChanges) -> User:
    """Change what was given of a customer's account and return it fresh.

    A new phone is not verified yet. Raises `AccountClosed`; `InvalidPhone`, `AccountTaken`, `NoContact` and
    `PhoneByCode`, which name `phone`.
    """
    user = hold_account(user_id=user.pk)
    columns: dict[str, object] = dict(changes)
    if "phone" in changes:
        phone = read_phone(changes["phone"]) if changes["phone"] else None
        if phone is None and not user.email:
            raise NoContact("Keep a phone, so that we can reach you.", field="phone")
        if phone != user.phone and user.phone_verified_at and not user.email:
            raise PhoneByCode("You sign in with this phone. Confirm the new one by a code.", field="phone")
        columns |= {"phone": phone} if phone == user.phone else {"phone": phone, "phone_verified_at": None}
    had_agreed, phone_before = user.accepts_marketing, user.phone
    for column, value in columns.items():
        setattr(user, column, value)
    try:
        with transaction.atomic():
            user.save(update_fields=[*columns, "updated_at"])
    except IntegrityError as error:
        if "user_phone_unique" not in str(error):
            raise
        raise AccountTaken("Another account has this phone.", field="phone") from error
    if user.accepts_marketing != had_agreed:
        agrees = {"accepts_marketing": user.accepts_marketing}
        record_own("account.consent", user, before={"accepts_marketing": had_agreed}, after=agrees)
    if user.phone != phone_before:
        phones = {"phone": phone_before}, {"phone": user.phone}
        record_own("account.phone_changed", user, personal_before=phones[0], personal_after=phones[1])
    return user
