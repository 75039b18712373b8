"""What others see of a customer: a nickname that they chose, else their initials. Never a name or an e-mail."""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from django.db import IntegrityError, transaction

from commerce.accounts.models import User
from commerce.rewards.models import RewardProfile
from commerce.rewards.services import sets
from zuka.platform.errors import Refused

NICKNAME = re.compile(r"[^\W_][\w .'-]{0,18}[^\W_]")
LOOKS_LIKE_A_CONTACT = re.compile(r"\d{6}|www|\.[a-z]{2}", re.IGNORECASE)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for one another
SOMEBODY = "Somebody"


class InvalidNickname(Refused):
    """The nickname could not be shown."""

    status = 400
    code = "invalid_nickname"


def shown_name(user: User, profile: RewardProfile | None) -> str:
    """Return what others see of a customer."""
    if profile and profile.nickname:
        return profile.nickname
    initials = [f"{word[0].upper()}." for word in user.name.split() if word[0].isalpha()][:3]
    return " ".join(initials) or SOMEBODY


def profile_of(user_id: UUID) -> RewardProfile:
    """Return a customer's profile, which is made when it is first asked for, with a code that nobody else has."""
    if known := RewardProfile.objects.filter(user_id=user_id).first():
        return known
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(8))
        try:
            with transaction.atomic():
                return RewardProfile.objects.get_or_create(user_id=user_id, defaults={"referral_code": code})[0]
        except IntegrityError:
            if not RewardProfile.objects.filter(referral_code=code).exists():
                raise


def choose_nickname(*, user: User, nickname: str) -> RewardProfile:
    """Set what leaderboards call a customer; empty for their initials. Raises `InvalidNickname`."""
    chosen = " ".join(nickname.split())
    if chosen and (not NICKNAME.fullmatch(chosen) or LOOKS_LIKE_A_CONTACT.search(chosen)):
        raise InvalidNickname("2 to 20 letters and digits, without an address or a phone.", field="nickname")
    profile = profile_of(user.pk)
    profile.nickname = chosen
    profile.save(update_fields=["nickname"])
    transaction.on_commit(lambda: sets.forget_name(user.pk))
    return profile
