"""Whether the replica may be asked: looked at by whoever asks, once a second and process at most, never per question.

One that does not answer is looked at again every five seconds by a thread of its own, so that nobody waits for it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import Error, connections

from zuka.platform.db.databases import REPLICA
from zuka.platform.replica.lag import Lag, NoReplica, Places

log = structlog.get_logger(__name__)
EVERY_SECONDS = 1.0
AWAY_SECONDS = 5.0
UNKNOWN = Lag(None, None)


class Standing(NamedTuple):
    """What is known of the replica: how far behind it is, or why it cannot be asked (`problem`), looked at when
    (monotonic).
    """

    lag: Lag
    problem: str
    looked_at: float

    @property
    def is_near(self) -> bool:
        """Say whether it may be asked."""
        seconds = self.lag.seconds
        return not self.problem and seconds is not None and seconds <= settings.REPLICA_MAX_LAG_SECONDS

    @property
    def is_fresh(self) -> bool:
        """Say whether this still holds."""
        return time.monotonic() - self.looked_at < (AWAY_SECONDS if self.problem else EVERY_SECONDS)

    @property
    def text(self) -> str:
        """Say in words how it is: `ok`, or what is wrong."""
        if self.problem:
            return self.problem
        if self.is_near:
            return "ok"
        return "behind" if self.lag.seconds is None else f"behind by {self.lag.seconds:.0f} s"


@dataclass
class Watch:
    """What this process knows of the replica."""

    places: Places = field(default_factory=Places)
    seen: Standing | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)


_watch = Watch()


def has_replica() -> bool:
    """Say whether there is a replica in the settings."""
    return REPLICA in connections.settings


def standing() -> Standing:
    """Return how the replica is; looked at now if nobody has for a second."""
    seen = _watch.seen
    if seen is not None and seen.is_fresh:
        return seen
    # The first must know; whoever comes while somebody looks takes what was known before.
    if not _watch.turn.acquire(blocking=seen is None):
        assert seen is not None
        return seen
    try:
        seen = _watch.seen
        if seen is not None and (seen.is_fresh or seen.problem):
            return seen if seen.is_fresh else look_aside(seen)
        return look()
    finally:
        _watch.turn.release()


def look() -> Standing:
    """Look at the replica and keep what was seen."""
    try:
        lag, problem = _watch.places.measure(), ""
    except NoReplica as error:
        lag, problem = UNKNOWN, str(error)
    except Error as error:
        lag, problem = UNKNOWN, f"away: {type(error.__cause__ or error).__name__}"
    before = _watch.seen
    _watch.seen = Standing(lag, problem, time.monotonic())
    if before is None or before.text.partition(" by ")[0] != _watch.seen.text.partition(" by ")[0]:
        (log.info if _watch.seen.is_near else log.warning)("replica.standing", standing=_watch.seen.text)
    return _watch.seen


def look_aside(seen: Standing) -> Standing:
    """Look at a replica that was away, beside who asks; return what was known, which holds until then."""
    _watch.seen = seen._replace(looked_at=time.monotonic())
    threading.Thread(target=look_and_close, name="replica", daemon=True).start()
    return _watch.seen


def look_and_close() -> None:
    """Look, and let go of the connections of this thread."""
    try:
        with _watch.turn:
            look()
    finally:
        connections.close_all()


def note_lost(error: Exception) -> None:
    """Note that a connection to the replica broke: nobody asks it until it was looked at again."""
    connections[REPLICA].close()
    _watch.seen = Standing(UNKNOWN, f"away: {type(error.__cause__ or error).__name__}", time.monotonic())


def forget() -> None:
    """Forget what is known; the next who asks looks."""
    _watch.places, _watch.seen = Places(), None


def seen_until() -> datetime | None:
    """Return until when the replica has everything, as far as was seen."""
    return _watch.seen.lag.until if _watch.seen else None
