"""Reading the rows of a query a batch at a time, so that a file of any length takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.report.archived import Loan, lend, reading
from analytics.report.computed import COMPUTED
from analytics.report.limits import reading_report
from analytics.report.query import Query
from analytics.report.replica import check_there, primary_reason, read_report
from analytics.report.run import (
    can_be_read,
    fetch_from_warehouse,
    loan_of,
    plain,
    query_params,
    read_page,
    shaped,
    statement_of,
)
from analytics.report.table import Row
from zuka.platform.db.databases import PRIMARY, REPLICA
from zuka.platform.replica.counting import count_read
from zuka.platform.replica.reading import NotOnReplica, choose, note_failure, on_replica, reading_from

BATCH_ROWS = 2_000
CURSOR = "zuka_report"
JOB_LIMIT = "8min"  # a job's lease is ten


class ReplicaLost(DatabaseError):  # noqa: N818 - named for what happened
    """The replica that a list was read from failed after its first rows: begin again, from the primary."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows in their order, and how to ask for those after them; `place` is empty where nobody can."""

    rows: list[Row]
    place: dict[str, str] = field(default_factory=dict)


def read_batches(query: Query, *, now: datetime, is_job: bool = False) -> Iterator[Batch]:
    """Yield the rows of a query, `limit` at the most. A long list is read page by page, anything else by a cursor.

    A job reads by a connection of its own: what it notes of its progress on the other is seen at once.
    """
    loan = loan_of(query)
    if query.report.pages and loan is None:
        yield from read_pages(query, now)
        return
    if loan is None and choose(only_primary=primary_reason(query)) == REPLICA:
        batches = first_of(read_replica(query, is_job=is_job))
        if batches is not None:
            yield from batches
            return
    yield from read_primary(query, loan, now=now, is_job=is_job)


def read_primary(query: Query, loan: Loan | None, *, now: datetime, is_job: bool) -> Iterator[Batch]:
    """Yield the rows of a query from the primary, with what it needs of the archive."""
    if query.report.pages:
        # One transaction for all pages: what was lent is copied once.
        with transaction.atomic(), reading(loan, is_job=is_job):
            yield from read_pages(query, now)
    elif is_job:
        with own_connection() as own:
            if loan:
                lend(loan, own, is_job=True)
            yield from read_cursor(query, own)
    else:
        with reading(loan):
            yield from read_cursor(query, connection)


def read_replica(query: Query, *, is_job: bool) -> Iterator[Batch]:
    """Yield the rows of a query by a cursor on the replica. Raises NotOnReplica and the database's errors."""
    with reading_from(REPLICA):
        check_there(query, loan_of(query))
    with own_connection(REPLICA, limit=JOB_LIMIT if is_job else f"{settings.REPORT_SECONDS}s") as own:
        yield from read_cursor(query, own)


def first_of(batches: Iterator[Batch]) -> Iterator[Batch] | None:
    """Return the batches of a replica once it has sent the first; None where the primary must be asked after all."""
    try:
        first = next(batches, None)
    except (Error, NotOnReplica) as error:
        note_failure(error)
        return None
    count_read(REPLICA, "")
    return iter(()) if first is None else begun(first, batches)


def begun(first: Batch, batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the batches of a replica. Raises ReplicaLost: the rows of two databases do not make one list."""
    yield first
    try:
        yield from batches
    except Error as error:
        note_failure(error)
        raise ReplicaLost("The replica was lost in the middle of a list.") from error


def read_pages(query: Query, now: datetime) -> Iterator[Batch]:
    """Yield a long list, newest first; no transaction is open between its pages."""
    left = query.limit
    while left > 0:
        page = replace(query, limit=min(BATCH_ROWS, left))
        rows, place = read_report(page, partial(page_of, page, now))
        left -= len(rows)
        if rows:
            yield Batch(rows, place)
        if not place:
            return
        query = replace(query, before=datetime.fromisoformat(place["before"]), before_id=UUID(place["before_id"]))


def page_of(query: Query, now: datetime) -> tuple[list[Row], dict[str, str]]:
    """Return a page of a long list from one database. Raises TooSlow, and NotOnReplica."""
    check_there(query, loan_of(query) if on_replica() else None)
    with reading_report():
        return read_page(query, now)


def read_cursor(query: Query, using: Any) -> Iterator[Batch]:
    """Yield the rows of a report's SQL file by a cursor on the server, inside the caller's transaction.

    Also behind a pooler: one that lends a connection for a transaction lends it for as long as the cursor lives.
    """
    if not can_be_read(query.report):
        return
    params = query_params(query)
    statement, bound = statement_of(query.report.id, params)
    if there := fetch_from_warehouse(query.report.id, statement, bound, params):
        yield Batch(shaped(query.report.id, there[1]))
        return
    using.ensure_connection()
    with using.wrap_database_errors, using.create_cursor(name=CURSOR) as cursor:
        cursor.execute(statement, bound)
        if query.report.id in COMPUTED:  # few rows, which say something only together
            yield Batch(shaped(query.report.id, [tuple(map(plain, row)) for row in cursor.fetchall()]))
            return
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield Batch([tuple(map(plain, row)) for row in rows])


@contextmanager
def own_connection(alias: str = PRIMARY, *, limit: str = JOB_LIMIT) -> Iterator[BaseDatabaseWrapper]:
    """Lend a connection beside the thread's own, in a transaction that is undone at the end; its statements may take
    so long each.
    """
    own = connections.create_connection(alias)
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield own
        own.rollback()
    finally:
        own.close()
