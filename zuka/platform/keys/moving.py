"""The tier of somebody's keys: what they have a right to, told by who knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zuka.platform.models import ApiKey


def move_tier(*, owner_id: UUID, from_tier: str, to_tier: str, at: datetime) -> int:
    """Give an owner's keys of one tier another, in the caller's transaction; return how many.

    Keys of another tier were given that by staff, and keep it. Who gave a tier is not kept: one that staff gave, and
    that is the same as the owner's plan gives, goes by the plan, and ends with it. Processes notice within a second.
    """
    if from_tier == to_tier:
        return 0
    return ApiKey.objects.filter(owner_id=owner_id, tier=from_tier).update(tier=to_tier, updated_at=at)
