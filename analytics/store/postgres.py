"""The default engine: events in PostgreSQL, each exactly once.

Prompt events (their stored time is the client's own) are deduplicated by the primary key (id, occurred_at): a plain
COPY first, and only on a conflict through a staging table with ON CONFLICT. Displaced events (corrected clock, no
client time) claim their id in `analytics_displaced` first, then probe the client's time; a prompt event looks there
after its COPY. Whichever of two attempts comes second, in whatever order their transactions overlap, it waits for the
first on a unique index and then finds it. Rows are written in the order of their ids, so that writers do not deadlock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.db import connection
from psycopg import errors

from analytics.store.encoding import encode_events
from analytics.store.engine import Batch, Displaced, StoreRefused, StoreUnavailable
from analytics.store.event import AnyEvent, RejectedRow
from analytics.store.tallies import Counted, corrections
from zuka.platform.clock import local_day
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import read_partitions

SQL = Path(__file__).parent / "sql" / "ingest"
MONTHS_KEPT_SECONDS, MONTHS_ANEW_SECONDS = 30.0, 1.0
AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
TRIES = 3
PREPARED_AFTER = 5
# Why days are counted again: events came as they happened, or as the history of long ago, which may wait.
ARRIVED, HISTORY = "events", "history"
Cursor = psycopg.Cursor[Any]
# Returns the ids of what was inserted; None for all of it.
Insert = Callable[[Cursor, Sequence[AnyEvent]], set[UUID] | None]
by_id = attrgetter("key")


def raw_connection() -> psycopg.Connection[Any]:
    """Return psycopg's connection below Django's, whose transaction it shares."""
    connection.ensure_connection()
    return connection.connection  # type: ignore[no-any-return]  # Django types its connection as Any


def execute(cursor: Cursor, name: str, params: dict[str, Any] | None = None) -> None:
    """Run a named statement of `sql/ingest/`."""
    cursor.execute(load_sql(SQL / f"{name}.sql").encode(), params)


def copy_events(cursor: Cursor, events: Sequence[AnyEvent], *, table: str = "analytics_events") -> None:
    """COPY events into the table, or into the staging table of the same columns."""
    statement, data = encode_events(events)
    with cursor.copy(statement.replace("analytics_events", table, 1).encode()) as copy:
        copy.write(data)


def days_of(events: Sequence[AnyEvent]) -> list[date]:
    """Return the shop's days that events fall on."""
    times = [event.occurred_at for event in events]
    first, last = local_day(min(times)), local_day(max(times))
    if first == last:
        return [first]
    # Days begin on a quarter of an hour in every time zone.
    quarters = {at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) for at in times}
    return sorted({local_day(quarter) for quarter in quarters})


def remember_days(
    cursor: Cursor, events: Sequence[AnyEvent], counts: Sequence[Counted] = (), *, cause: str = ARRIVED
) -> list[UUID]:
    """Mark the days of events, which are in the order of their ids, dirty and count them; return displaced ids in the
    range of theirs.
    """
    span = {"first": events[0].id, "last": events[-1].id}
    params = {"days": days_of(events), "cause": cause, "tallies": tallies_json(counts), **span}
    execute(cursor, "settle_batch", params)
    return [row[0] for row in cursor.fetchall()]


def tallies_json(counts: Sequence[Counted]) -> str:
    """Return tallies as the JSON that the statements take."""
    return msgspec.json.encode([each.tally for each in counts]).decode()


def add_tallies(cursor: Cursor, counts: Sequence[Counted]) -> None:
    """Count what came in without events that are stored."""
    if counts:
        execute(cursor, "add_tallies", {"tallies": tallies_json(counts)})


