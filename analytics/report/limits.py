"""How a report reads: all of its parts from one moment, without writing, and not for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, transaction
from psycopg import errors, sql

from analytics.report.query import TooSlow
from zuka.platform.replica.reading import reading_alias, reading_connection

# Rows, totals and chart are statements of their own: an order placed between them would be in some and not in others.
ONE_MOMENT = sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = {}")
WRITING_FIRST = sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = {}")
READ_ONLY = "SET TRANSACTION READ ONLY"
LIMIT_ONLY = sql.SQL("SET LOCAL statement_timeout = {}")


@contextmanager
def reading_report(*, before: Callable[[], None] | None = None) -> Iterator[None]:
    """Read in one transaction, each statement `REPORT_SECONDS` at most. Raises TooSlow.

    `before` may make temporary tables, which a transaction that only reads could not.
    Inside a transaction of the caller its isolation stays what it is, and its own limit is put back.
    """
    own = not reading_connection().in_atomic_block
    limit_before = None if own else current_limit()
    try:
        with transaction.atomic(using=reading_alias()):
            moment = ONE_MOMENT if before is None else WRITING_FIRST
            limit_statements(moment if own else LIMIT_ONLY, f"{settings.REPORT_SECONDS}s")
            if before is not None:
                before()
                only_read(own=own)
            yield
            if limit_before is not None:
                limit_statements(LIMIT_ONLY, limit_before)
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.QueryCanceled):
            raise
        raise too_slow() from error


def too_slow() -> TooSlow:
    """Return what is said of an answer that took too long."""
    text = f"This took longer than {settings.REPORT_SECONDS} seconds. Choose a shorter period, or ask again later."
    return TooSlow(text, field="period")


def limit_statements(statement: sql.SQL, limit: str) -> None:
    """Set how long the statements of this transaction may take, and what else the statement says."""
    with reading_connection().cursor() as cursor:
        cursor.execute(statement.format(sql.Literal(limit)))


def only_read(*, own: bool) -> None:
    """Let nothing be written from here to the end of a transaction of our own."""
    if own:
        with reading_connection().cursor() as cursor:
            cursor.execute(READ_ONLY)


def current_limit() -> str:
    """Return how long statements may take now."""
    with reading_connection().cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        return str(cursor.fetchone()[0])
