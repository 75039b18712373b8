"""Reading from the replica where it is near, else from the primary; what fails there is read from the primary once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.db import Error, connections

from zuka.platform.db.databases import PRIMARY, REPLICA
from zuka.platform.replica.counting import count_read
from zuka.platform.replica.standing import has_replica, note_lost, seen_until, standing

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
_chosen: ContextVar[str] = ContextVar("database_read", default="")


class NotOnReplica(Exception):  # noqa: N818 - named for what is the case
    """The replica has not what this question needs, or not yet: ask the primary."""


def reading_alias() -> str:
    """Return Django's name of the database that is read now."""
    return _chosen.get() or PRIMARY


def reading_connection() -> Any:
    """Return this thread's connection to the database that is read now."""
    return connections[reading_alias()]


def on_replica() -> bool:
    """Say whether the replica is read now."""
    return reading_alias() == REPLICA


def known_until(now: datetime) -> datetime:
    """Return until when what is read now is complete: of the primary that is `now`."""
    until = seen_until() if on_replica() else None
    return now if until is None else min(now, until)


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Read from one database, come what may; with '' from whichever is to be read.

    The block must not yield to others: the caller of a generator would read there too.
    """
    token = _chosen.set(alias)
    try:
        yield
    finally:
        _chosen.reset(token)


def choose(*, only_primary: str = "") -> str:
    """Return the database to read from, and count that; `only_primary` says why it must be the primary."""
    if not has_replica() or _chosen.get() == PRIMARY:
        return PRIMARY
    why = only_primary or ("transaction" if connections[PRIMARY].in_atomic_block else "")
    if not why:
        seen = standing()
        why = "" if seen.is_near else "away" if seen.problem else "behind"
    if why:
        count_read(PRIMARY, why)
    return PRIMARY if why else REPLICA


def read_somewhere(
    read: Callable[[], Answer], *, only_primary: str = "", retried: tuple[type[Exception], ...] = ()
) -> Answer:
    """Return what a function reads, from the replica where that is near.

    Where the replica loses the connection, ends a statement (its own conflicts, or time) or has not what is needed,
    the primary is asked, once. `retried` are what the function makes of the database's errors. Inside another such
    reading, and in a transaction, it is read from where that reads.
    """
    if _chosen.get():
        return read()
    failures: tuple[type[Exception], ...] = (Error, NotOnReplica, *retried)
    if choose(only_primary=only_primary) == REPLICA:
        try:
            with reading_from(REPLICA):
                answer = read()
        except failures as error:
            note_failure(error)
        else:
            count_read(REPLICA, "")
            return answer
    with reading_from(PRIMARY):
        return read()


def note_failure(error: Exception) -> None:
    """Count and log that a question goes to the primary after all; a broken connection is not asked again at once."""
    is_lost = connections[REPLICA].connection is None or not connections[REPLICA].is_usable()
    if is_lost and isinstance(error, Error):
        note_lost(error)
    elif not isinstance(error, NotOnReplica):
        log.warning("replica.failed", error=type(error.__cause__ or error).__name__)
    count_read(PRIMARY, "not there yet" if isinstance(error, NotOnReplica) else "failed")