def store_prompt(
    connection: psycopg.Connection[Any],
    events: Sequence[AnyEvent],
    rejected: Sequence[RejectedRow] = (),
    counts: Sequence[Counted] = (),
    *,
    cause: str = ARRIVED,
) -> set[UUID]:
    """Store events whose time is their client's, and rejected rows beside them; return the duplicates' ids.

    One transaction (a savepoint where there is one already): plain COPY, the usual case; when an id is there, all
    over again by way of a staging table.
    """
    ordered = sorted(events, key=by_id)
    try:
        with connection.transaction(), connection.cursor() as cursor:
            return write_prompt(cursor, ordered, copy_new, rejected, counts, cause=cause)
    except errors.UniqueViolation:
        with connection.transaction(), connection.cursor() as cursor:
            return write_prompt(cursor, ordered, stage_new, rejected, counts, cause=cause)


def write_prompt(
    cursor: Cursor,
    events: Sequence[AnyEvent],
    insert: Insert,
    rejected: Sequence[RejectedRow],
    counts: Sequence[Counted],
    *,
    cause: str,
) -> set[UUID]:
    """Insert events, mark their days, take out those that are stored at another time; return the duplicates' ids."""
    store_rejected(cursor, rejected)
    if not events:
        add_tallies(cursor, counts)
        return set()
    inserted = insert(cursor, events)
    displaced = set(remember_days(cursor, events, counts, cause=cause))
    if inserted is None and not displaced:
        return set()
    ids = {event.id for event in events}
    new = ids if inserted is None else inserted
    displaced &= new
    if displaced:
        doubles = [event for event in events if event.id in displaced]
        times = [event.occurred_at for event in doubles]
        execute(cursor, "delete_events", {"ids": [event.id for event in doubles], "times": times})
    duplicates = ids - new | displaced
    if duplicates:
        add_tallies(cursor, corrections(counts, duplicates))
    return duplicates


def copy_new(cursor: Cursor, events: Sequence[AnyEvent]) -> None:
    """Insert events that must all be new: raises UniqueViolation when one is not."""
    copy_events(cursor, events)


def stage_new(cursor: Cursor, events: Sequence[AnyEvent]) -> set[UUID]:
    """Insert the new ones of events and return their ids."""
    execute(cursor, "stage_events")
    copy_events(cursor, events, table="staged_events")
    execute(cursor, "keep_staged")
    new = {row[0] for row in cursor.fetchall()}
    cursor.execute("TRUNCATE staged_events")
    return new


def store_displaced(
    connection: psycopg.Connection[Any],
    displaced: Sequence[Displaced],
    *,
    months: Sequence[tuple[datetime, datetime]],
    counts: Sequence[Counted] = (),
) -> set[UUID]:
    """Store events whose time is not their client's, in the current transaction; return the duplicates' ids."""
    ids = sorted(each.event.id for each in displaced)
    with connection.cursor() as cursor:
        stored_at = max(each.event.received_at for each in displaced)
        execute(cursor, "claim_displaced", {"ids": ids, "stored_at": stored_at})
        new = {row[0] for row in cursor.fetchall()}
        new -= probe_client_times(cursor, [each for each in displaced if each.event.id in new], months=months)
        if events := sorted((each.event for each in displaced if each.event.id in new), key=by_id):
            copy_events(cursor, events)
            remember_days(cursor, events, counts)
        else:
            add_tallies(cursor, counts)
        if duplicates := set(ids) - new:
            add_tallies(cursor, corrections(counts, duplicates))
    return duplicates


def probe_client_times(
    cursor: Cursor, displaced: Sequence[Displaced], *, months: Sequence[tuple[datetime, datetime]]
) -> set[UUID]:
    """Return the ids that are stored already at their client's time, waiting for those being stored right now."""
    probes = [
        (each.event.id, each.client_at) for each in displaced if each.client_at and has_month(months, each.client_at)
    ]
    if not probes:
        return set()
    params = {"ids": [probe[0] for probe in probes], "times": [probe[1] for probe in probes]}
    execute(cursor, "probe_client_times", params)
    free = {row[0] for row in cursor.fetchall()}
    gone = [probe for probe in probes if probe[0] in free]
    execute(cursor, "delete_events", {"ids": [probe[0] for probe in gone], "times": [probe[1] for probe in gone]})
    return {probe[0] for probe in probes} - free


