"""Until when a replica has everything that was committed.

PostgreSQL tells when the last transaction that a replica has was committed, which lies far back in a quiet night
though nothing is missing. So positions in the log are compared: we note where the primary was at a moment, and once the
replica is past that place it has all of that moment. It works however little is written, and writes nothing itself.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections

from zuka.platform.db.databases import PRIMARY, REPLICA

# Its clock is read before the place in the log: what was committed by then is at that place or before it. Not with
# synchronous_commit off, which Zuka does not set: then what was committed 0.6 s before may lie behind it.
ASK_PRIMARY = """
    SELECT clock_timestamp(), pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0'), system_identifier
    FROM pg_control_system()
"""
ASK_REPLICA = """
    SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), pg_last_xact_replay_timestamp(),
           system_identifier
    FROM pg_control_system()
"""
MOST_PLACES = 1000


class NoReplica(Exception):  # noqa: N818 - named for what is the case
    """The database that should be a replica is none of this primary."""


class Lag(NamedTuple):
    """How far behind a replica is: `until` it has everything, by the primary's clock, and for how many seconds that
    was; both None while nothing is known of it.
    """

    until: datetime | None
    seconds: float | None


class Places:
    """Where the primary was in its log, as this process saw it, oldest first."""

    def __init__(self) -> None:
        self.seen: deque[tuple[datetime, int]] = deque(maxlen=MOST_PLACES)

    def measure(self) -> Lag:
        """Ask both databases, and return how far the replica is behind. Raises NoReplica and the database's errors."""
        at, place, cluster = ask(PRIMARY, ASK_PRIMARY)
        self.seen.append((at, int(place)))
        is_replica, replayed, committed_at, of_cluster = ask(REPLICA, ASK_REPLICA)
        if not is_replica or of_cluster != cluster:
            raise NoReplica("is no replica of the primary" if is_replica else "takes writes: it is no replica")
        until = self.until(int(replayed), committed_at)
        return Lag(until, None if until is None else max((at - until).total_seconds(), 0.0))

    def until(self, replayed: int, committed_at: datetime | None) -> datetime | None:
        """Return until when a replica has everything that has replayed the log to a place, and as its last
        transaction one of a moment.
        """
        passed = committed_at
        while self.seen and self.seen[0][1] <= replayed:
            passed = max(passed or self.seen[0][0], self.seen[0][0])
            if len(self.seen) == 1 or self.seen[1][1] > replayed:
                break
            self.seen.popleft()
        return passed


def ask(alias: str, query: str) -> tuple[Any, ...]:
    """Return the row that a database answers with."""
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
