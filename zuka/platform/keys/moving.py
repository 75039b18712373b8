"""The tier of somebody's keys: what they have a right to, told by who knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from zuka.platform.models import ApiKey


def move_tier(*, owner_id: UUID, from_tier: str, to_tier: str, at: datetime) -> int:
    """Give an owner's keys of one tier another, in the caller's transaction; return how many.

    A tier that staff gave stays, and so does one of before it was noted who gave it, unless it is `from_tier`.
    Processes notice within a second.
    """
    if from_tier == to_tier:
        return 0
    keys = ApiKey.objects.filter(owner_id=owner_id, tier=from_tier).exclude(tier_source=ApiKey.TierSource.STAFF)
    source = "" if to_tier == ApiKey.Tier.FREE else ApiKey.TierSource.PLAN
    return keys.update(tier=to_tier, tier_source=source, tier_given_at=at, updated_at=at)


def note_tier_of_staff(*, key: ApiKey, at: datetime) -> None:
    """Note, on a key that is about to be saved, that staff gave it its tier; the lowest is everybody's, and plans
    raise it. Who of them it was is in the audit log.
    """
    key.tier_source = "" if key.tier == ApiKey.Tier.FREE else ApiKey.TierSource.STAFF.value
    key.tier_given_at = at
