"""Customers with points, and what their ledger says."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings

from commerce.accounts.models import User
from commerce.orders.models import Order
from commerce.orders.services import collect_cash
from commerce.rewards.models import GamePlay, PointsEntry, PointsLot
from commerce.rewards.services import earn_points, find_points_drift, finish_play, sets, start_play, token_of
from commerce.rewards.services.playing import Finished
from tests.commerce.factories import NOON
from tests.commerce.orders.stories import delivered
from zuka.platform.actor import NOBODY

WINDOW = timedelta(days=15)  # a day more than RETURN_DAYS
_numbers = count(1)


def give(user: User, points: int, *, at: datetime = NOON, expires_at: datetime | None = None, xp: int = 0) -> None:
    """Give a customer points, as an adjustment by nobody."""
    source_id = f"story-{next(_numbers)}"
    earn_points(
        user_id=user.pk,
        source_type="adjustment",
        source_id=source_id,
        points=points,
        xp=xp,
        at=at,
        expires_at=expires_at,
    )


def ledger(user: User) -> list[tuple[str, int, int]]:
    """A customer's changes: for what, points and the balance after; the caches agree with them."""
    user.refresh_from_db()
    rows = list(PointsEntry.objects.filter(user=user).order_by("id"))
    assert list(find_points_drift()) == []
    assert user.reward_points == sum(row.points for row in rows)
    assert user.total_xp == sum(row.xp for row in rows)
    return [(row.source_type, row.points, row.balance_after) for row in rows]


def lots(user: User) -> list[tuple[int, datetime]]:
    """What is left of a customer's points, and when it lapses."""
    return list(PointsLot.objects.filter(user=user, points_left__gt=0).values_list("points_left", "expires_at"))


def paid(*quantities: int, **choices: Any) -> Order:
    """An order that was delivered and paid in cash at the door, ₦2,000 a piece."""
    order = delivered(*quantities, **choices)
    collect_cash(order=order, at=NOON, actor=NOBODY)
    order.refresh_from_db()
    return order


def empty_boards() -> None:
    """Leave Valkey without boards, as a test's empty table is; it is asked again at once, whatever was done to it."""
    sets._pause["until"] = 0.0
    if settings.REDIS_URL:
        client = sets.client()
        for key in client.scan_iter("board:*"):
            client.delete(key)


def memory_flips(play: GamePlay) -> list[int]:
    """The cards that find every pair of a play without a mistake."""
    places: dict[str, list[int]] = {}
    for place, card in enumerate(play.state["cards"]):
        places.setdefault(card, []).append(place)
    return [place for pair in places.values() for place in pair]


def play_memory(user: User, *, at: datetime = NOON, seconds: int = 20) -> Finished:
    """Play memory without a mistake in so many seconds."""
    play = start_play(user=user, game="memory", at=at, actor=NOBODY)
    return finish(play, {"flips": memory_flips(play)}, at=at + timedelta(seconds=seconds))


def play_snake(user: User, score: int, *, at: datetime = NOON) -> Finished:
    """Play snake to a score, in ten minutes."""
    play = start_play(user=user, game="snake", at=at, actor=NOBODY)
    return finish(play, {"score": score}, at=at + timedelta(minutes=10))


def finish(play: GamePlay, result: dict[str, Any], *, at: datetime, token: str | None = None) -> Finished:
    """Post a play's result."""
    return finish_play(
        user=play.user,
        game=play.game,
        play_id=play.pk,
        token=token_of(play) if token is None else token,
        result=result,
        at=at,
        actor=NOBODY,
    )
