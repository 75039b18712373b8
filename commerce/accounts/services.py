from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from analytics.track import track
from commerce.accounts.models import PHONE_PATTERN, AuthProvider, SignupPlatform, SignupSource, User
from zuka.platform.actor import Actor, actor_for
from zuka.platform.errors import Refused

PHONE_NOISE = re.compile(r"[\s().-]")
NIGERIAN_TRUNK = re.compile(r"^0[0-9]{10}$")


class AccountTaken(Refused):
    """Another account has this e-mail or phone."""

    code = "account_taken"


class InvalidPhone(Refused):
    """The phone cannot be read as a number with a country code."""

    status = 400
    code = "invalid_phone"


def read_phone(raw: str, *, field: str = "phone") -> str:
    """Return a phone as E.164; a Nigerian `0803 123 4567` becomes `+2348031234567`.

    Raises `InvalidPhone`, which names `field`.
    """
    phone = PHONE_NOISE.sub("", raw)
    if NIGERIAN_TRUNK.fullmatch(phone):
        phone = f"+234{phone[1:]}"
    if not re.fullmatch(PHONE_PATTERN, phone):
        raise InvalidPhone("Write the phone with its country code, for example +2348012345678.", field=field)
    return phone


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
