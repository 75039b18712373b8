"""Rewards that customers take for their points: a code that is good once, which they may give away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.promotions.models import CouponKind
from commerce.promotions.services import mint_coupon
from commerce.rewards.models import Reward, UserReward
from commerce.rewards.services.ledger import spend_points
from zuka.platform.errors import Refused
from zuka.platform.idempotency import KeyReused

PREFIX = "GIFT"


class NoSuchReward(Refused):
    """There is no such reward, or it is not offered now."""

    status = 404
    code = "not_found"


class RewardGone(Refused):
    """All of them are taken."""

    code = "reward_gone"


class RewardTaken(Refused):
    """The customer has taken as many as one may."""

    code = "reward_taken"


def offered_rewards(*, at: datetime) -> QuerySet[Reward]:
    """Return what points are given for at a moment, the cheapest first."""
    begun = Q(starts_at=None) | Q(starts_at__lte=at)
    return Reward.objects.filter(begun, Q(ends_at=None) | Q(ends_at__gt=at), is_active=True)


@transaction.atomic
def redeem_reward(*, user: User, reward_id: int, at: datetime, idempotency_key: str | None = None) -> UserReward:
    """Take a reward for points and return it with its code, within its limits however many do so at once.

    The same `idempotency_key` of a customer returns what was taken with it. Raises `NoSuchReward`, `RewardTaken`,
    `RewardGone`, `TooFewPoints`, `KeyReused`, `AccountClosed`.
    """
    hold_account(user_id=user.pk)
    if idempotency_key and (known := user.rewards.filter(idempotency_key=idempotency_key).first()):
        if known.reward_id != reward_id:
            raise KeyReused("This Idempotency-Key was used for another reward.", field="Idempotency-Key")
        return known
    reward = offered_rewards(at=at).filter(pk=reward_id).first()
    if reward is None:
        raise NoSuchReward("This reward is not offered now.")
    if reward.user_limit is not None and reward.redemptions.filter(user=user).count() >= reward.user_limit:
        raise RewardTaken("You have taken this reward as often as one may.")
    left = Reward.objects.filter(Q(stock=None) | Q(redeemed_count__lt=F("stock")), pk=reward.pk, is_active=True)
    if not left.update(redeemed_count=F("redeemed_count") + 1):
        raise RewardGone("All of these are taken.")
    until = at + timedelta(days=reward.valid_days)
    coupon = mint_coupon(
        name=reward.name,
        prefix=PREFIX,
        kind=CouponKind(reward.kind),
        currency=settings.SHOP_CURRENCY,
        at=at,
        valid_until=until,
        percent=reward.percent,
        amount_kobo=reward.amount_kobo,
        min_spend_kobo=reward.min_spend_kobo,
        max_discount_kobo=reward.max_discount_kobo,
    )
    taken = UserReward.objects.create(
        user=user,
        reward=reward,
        coupon=coupon,
        points=reward.points,
        redeemed_at=at,
        expires_at=until,
        idempotency_key=idempotency_key,
    )
    spend_points(
        user_id=user.pk, source_type="reward", source_id=str(taken.pk), points=reward.points, at=at, note=reward.name
    )
    return taken
