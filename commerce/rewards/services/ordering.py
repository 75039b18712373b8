"""Points of orders: what they take off, what comes back of those, and what is earned. Orders say which, and when.

What an order earns comes when nothing of it can be sent back any more: points are then never spent before the shop may
keep the money, and nobody has to pay points back for what they return in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from commerce.accounts.models import User
from commerce.accounts.services import entitled
from commerce.money import spread_kobo
from commerce.rewards.models import PointsEntry
from commerce.rewards.services.ledger import (
    TooFewPoints,
    earn_points,
    find_entry,
    give_back_points,
    spend_points,
    take_back_points,
)
from commerce.rewards.services.rules import xp_for
from commerce.rewards.services.telling import tell_points
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live


class PointsNotTaken(Refused):
    """Points do not pay for this, or not for so much."""

    code = "points_not_taken"


@dataclass(frozen=True, slots=True)
class PointsDiscount:
    """What points pay for: how many, in kobo, and each of the goods' share of it."""

    points: int
    kobo: int
    shares: Sequence[int]


def most_points(*, goods: Sequence[int], currency: str) -> int:
    """Return how many points may pay for goods that cost so many kobo each after coupons: POINTS_MOST_PERCENT of them.

    Points are worth money of the shop's currency alone; delivery and tax on top are not paid with them.
    """
    return points_for_goods(goods=goods, currency=currency, value_kobo=live.POINTS_VALUE_KOBO)


def points_for_goods(*, goods: Sequence[int], currency: str, value_kobo: int) -> int:
    """Return the same where a point is worth so much."""
    if currency != settings.SHOP_CURRENCY:
        return 0
    return int(sum(goods) * live.POINTS_MOST_PERCENT // 100 // value_kobo)


def points_discount(*, points: int, goods: Sequence[int], currency: str) -> PointsDiscount:
    """Return what points take off goods that cost so many kobo each after coupons, to the kobo.

    Raises `PointsNotTaken` for more than may pay for them; whether somebody has them, only `spend_points` knows.
    """
    value_kobo = live.POINTS_VALUE_KOBO  # read once: staff may change it meanwhile
    most = points_for_goods(goods=goods, currency=currency, value_kobo=value_kobo)
    if points > most:
        message = f"At most {most} points pay for these goods." if most else "Points do not pay for these goods."
        raise PointsNotTaken(f"{message} Use fewer.", field="points")
    kobo = points * value_kobo
    return PointsDiscount(points, kobo, spread_kobo(kobo, goods))


def pay_with_points(*, user_id: UUID, number: str, points: int, at: datetime) -> PointsEntry:
    """Take the points of an order in its transaction. Raises `TooFewPoints`, so that the order is not placed."""
    return spend_points(user_id=user_id, source_type="checkout", source_id=number, points=points, at=at)


@transaction.atomic
def return_points(*, user_id: UUID, number: str, to: int, at: datetime) -> int:
    """Give back points of an order until so many in all came back, and return how many came now.

    Under the lock of the customer's row: who asks at the same moment finds them given.
    """
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    spent = PointsEntry.objects.filter(source_type="checkout", source_id=number).first()
    if spent is None:
        return 0
    came = moved("checkout_back", number)
    points = min(to, -spent.points) - came
    if points > 0:
        source_id = f"{number}:{came + points}"
        give_back_points(
            user_id=user_id, source_type="checkout_back", source_id=source_id, points=points, spent=spent, at=at
        )
    return max(points, 0)


def points_for(kobo: int) -> int:
    """Return the points that goods of so many kobo earn."""
    return kobo * live.POINTS_BACK_PERCENT // 100 // live.POINTS_VALUE_KOBO


@transaction.atomic
def settle_points(*, user_id: UUID, number: str, kobo: int, at: datetime) -> int:
    """Give what an order earns of which nothing can be sent back any more, once, and return how many points that is.

    A plan multiplies them as it does on the day on which they come.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if known := find_entry("order", number):
        return known.points
    points = points_for(kobo) * entitled(user_id).points_percent // 100 if user.is_active else 0
    if points:
        earn_points(user_id=user_id, source_type="order", source_id=number, points=points, xp=xp_for(points), at=at)
        tell_points(user=user, source_type="order", key=number, points=points, at=at)
    return points


@transaction.atomic
def lessen_points(*, user_id: UUID, number: str, kobo: int, first_kobo: int | None, at: datetime) -> int:
    """Take back what an order earned too much, now that its goods are worth `kobo`, as far as it is still there.

    Returns what it has earned then. It earned for `first_kobo`, and keeps the same share of it, whatever the shop gives
    for orders by now; None where that was not kept: then it keeps what it would earn today.
    """
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    first = find_entry("order", number)
    if first is None:
        return 0
    target = first.points * kobo // first_kobo if first_kobo else points_for(kobo)
    back = first.points - target + moved("order_back", number)
    if back > 0:
        take_back_points(
            user_id=user_id,
            source_type="order_back",
            source_id=f"{number}:{target}",
            points=back,
            xp=min(xp_for(back), first.xp),
            at=at,
        )
    return first.points + moved("order_back", number)


def moved(source_type: str, number: str) -> int:
    """Return the points of an order's changes of a kind, that have a turn in their source."""
    entries = PointsEntry.objects.filter(source_type=source_type, source_id__startswith=f"{number}:")
    return entries.aggregate(points=Sum("points"))["points"] or 0


__all__ = [
    "PointsDiscount",
    "PointsNotTaken",
    "TooFewPoints",
    "lessen_points",
    "most_points",
    "pay_with_points",
    "points_discount",
    "points_for",
    "return_points",
    "settle_points",
]
