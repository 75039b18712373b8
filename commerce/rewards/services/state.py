"""What a customer has: points, level, streak, and the name that others see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, Sum

from commerce.accounts.models import User
from commerce.rewards.models import PointsLot, RewardProfile
from commerce.rewards.services.ledger import points_to_spend
from commerce.rewards.services.naming import shown_name
from commerce.rewards.services.rules import level_after, level_at
from zuka.platform.clock import local_day
from zuka.platform.live_settings.reading import live

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PointsState:
    """A customer's points, and their worth in kobo of `currency`; XP, level and the one above (None at the highest).

    Where points are not taken at checkout they are worth 0.

    `expiring_points` lapse within 30 days, the first of them at `expiring_at`. `name` is what leaderboards show.
    """

    points: int
    value_kobo: int
    currency: str
    xp: int
    level: str
    level_title: str
    next_level: str | None
    next_level_title: str | None
    xp_to_next: int | None
    expiring_points: int
    expiring_at: datetime | None
    streak_days: int
    checked_in_today: bool
    name: str


def points_of(*, user: User, at: datetime) -> PointsState:
    """Return what a customer has at a moment. Four queries, no lock."""
    fresh = User.objects.only("reward_points", "total_xp", "name", "status").get(pk=user.pk)
    profile = RewardProfile.objects.filter(user=user).first()
    points = points_to_spend(user_id=user.pk, at=at)
    level = level_at(fresh.total_xp)
    above = level_after(level.name)
    soon = PointsLot.objects.filter(user=user, points_left__gt=0, expires_at__gt=at, expires_at__lte=at + SOON)
    expiring = soon.aggregate(points=Sum("points_left"), first=Min("expires_at"))
    today = local_day(at)
    streak_date = profile.streak_date if profile else None
    is_going_on = streak_date is not None and streak_date >= today - timedelta(days=1)
    return PointsState(
        points=points,
        value_kobo=points * live.POINTS_VALUE_KOBO if live.POINTS_MOST_PERCENT else 0,
        currency=settings.SHOP_CURRENCY,
        xp=fresh.total_xp,
        level=level.name,
        level_title=level.title,
        next_level=above.name if above else None,
        next_level_title=above.title if above else None,
        xp_to_next=above.xp - fresh.total_xp if above else None,
        expiring_points=expiring["points"] or 0,
        expiring_at=expiring["first"],
        streak_days=profile.streak_days if profile and is_going_on else 0,
        checked_in_today=streak_date == today,
        name=shown_name(fresh, profile),
    )
