"""What customers are entitled to beyond what everybody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from commerce.accounts.models import Entitlement, KeyTier
from zuka.platform.keys.moving import move_tier

TIERS = list(KeyTier)


@dataclass(frozen=True, slots=True)
class Entitled:
    """All that a customer is entitled to; without an argument what everybody is."""

    free_shipping: bool = False
    points_percent: int = 100
    key_tier: KeyTier = KeyTier.FREE


EVERYBODY = Entitled()


def entitled(user_id: UUID | None) -> Entitled:
    """Return the best of what a customer's sources give; guests are entitled to what everybody is."""
    if user_id is None:
        return EVERYBODY
    rows = list(Entitlement.objects.filter(user_id=user_id, ended_at=None))
    return Entitled(
        free_shipping=any(row.free_shipping for row in rows),
        points_percent=max((row.points_percent for row in rows), default=EVERYBODY.points_percent),
        key_tier=max((KeyTier(row.key_tier) for row in rows), key=TIERS.index, default=EVERYBODY.key_tier),
    )


@transaction.atomic
def entitle(
    *, user_id: UUID, source_type: str, source_id: str, gives: Entitled | None, at: datetime
) -> Entitlement | None:
    """Make what a source gives a customer so, None: nothing any more; their keys get the tier that follows.

    Said twice, nothing changes.
    """
    known = Entitlement.objects.select_for_update().filter(source_type=source_type, source_id=source_id).first()
    if gives is None and (known is None or known.ended_at):
        return known
    before = entitled(user_id).key_tier
    row = known or Entitlement(user_id=user_id, source_type=source_type, source_id=source_id, created_at=at)
    row.ended_at = at if gives is None else None
    if gives is not None:
        row.free_shipping, row.points_percent = gives.free_shipping, gives.points_percent
        row.key_tier = gives.key_tier
    row.save()
    move_tier(owner_id=user_id, from_tier=before, to_tier=entitled(user_id).key_tier, at=at)
    return row
