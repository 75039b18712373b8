"""Taking tokens from buckets: in Valkey by one script and one way there and back, in PostgreSQL while Valkey is away.

Both take from every bucket or from none, and never more than there is, however many ask at once. At the switch every
bucket is full once (decision 37).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from zuka.platform.db.connections import renew_connection
from zuka.platform.db.files import load_sql
from zuka.platform.db.prepared import prepared_cursor
from zuka.platform.throttling.models import RateBucket
from zuka.platform.throttling.rules import Bucket, Rule

log = structlog.get_logger(__name__)
HERE = Path(__file__).parent
TIMEOUT, PAUSE = 0.25, 1.0
KEPT = timedelta(days=2)
_pause = {"until": 0.0}


@dataclass(frozen=True, slots=True)
class Left:
    """What a bucket still holds, and in how many seconds it holds what was asked for."""

    bucket: Bucket
    tokens: float
    wait: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether everything was taken, and what is left in each bucket."""

    is_taken: bool
    left: tuple[Left, ...]

    @property
    def wait(self) -> int:
        """Return in how many seconds what was asked for can be had, rounded up; at least 1."""
        return max(1, math.ceil(max((each.wait for each in self.left), default=0)))


@dataclass(frozen=True, slots=True)
class Subject:
    """A rule, and whose calls it counts: a key's id, a visitor's id, an address."""

    rule: Rule
    who: str

    def name_of(self, bucket: Bucket) -> str:
        """Return where a bucket is kept. Who it is cannot be read there."""
        told = "\0".join((*self.rule.name, self.who, bucket.span))
        return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


Asked = tuple[str, int, Bucket]  # where it is kept, how many tokens, which one


@cache
def script_at(url: str) -> Any:
    """Return the script on the process's connections to a server."""
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=None)
    return client.register_script((HERE / "take.lua").read_text(encoding="utf-8"))


def take(subjects: Sequence[Subject], *, costs: Sequence[int] = ()) -> Taken:
    """Take tokens from every bucket of some subjects, `costs` of each or one, or take none."""
    asked = [
        (subject.name_of(bucket), cost, bucket)
        for subject, cost in zip(subjects, costs or [1] * len(subjects), strict=True)
        for bucket in subject.rule.buckets
    ]
    if not asked:
        return Taken(is_taken=True, left=())
    if settings.REDIS_URL and monotonic() >= _pause["until"]:
        try:
            return take_in_valkey(asked)
        except (RedisError, OSError) as error:
            _pause["until"] = monotonic() + PAUSE
            log.warning("limits.valkey_away", error=str(error))
    return take_in_postgres(asked)


def take_in_valkey(asked: Sequence[Asked]) -> Taken:
    """Take tokens in Valkey. Raises RedisError or OSError where it does not answer."""
    numbers = [number for _, cost, bucket in asked for number in (cost, bucket.capacity, bucket.rate)]
    is_taken, *rest = script_at(settings.REDIS_URL)(keys=[f"bucket:{name}" for name, _, _ in asked], args=numbers)
    pairs = zip(asked, rest[::2], rest[1::2], strict=True)
    left = (Left(bucket, float(tokens), float(wait)) for (_, _, bucket), tokens, wait in pairs)
    return Taken(bool(is_taken), tuple(left))


def take_in_postgres(asked: Sequence[Asked]) -> Taken:
    """Take tokens in PostgreSQL, making the buckets that are not there yet."""
    params: dict[str, Any] = {
        "names": [name for name, _, _ in asked],
        "costs": [float(cost) for _, cost, _ in asked],
        "capacities": [float(bucket.capacity) for _, _, bucket in asked],
        "rates": [bucket.rate for _, _, bucket in asked],
    }
    renew_connection()  # doors answer before Django would
    with prepared_cursor() as cursor:
        cursor.execute(load_sql(HERE / "sql" / "take.sql"), params)
        rows = cursor.fetchall()
        if len(rows) < len(asked):
            cursor.execute(load_sql(HERE / "sql" / "make_buckets.sql"), params)
            cursor.execute(load_sql(HERE / "sql" / "take.sql"), params)
            rows = cursor.fetchall()
    left = (Left(bucket, tokens, wait) for (_, _, bucket), (_, tokens, wait) in zip(asked, rows, strict=True))
    return Taken(bool(rows[0][0]), tuple(left))


def forget_full_buckets(*, at: datetime) -> int:
    """Delete the buckets of PostgreSQL that nobody has taken from for two days: they are full. Returns how many."""
    return RateBucket.objects.filter(filled_at__lt=at - KEPT).delete()[0]
