"""The months that an import stores in and takes back from: there, not in the archive, and staying until it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

from django.db import DatabaseError, connection, transaction

from analytics.lifecycle.archive.months import NotArchived
from analytics.lifecycle.archive.room import make_room
from analytics.lifecycle.compaction.periods import needed_months
from analytics.store.partitioning import TABLE, archived_months
from zuka.platform import clock
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import create_partition, list_partitions, partition_name
from zuka.platform.errors import Refused

HOLD = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "hold_months.sql"
TRIES = 5
# How long a worker may be at one month that comes back: some minutes, and it waits for whoever is at the archive.
RESTORING = timedelta(hours=2)
Renewed = Callable[[timedelta], Any]


class NoRoom(Refused):
    """A month of an import's events cannot be had now; the message says which, why and what helps."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "no_room"


@contextmanager
def with_months(months: Collection[date], *, renew: Renewed, makes: bool = True) -> Iterator[None]:
    """Run a transaction in which some months (their first days) are there and stay. Raises NoRoom.

    Archived ones come back first, before the transaction, and those that are not there are made, if `makes`: else
    there is nothing in them. `renew` is called with how long that may take.
    """
    for _ in range(TRIES):
        restore_months(months, renew=renew)
        if makes:
            make_months(months)
        with transaction.atomic():
            if hold_months(months, makes=makes):
                yield
                return
    raise NoRoom("The archive took a month of these events out again and again. Go on when it is done.")


def hold_months(months: Collection[date], *, makes: bool) -> bool:
    """Say whether some months are there: from now on nobody takes one out before the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(HOLD))
    return not (archived_months() & set(months)) and not (makes and missing_months(months))


def missing_months(months: Collection[date]) -> list[date]:
    """Return those of some months that are not there, oldest first."""
    have = {each.name for each in list_partitions(table=TABLE)} if months else set()
    return [month for month in sorted(months) if partition_name(TABLE, month) not in have]


def restore_months(months: Collection[date], *, renew: Renewed) -> None:
    """Bring those of some months back that are archived, and what is counted together with them. Raises NoRoom."""
    for month in sorted(archived_months() & needed_months(months)):
        renew(RESTORING)
        try:
            make_room(first=month, last=month, at=clock.now())
        except NotArchived:
            continue  # somebody else brought it back while we waited for them
        except Refused as refusal:
            message = f"Events of {month:%Y-%m} are in the archive, and cannot be brought back now: {refusal.message}"
            raise NoRoom(f"{message} Nothing is lost.") from refusal


def make_months(months: Collection[date]) -> None:
    """Make those of some months that are not there: those alone, however far apart."""
    for month in missing_months(months):
        create_month(month)


def create_month(month: date) -> None:
    """Make a month before the events' own transaction: it locks the table, for which others must not wait long."""
    for tries in range(TRIES):
        try:
            create_partition(table=TABLE, month=month)
        except DatabaseError:
            if tries == TRIES - 1:
                raise
            time.sleep(0.2 * (tries + 1))  # a long report holds the table; its turn passes
        else:
            return
