"""Points of reviews of what was bought: each product once for each customer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from commerce.rewards.models import PointsEntry
from commerce.rewards.services.ledger import earn_points, find_entry, take_back_points
from commerce.rewards.services.rules import RULES


def reward_review(*, user_id: UUID, product_id: int, at: datetime) -> PointsEntry | None:
    """Give the points of a verified review, in its transaction; another one of the same product earns nothing."""
    rule = RULES["review"]
    return earn_points(
        user_id=user_id,
        source_type="review",
        source_id=f"{product_id}:{user_id}",
        points=rule.points,
        xp=rule.xp,
        at=at,
    )


def unreward_review(*, user_id: UUID, product_id: int, at: datetime) -> PointsEntry | None:
    """Take back what a review has earned that staff have removed."""
    source_id = f"{product_id}:{user_id}"
    given = find_entry("review", source_id)
    if given is None:
        return None
    return take_back_points(
        user_id=user_id, source_type="review_back", source_id=source_id, points=given.points, xp=given.xp, at=at
    )
