"""Leaderboards in Valkey: a sorted set a board, of the first thousand players. Nothing is known only here.

A member's weight is its score and, behind it, how early it was reached, so that the set's order is the board's. Weights
only rise (`GT`), so adding is right in any order and any number of times: by the one who scored, after the commit, and
by whoever fills the set from the table. A mark beside the set says that it was filled; it lapses after a minute, so
that a score whose process died between commit and adding is missing for no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from time import monotonic
from typing import Any
from uuid import UUID

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
KEPT = 1000
NAMES = "board:names"
FRESH_SECONDS, KEPT_SECONDS = 60, 180
SPAN = 2**32  # seconds since 1970, until 2106; scores below 2**21 leave no weight rounded
TIMEOUT, PAUSE = 0.25, 5.0
_pause = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Best:
    """A player's best score of a board, and when it was reached."""

    user_id: UUID
    score: int
    reached_at: datetime


class Away(Exception):  # noqa: N818 - callers go on without
    """Valkey does not answer, or the shop has none."""


@cache
def client_at(url: str) -> redis.Redis:
    """Return the process's connections to a server."""
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, decode_responses=True, retry=None
    )


def client() -> redis.Redis:
    """Return the connections. Raises `Away`, for some seconds after it was, so that nobody waits again and again."""
    if not settings.REDIS_URL or monotonic() < _pause["until"]:
        raise Away
    return client_at(settings.REDIS_URL)


def note_away(error: Exception) -> Away:
    """Note that Valkey does not answer, and return what is raised."""
    _pause["until"] = monotonic() + PAUSE
    log.warning("boards.away", error=str(error))
    return Away()


def weight(best: Best) -> float:
    """Return a score with how early it was reached behind it; exact as a float up to 2**53."""
    return float(best.score * SPAN + (SPAN - 1 - int(best.reached_at.timestamp())))


def mark_of(key: str) -> str:
    """Return where it is kept that a board was filled."""
    return f"{key}:filled"


def read_top(key: str, *, limit: int) -> list[tuple[str, int, int]] | None:
    """Return (player, score, second reached) of the first of a board; None where it has to be filled. Raises `Away`."""
    try:
        pipe = client().pipeline(transaction=True)
        pipe.exists(mark_of(key))
        pipe.zrevrange(key, 0, limit - 1, withscores=True)
        is_filled, rows = pipe.execute()
    except (RedisError, OSError) as error:
        raise note_away(error) from error
    if not is_filled:
        return None
    whole = [(member, int(weight)) for member, weight in rows]
    return [(member, number // SPAN, SPAN - 1 - number % SPAN) for member, number in whole]


def fill(key: str, rows: Sequence[Best]) -> None:
    """Add the first of a board from the table, and mark it as filled. Raises `Away`."""
    try:
        pipe = client().pipeline(transaction=True)
        if rows:
            pipe.zadd(key, {str(row.user_id): weight(row) for row in rows}, gt=True)
            pipe.zremrangebyrank(key, 0, -KEPT - 1)
        pipe.expire(key, KEPT_SECONDS)
        pipe.set(mark_of(key), "1", ex=FRESH_SECONDS)
        pipe.execute()
    except (RedisError, OSError) as error:
        raise note_away(error) from error


def raise_scores(keys: Iterable[str], best: Best) -> None:
    """Add a score that was committed to its boards; where Valkey is away, the table has it."""
    try:
        pipe = client().pipeline(transaction=True)
        for key in keys:
            pipe.zadd(key, {str(best.user_id): weight(best)}, gt=True)
            pipe.expire(key, KEPT_SECONDS)
        pipe.execute()
    except Away:  # boards are read from the table meanwhile, and filled from it afterwards
        return
    except (RedisError, OSError) as error:
        note_away(error)


def read_names(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what boards have called some players within the minute. Raises `Away`."""
    ids = list(user_ids)
    try:
        found: Any = client().hmget(NAMES, [str(each) for each in ids]) if ids else []
    except (RedisError, OSError) as error:
        raise note_away(error) from error
    return {user_id: name for user_id, name in zip(ids, found, strict=True) if name}


def keep_names(names: Mapping[UUID, str]) -> None:
    """Remember for up to a minute what boards call players; where Valkey is away, they are looked up again."""
    try:
        pipe = client().pipeline(transaction=True)
        pipe.hset(NAMES, mapping={str(user_id): name for user_id, name in names.items()})
        pipe.expire(NAMES, FRESH_SECONDS, nx=True)
        pipe.execute()
    except Away:  # the next reader looks them up
        return
    except (RedisError, OSError) as error:
        note_away(error)


def forget_name(user_id: UUID) -> None:
    """Look up anew what boards call a player."""
    try:
        client().hdel(NAMES, str(user_id))
    except Away:  # names lapse within the minute
        return
    except (RedisError, OSError) as error:
        note_away(error)


def drop(keys: Iterable[str]) -> None:
    """Forget boards; they are filled anew when they are read. One that Valkey keeps lapses by itself."""
    try:
        if names := [name for key in keys for name in (key, mark_of(key))]:
            client().delete(*names)
    except Away:  # closed accounts are not named on boards, whatever Valkey holds
        return
    except (RedisError, OSError) as error:
        note_away(error)
