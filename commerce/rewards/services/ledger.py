"""The ledger of points: every change is an entry, under the lock of the customer's row, with its caches.

One source changes points once, however often and at once it is asked for. Nothing takes a balance below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from analytics.track import track
from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.rewards.models import PointsEntry, PointsLot
from commerce.rewards.services.rules import ACHIEVEMENTS, LEVELS, RULES, level_at
from commerce.rewards.services.telling import tell_level
from zuka.platform.actor import actor_for
from zuka.platform.clock import day_bounds, local_day
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live

GRACE = timedelta(days=30)  # an order that falls through does not cost the points that would have lapsed meanwhile


class TooFewPoints(Refused):
    """The customer has fewer points than this takes."""

    code = "too_few_points"


@transaction.atomic
def earn_points(
    *,
    user_id: UUID,
    source_type: str,
    source_id: str,
    points: int,
    xp: int,
    at: datetime,
    note: str = "",
    actor_id: UUID | None = None,
    expires_at: datetime | None = None,
) -> PointsEntry | None:
    """Give points and XP for a source, once, and track `points.earned`; what its rule allows a day is not exceeded.

    Without `expires_at` they lapse after POINTS_VALID_DAYS. Returns the entry, the first one where the source was asked
    for before; None where nothing is left to give. Raises `AccountClosed`.
    """
    user, rule = hold_account(user_id=user_id), RULES[source_type]
    if known := find_entry(source_type, source_id):
        return known
    if rule.a_day is not None:
        points = min(points, max(rule.a_day - earned_on_day(user=user, source_type=source_type, at=at), 0))
    if not points and not xp:
        return None
    lapses = expires_at or at + timedelta(days=live.POINTS_VALID_DAYS)
    entry = write_entry(
        user=user,
        source_type=source_type,
        source_id=source_id,
        points=points,
        xp=xp,
        expires_at=lapses if points else None,
        note=note,
        actor_id=actor_id,
        at=at,
    )
    if points:
        PointsLot.objects.create(entry=entry, user=user, points_left=points, expires_at=lapses)
    if rule.earns:
        track_earned(entry, at=at)
    return entry


@transaction.atomic
def spend_points(
    *, user_id: UUID, source_type: str, source_id: str, points: int, at: datetime, note: str = ""
) -> PointsEntry:
    """Take points for a source, once, those first that lapse first, and track `points.spent`.

    Raises `TooFewPoints`, also where others spent them at the same moment, and `AccountClosed`.
    """
    user = hold_account(user_id=user_id)
    if known := find_entry(source_type, source_id):
        return known
    if points > (left := points_to_spend(user_id=user_id, at=at)):
        raise TooFewPoints(f"You have {left} points to spend; this takes {points}.", field="points")
    return take_points(user=user, source_type=source_type, source_id=source_id, points=points, at=at, note=note)


def points_to_spend(*, user_id: UUID, at: datetime) -> int:
    """Return the points that can be spent at a moment: what has lapsed since the last job ran cannot."""
    left = PointsLot.objects.filter(user=user_id, points_left__gt=0, expires_at__gt=at)
    return left.aggregate(points=Sum("points_left"))["points"] or 0


def take_points(
    *,
    user: User,
    source_type: str,
    source_id: str,
    points: int,
    at: datetime,
    xp: int = 0,
    note: str = "",
    actor_id: UUID | None = None,
) -> PointsEntry:
    """Take points, and XP as a number below zero, of a locked customer who has them."""
    last = use_lots(user=user, points=points, at=at)
    entry = write_entry(
        user=user,
        source_type=source_type,
        source_id=source_id,
        points=-points,
        xp=xp,
        expires_at=last,
        note=note,
        actor_id=actor_id,
        at=at,
    )
    if source_type in {"checkout", "reward"}:
        track_points("points.spent", entry, points=points, at=at)
    return entry


def use_lots(*, user: User, points: int, at: datetime) -> datetime | None:
    """Take points of a locked customer's lots, those that lapse first, and return when the last of them would have."""
    open_lots = PointsLot.objects.filter(user=user, points_left__gt=0).order_by("expires_at", "id")
    # What has lapsed but was not cleared yet comes last: it is no one's to spend, but may be taken back.
    lots = sorted(open_lots, key=lambda lot: lot.expires_at <= at)
    left, used = points, []
    for lot in lots:
        if not left:
            break
        part = min(left, lot.points_left)
        lot.points_left -= part
        left -= part
        used.append(lot)
    if left:
        message = f"Lots of {user.pk} hold {left} points fewer than their balance."
        raise RuntimeError(message)
    PointsLot.objects.bulk_update(used, ["points_left"])
    return used[-1].expires_at if used else None


