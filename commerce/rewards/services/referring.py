"""Friends who come by a customer's code: joined, and rewarded when their first order is paid and kept.

Whoever shares an address, phone or device with the friend, or brings more than REFERRALS_MONTHLY in 30 days, is
not refused but held: a family lives at one address, and staff decide.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from analytics.track import track
from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.notifications.services import fill_path, shop_link
from commerce.rewards.models import Referral, ReferralStatus, RewardProfile
from commerce.rewards.services.ledger import earn_points
from commerce.rewards.services.naming import profile_of
from commerce.rewards.services.rules import RULES
from commerce.rewards.services.telling import tell_points
from zuka.platform.actor import Actor, actor_for
from zuka.platform.errors import Refused
from zuka.platform.limits import Limit
from zuka.platform.live_settings.reading import live

NEW_FOR, COUNTED = timedelta(days=30), timedelta(days=30)
CODES = Limit("referral-codes", most=10, seconds=3600)
SAME = {"address": "The same address", "phone": "The same phone", "device": "The same device"}


class UnknownCode(Refused):
    """Nobody has this code."""

    code = "unknown_code"


class NotReferred(Refused):
    """Somebody cannot come by this code: it is their own, they came by one before, or they are no newcomer."""

    code = "not_referred"


class TooManyCodesTried(Refused):
    """Somebody tries codes."""

    status = 429
    code = "too_many_codes_tried"


class ReferralDecided(Refused):
    """This referral does not wait for staff."""

    code = "referral_decided"


class OwnReferral(Refused):
    """Nobody decides on points of their own."""

    code = "own_referral"


def referral_link(code: str) -> str:
    """Return the address that a customer gives to friends; a path where the shop has not said where it is."""
    path = fill_path(settings.REFERRAL_PATH, code=code)
    return shop_link(path) or path


def join_by_code(*, user: User, code: str, at: datetime, actor: Actor) -> Referral:
    """Note that a newcomer came by a friend's code, and track `referral.joined`; the same code again is no news.

    Raises `UnknownCode`, `NotReferred`, `TooManyCodesTried`, `AccountClosed`.
    """
    if seconds := CODES.take(str(user.pk), at=at):
        raise TooManyCodesTried(f"That was too often. Wait {seconds} seconds, then try again.", retry_after=seconds)
    profile = RewardProfile.objects.filter(referral_code=code.strip().upper(), user__status="active").first()
    if profile is None:
        raise UnknownCode("Nobody has this code. Look at it again.", field="code")
    try:
        return write_referral(user=user, referrer_id=profile.user_id, at=at, actor=actor)
    except IntegrityError as error:
        raise NotReferred("You came by a friend's code before.", field="code") from error


@transaction.atomic
def write_referral(*, user: User, referrer_id: UUID, at: datetime, actor: Actor) -> Referral:
    """Write a referral of a newcomer, once. Raises `NotReferred`; IntegrityError for who came by another before."""
    # Both, in the order of their ids: of two who join by one another at once the second finds the first.
    list(User.objects.select_for_update(no_key=True).filter(pk__in=(user.pk, referrer_id)).order_by("pk"))
    user = hold_account(user_id=user.pk)
    if referrer_id == user.pk:
        raise NotReferred("This is your own code. Give it to a friend.", field="code")
    if at - user.created_at > NEW_FOR:
        raise NotReferred("Codes are for who has just signed up.", field="code")
    if known := Referral.objects.filter(referrer=referrer_id, referred=user).first():
        return known
    if Referral.objects.filter(referrer=user, referred=referrer_id).exists():
        raise NotReferred("This friend came by your own code.", field="code")
    referral = Referral.objects.create(referrer_id=referrer_id, referred=user, joined_at=at)
    track(
        "referral.joined",
        actor=actor_for(user_id=user.pk, base=actor),
        at=at,
        message_id=f"referral.joined:{referral.pk}",
        referral_id=str(referral.pk),
    )
    return referral


def invite_friend(*, user: User, at: datetime, actor: Actor, channel: str) -> str:
    """Return the link that a customer sends on, and track `referral.invited`, once a channel and day."""
    profile = profile_of(user.pk)
    track(
        "referral.invited",
        actor=actor_for(user_id=user.pk, base=actor),
        at=at,
        message_id=f"referral.invited:{user.pk}:{channel}:{at:%Y-%m-%d}",
        channel=channel,
    )
    return referral_link(profile.referral_code)


def waiting_referrals() -> QuerySet[Referral]:
    """Return the referrals whose first order is still waited for."""
    return Referral.objects.filter(status=ReferralStatus.JOINED)


def referrer_of(*, referred_id: UUID) -> UUID | None:
    """Return who brought a customer whose first order is still waited for."""
    waiting = waiting_referrals().filter(referred=referred_id)
    return waiting.values_list("referrer_id", flat=True).first()


@transaction.atomic
def qualify_referral(*, referred_id: UUID, number: str, shared: Collection[str], at: datetime) -> Referral | None:
    """Reward both for the newcomer's first order that was paid and kept, or hold it for staff; once.

    `shared` names what both have in common: keys of `SAME`. None where nobody brought them, or it was decided before.
    """
    waiting = waiting_referrals().filter(referred=referred_id)
    pair = waiting.values_list("referrer_id", "referred_id").first()
    if pair is None:
        return None
    # Two friends' orders that are settled at once wait here for one another: the month's count is exact.
    people = {each.pk: each for each in User.objects.select_for_update(no_key=True).filter(pk__in=pair).order_by("pk")}
    referral = waiting.select_for_update().first()
    if referral is None:
        return None
    referral.order_number = number
    reasons = [words for mark, words in SAME.items() if mark in shared]
    if not all(person.is_active for person in people.values()):
        reasons.append("An account is not active")
    if rewarded_lately(referral.referrer_id, at=at) >= live.REFERRALS_MONTHLY:
        reasons.append(f"More than {live.REFERRALS_MONTHLY} friends in 30 days")
    if reasons:
        referral.status, referral.reason = ReferralStatus.HELD, ", ".join(reasons)
        referral.save(update_fields=["status", "reason", "order_number"])
        return referral
    return reward_referral(referral, at=at)


def rewarded_lately(referrer_id: UUID, *, at: datetime) -> int:
    """Return for how many friends a customer was given points within 30 days."""
    rewarded = Referral.objects.filter(referrer=referrer_id, status=ReferralStatus.REWARDED)
    return rewarded.filter(decided_at__gt=at - COUNTED).count()


def reward_referral(referral: Referral, *, at: datetime, staff_id: UUID | None = None) -> Referral:
    """Give both sides of a locked referral their points, and track `referral.rewarded`."""
    referral.status, referral.decided_at, referral.decided_by_id = ReferralStatus.REWARDED, at, staff_id
    referral.save(update_fields=["status", "decided_at", "decided_by", "order_number"])
    for source_type, user in (("referral", referral.referrer), ("welcome", referral.referred)):
        if not user.is_active:
            continue
        rule = RULES[source_type]
        earn_points(
            user_id=user.pk,
            source_type=source_type,
            source_id=str(referral.pk),
            points=rule.points,
            xp=rule.xp,
            at=at,
        )
        tell_points(user=user, source_type=source_type, key=str(referral.pk), points=rule.points, at=at)
    track(
        "referral.rewarded",
        actor=actor_for(user_id=referral.referrer_id),
        at=at,
        message_id=f"referral.rewarded:{referral.pk}",
        referral_id=str(referral.pk),
    )
    return referral


@transaction.atomic
def decide_referral(
    *, referral: Referral, is_approved: bool, at: datetime, staff_id: UUID, reason: str = ""
) -> Referral:
    """Reward or refuse a referral that is held. Raises `ReferralDecided`, `OwnReferral`."""
    people = (referral.referrer_id, referral.referred_id)
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk"))
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.status != ReferralStatus.HELD:
        raise ReferralDecided("This referral does not wait for a decision.")
    if staff_id in people:
        raise OwnReferral("Somebody else has to decide on this: it is your own.")
    if is_approved:
        return reward_referral(referral, at=at, staff_id=staff_id)
    referral.status, referral.decided_at, referral.decided_by_id = ReferralStatus.REFUSED, at, staff_id
    referral.reason = ": ".join(filter(None, [referral.reason, reason]))[:200]
    referral.save(update_fields=["status", "decided_at", "decided_by", "reason"])
    return referral