def has_month(months: Sequence[tuple[datetime, datetime]], at: datetime) -> bool:
    """Say whether a moment is in one of the months that are there: between them may be holes."""
    return any(start <= at < end for start, end in months)


def store_rejected(cursor: Cursor, rows: Sequence[RejectedRow]) -> None:
    """Keep rejected events, in the current transaction."""
    if rows:
        cursor.executemany(load_sql(SQL / "keep_rejected.sql").encode(), [msgspec.structs.asdict(row) for row in rows])


def write_batch(
    connection: psycopg.Connection[Any], batch: Batch, *, months: Sequence[tuple[datetime, datetime]]
) -> set[UUID]:
    """Write a batch: displaced events in a transaction of their own, so that no writer holds both kinds of lock."""
    if batch.displaced:
        with connection.transaction():
            doubles = store_displaced(connection, batch.displaced, months=months, counts=batch.displaced_counts)
        batch.stored |= {each.event.id for each in batch.displaced}
        batch.doubles |= doubles
        batch.displaced, batch.displaced_counts = [], []
    if batch.prompt or batch.rejected or batch.counts:
        return batch.doubles | store_prompt(connection, batch.prompt, batch.rejected, batch.counts)
    return batch.doubles


class PostgresStore:
    """One connection to PostgreSQL, opened when needed and again after it was lost. Not for sharing by threads."""

    def __init__(self, conninfo: str, *, is_pooled: bool = False) -> None:
        self.conninfo = conninfo
        # A pooler may give each transaction another session, where a prepared statement is not known.
        self.prepare_threshold = None if is_pooled else PREPARED_AFTER
        self.connection: psycopg.Connection[Any] | None = None
        self.known_months: tuple[float, list[tuple[datetime, datetime]]] = (0.0, [])

    def open(self) -> psycopg.Connection[Any]:
        """Return the connection, made anew when it is closed or broken."""
        if self.connection is None or self.connection.closed or self.connection.broken:
            self.connection = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=self.prepare_threshold)
        return self.connection

    def ping(self) -> None:
        """Ask PostgreSQL whether it takes writes. Raises StoreUnavailable when it does not, or does not answer."""
        try:
            with self.open().cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                row = cursor.fetchone()
        except psycopg.Error as error:
            raise StoreUnavailable(str(error)) from error
        if row and row[0]:
            raise StoreUnavailable("PostgreSQL is read-only")

    def close(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()

    def months(self) -> list[tuple[datetime, datetime]]:
        """Return the months that can take events, read anew twice a minute."""
        return self.read_months(kept_seconds=MONTHS_KEPT_SECONDS)

    def months_anew(self) -> list[tuple[datetime, datetime]]:
        """Return them for an event that finds no room in those known: its month may just have been made."""
        return self.read_months(kept_seconds=MONTHS_ANEW_SECONDS)

    def read_months(self, *, kept_seconds: float) -> list[tuple[datetime, datetime]]:
        """Return the months that can take events, read anew when that was so long ago."""
        read_at, months = self.known_months
        if not months or time.monotonic() - read_at > kept_seconds:
            try:
                with self.open().cursor() as cursor:
                    found = read_partitions(cursor, table="analytics_events")
            except AWAY as error:
                raise StoreUnavailable(str(error)) from error
            months = [(each.start, each.end) for each in found]
            self.known_months = (time.monotonic(), months)
        return months

    def store_batch(self, batch: Batch) -> set[UUID]:
        """Store a batch durably; see `StoreEngine`. A deadlock or a lost connection is tried again at once."""
        for remaining in reversed(range(TRIES)):
            try:
                return write_batch(self.open(), batch, months=self.months() if batch.displaced else ())
            except (errors.DeadlockDetected, errors.SerializationFailure, *AWAY) as error:
                if remaining == 0:
                    raise StoreUnavailable(str(error)) from error
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                raise StoreRefused(str(error), batch) from error
            except psycopg.Error as error:  # read-only after a failover, a column missing during a deploy
                self.close()
                raise StoreUnavailable(str(error)) from error
        raise AssertionError("unreachable")