@transaction.atomic
def take_back_points(
    *, user_id: UUID, source_type: str, source_id: str, points: int, xp: int, at: datetime, note: str = ""
) -> PointsEntry | None:
    """Take back points and XP that were given, once, as far as the customer still has them: nobody owes points.

    Returns the entry, None where nothing is left to take.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if known := find_entry(source_type, source_id):
        return known
    points, xp = min(points, user.reward_points), min(xp, user.total_xp)
    if not points and not xp:
        return None
    return take_points(user=user, source_type=source_type, source_id=source_id, points=points, xp=-xp, at=at, note=note)


@transaction.atomic
def give_back_points(
    *, user_id: UUID, source_type: str, source_id: str, points: int, spent: PointsEntry, at: datetime, note: str = ""
) -> PointsEntry:
    """Give back points that were spent, once. They lapse when the last of those would have, but not within 30 days.

    Those that were given back before, and with that put off, are not put off again: else they never lapsed.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if known := find_entry(source_type, source_id):
        return known
    was = spent.expires_at or at
    lapses = max(was, at if was_put_off(spent) else at + GRACE)
    entry = write_entry(
        user=user,
        source_type=source_type,
        source_id=source_id,
        points=points,
        xp=0,
        expires_at=lapses,
        note=note,
        actor_id=None,
        at=at,
    )
    PointsLot.objects.create(entry=entry, user=user, points_left=points, expires_at=lapses)
    return entry


def was_put_off(spent: PointsEntry) -> bool:
    """Say whether the last points to lapse of what was spent had come back before, and had been given 30 days."""
    returned = PointsEntry.objects.filter(user=spent.user_id, points__gt=0, source_type__endswith="_back")
    return returned.filter(expires_at=spent.expires_at, occurred_at=F("expires_at") - GRACE).exists()


def find_entry(source_type: str, source_id: str) -> PointsEntry | None:
    """Return the change that a source has made before."""
    return PointsEntry.objects.filter(source_type=source_type, source_id=source_id).first()


def earned_on_day(*, user: User, source_type: str, at: datetime) -> int:
    """Return the points of a kind that a customer was given on the shop's day of a moment."""
    start, end = day_bounds(local_day(at))
    entries = PointsEntry.objects.filter(
        user=user, source_type=source_type, occurred_at__gte=start, occurred_at__lt=end
    )
    return entries.aggregate(points=Sum("points"))["points"] or 0


def write_entry(
    *,
    user: User,
    source_type: str,
    source_id: str,
    points: int,
    xp: int,
    expires_at: datetime | None,
    note: str,
    actor_id: UUID | None,
    at: datetime,
) -> PointsEntry:
    """Write a change of a locked customer with the caches it changes, and track a level that was reached."""
    entry = PointsEntry.objects.create(
        user=user,
        source_type=source_type,
        source_id=source_id,
        points=points,
        xp=xp,
        balance_after=user.reward_points + points,
        expires_at=expires_at,
        note=note,
        actor_id=actor_id,
        occurred_at=at,
    )
    before = user.gem_level
    user.reward_points += points
    user.total_xp += xp
    user.gem_level = level_at(user.total_xp).name
    user.save(update_fields=["reward_points", "total_xp", "gem_level", "updated_at"])
    if names().index(user.gem_level) > names().index(before):
        note_level(user=user, at=at)
    return entry


def names() -> Sequence[str]:
    """Return the names of the levels, the lowest first."""
    return [level.name for level in LEVELS]


def note_level(*, user: User, at: datetime) -> None:
    """Track that somebody has reached a level, and tell them; one that was lost and reached again is told once."""
    track(
        "game.levelled_up",
        actor=actor_for(user_id=user.pk),
        at=at,
        message_id=f"game.levelled_up:{user.pk}:{user.gem_level}",
        level=user.gem_level,
    )
    tell_level(user=user, at=at)


def track_earned(entry: PointsEntry, *, at: datetime) -> None:
    """Track what a source has earned, and what that unlocks."""
    if entry.points:
        track_points("points.earned", entry, points=entry.points, at=at)
    waiting = [each for each in ACHIEVEMENTS if each.source_type == entry.source_type]
    if not waiting:
        return
    count = PointsEntry.objects.filter(user=entry.user_id, source_type=entry.source_type).count()
    for each in waiting:
        if each.count == count:
            track(
                "achievement.unlocked",
                actor=actor_for(user_id=entry.user_id),
                at=at,
                message_id=f"achievement.unlocked:{entry.user_id}:{each.name}",
                achievement=each.name,
            )


def track_points(event_type: str, entry: PointsEntry, *, points: int, at: datetime) -> None:
    """Track points that came or went, about their customer, whoever moved them."""
    track(
        event_type,
        actor=actor_for(user_id=entry.user_id),
        at=at,
        message_id=f"{event_type}:{entry.source_type}:{entry.source_id}",
        points=points,
        source_type=entry.source_type,
    )
