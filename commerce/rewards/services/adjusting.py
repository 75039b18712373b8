"""Points that staff give or take, with a reason; above POINTS_FOUR_EYES a colleague has to agree."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs

from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.rewards.models import AdjustmentStatus, PointsAdjustment
from commerce.rewards.services.ledger import TooFewPoints, earn_points, take_points
from zuka.platform.errors import Refused

COUNTED = timedelta(days=30)


class AdjustmentDecided(Refused):
    """Somebody has decided on it already."""

    code = "adjustment_decided"


class OwnAdjustment(Refused):
    """Nobody approves what they have asked for, or points of their own."""

    code = "own_adjustment"


@transaction.atomic
def adjust_points(*, user: User, points: int, reason: str, at: datetime, staff_id: UUID) -> PointsAdjustment:
    """Give or take a customer's points, or ask a colleague to approve it. Raises `TooFewPoints`, `OwnAdjustment`."""
    if user.pk == staff_id:
        raise OwnAdjustment("Somebody else has to change your own points.", field="points")
    user = hold_account(user_id=user.pk)
    asked = PointsAdjustment.objects.create(
        user=user,
        points=points,
        reason=reason,
        status=AdjustmentStatus.ASKED,
        asked_by_id=staff_id,
        asked_at=at,
    )
    if needs_second(asked, at=at):
        return asked
    return apply_adjustment(asked, at=at)


def needs_second(asked: PointsAdjustment, *, at: datetime) -> bool:
    """Say whether a colleague has to approve: so that many small gifts are a large one, all of 30 days count."""
    if not settings.POINTS_FOUR_EYES:
        return False
    recent = PointsAdjustment.objects.filter(user=asked.user_id, asked_at__gt=at - COUNTED)
    recent = recent.exclude(status=AdjustmentStatus.DECLINED)
    total = recent.aggregate(total=Sum(Abs("points")))["total"] or 0
    return total > settings.POINTS_FOUR_EYES


def apply_adjustment(asked: PointsAdjustment, *, at: datetime) -> PointsAdjustment:
    """Change the points of a locked customer as was asked. Raises `TooFewPoints`."""
    user = hold_account(user_id=asked.user_id)
    if -asked.points > user.reward_points:
        raise TooFewPoints(f"They have {user.reward_points} points; take no more.", field="points")
    if asked.points > 0:
        earn_points(
            user_id=user.pk,
            source_type="adjustment",
            source_id=str(asked.pk),
            points=asked.points,
            xp=0,
            note=asked.reason,
            actor_id=asked.asked_by_id,
            at=at,
        )
    else:
        take_points(
            user=user,
            source_type="adjustment",
            source_id=str(asked.pk),
            points=-asked.points,
            note=asked.reason,
            actor_id=asked.asked_by_id,
            at=at,
        )
    asked.status = AdjustmentStatus.APPLIED
    asked.save(update_fields=["status"])
    return asked


@transaction.atomic
def decide_adjustment(*, asked: PointsAdjustment, is_approved: bool, at: datetime, staff_id: UUID) -> PointsAdjustment:
    """Approve or decline what a colleague asked for; withdrawing it oneself is declining.

    Raises `AdjustmentDecided`, `OwnAdjustment`, `TooFewPoints`.
    """
    asked = PointsAdjustment.objects.select_for_update().get(pk=asked.pk)
    if asked.status != AdjustmentStatus.ASKED:
        raise AdjustmentDecided("Somebody has decided on this already.")
    if is_approved and staff_id in {asked.asked_by_id, asked.user_id}:
        raise OwnAdjustment("Somebody else has to approve this.")
    asked.decided_by_id, asked.decided_at = staff_id, at
    asked.status = AdjustmentStatus.DECLINED
    asked.save(update_fields=["decided_by", "decided_at", "status"])
    return apply_adjustment(asked, at=at) if is_approved else asked
