"""What jobs do with points: those that have lapsed go, and caches that do not add up are found."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from commerce.accounts.models import User
from commerce.rewards.models import GamePlay, PlayStatus, PointsEntry, PointsLot
from commerce.rewards.services.ledger import track_points, write_entry

log = structlog.get_logger(__name__)
AT_ONCE = 500
UNFINISHED_KEPT = timedelta(days=30)


def lapse_points(*, at: datetime) -> int:
    """Take what has lapsed from its customers; return of how many. Any number of workers may run this at once.

    Who has points that do not add up keeps them, and is reported.
    """
    kept: set[UUID] = set()
    lapsed = PointsLot.objects.filter(points_left__gt=0, expires_at__lte=at).order_by("expires_at")
    done = 0
    while users := list(dict.fromkeys(lapsed.exclude(user__in=kept).values_list("user_id", flat=True)[:AT_ONCE])):
        for user_id in users:
            try:
                done += lapse_points_of(user_id=user_id, at=at)
            except Exception:  # one customer whose points cannot be taken must not keep the others' from lapsing
                log.exception("points.not_lapsed", user_id=str(user_id))
                kept.add(user_id)
    return done


@transaction.atomic
def lapse_points_of(*, user_id: UUID, at: datetime) -> bool:
    """Take what has lapsed of one customer, an entry a lot; say whether anything had."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    lots = list(PointsLot.objects.filter(user=user, points_left__gt=0, expires_at__lte=at).order_by("expires_at", "id"))
    for lot in lots:
        entry = write_entry(
            user=user,
            source_type="lapse",
            source_id=str(lot.pk),
            points=-lot.points_left,
            xp=0,
            expires_at=None,
            note="",
            actor_id=None,
            at=at,
        )
        track_points("points.expired", entry, points=-entry.points, at=at)
    PointsLot.objects.filter(pk__in=[lot.pk for lot in lots]).update(points_left=0)
    return bool(lots)


def find_points_drift() -> QuerySet[User]:
    """Return the customers whose changes, or what is left of them, do not add up to their points or XP."""
    entries = PointsEntry.objects.filter(user=OuterRef("pk")).order_by().values("user")
    lots = PointsLot.objects.filter(user=OuterRef("pk")).order_by().values("user")
    nothing = Value(0)
    people = User.objects.annotate(
        ledger_points=Coalesce(Subquery(entries.annotate(sum=Sum("points")).values("sum")), nothing),
        ledger_xp=Coalesce(Subquery(entries.annotate(sum=Sum("xp")).values("sum")), nothing),
        lot_points=Coalesce(Subquery(lots.annotate(sum=Sum("points_left")).values("sum")), nothing),
    )
    drifted: QuerySet[User] = people.exclude(
        reward_points=F("ledger_points"), total_xp=F("ledger_xp"), lot_points=F("ledger_points")
    ).order_by("pk")
    return drifted


def drop_unfinished_plays(*, at: datetime) -> int:
    """Delete plays that nobody finished, a month after they could have been; return how many."""
    old = GamePlay.objects.filter(status=PlayStatus.OPEN, started_at__lt=at - UNFINISHED_KEPT)
    return old.delete()[0]
