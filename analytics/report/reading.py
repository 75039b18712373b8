"""Reading the rows of a query a batch at a time, so that a file of any length takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.report.archived import lend, reading
from analytics.report.computed import COMPUTED
from analytics.report.limits import reading_report
from analytics.report.query import Query
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

BATCH_ROWS = 2_000
CURSOR = "zuka_report"
JOB_LIMIT = "SET LOCAL statement_timeout = '8min'"  # a job's lease is ten


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
    elif query.report.pages:
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


def read_pages(query: Query, now: datetime) -> Iterator[Batch]:
    """Yield a long list, newest first; no transaction is open between its pages."""
    left = query.limit
    while left > 0:
        with reading_report():
            rows, place = read_page(replace(query, limit=min(BATCH_ROWS, left)), now)
        left -= len(rows)
        if rows:
            yield Batch(rows, place)
        if not place:
            return
        query = replace(query, before=datetime.fromisoformat(place["before"]), before_id=UUID(place["before_id"]))


def read_cursor(query: Query, using: Any) -> Iterator[Batch]:
    """Yield the rows of a report's SQL file by a cursor on the server, inside the caller's transaction.

    Also behind a pooler: one that lends a connection for a transaction lends it for as long as the cursor lives.
    """
    if not can_be_read(query.report):
        return
    statement, bound = statement_of(query.report.id, query_params(query))
    if there := fetch_from_warehouse(query.report.id, statement, bound):
        yield Batch(shaped(query.report.id, there[1]))
        return
    using.ensure_connection()
    with using.create_cursor(name=CURSOR) as cursor:
        cursor.execute(statement, bound)
        if query.report.id in COMPUTED:  # few rows, which say something only together
            yield Batch(shaped(query.report.id, [tuple(map(plain, row)) for row in cursor.fetchall()]))
            return
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield Batch([tuple(map(plain, row)) for row in rows])


@contextmanager
def own_connection() -> Iterator[BaseDatabaseWrapper]:
    """Lend a connection beside the thread's own, in a transaction that is undone at the end."""
    own = connections.create_connection(connection.alias)
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute(JOB_LIMIT)
        yield own
        own.rollback()
    finally:
        own.close()
