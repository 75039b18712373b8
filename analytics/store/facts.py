"""The shop's own facts, one at a time: claim, event, day and count in one statement, in the transaction of their cause.

A COPY of one event takes as long as the rest of it, and each statement between is a way there and back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

import msgspec
import psycopg
from django.db import connection, transaction

from analytics.store.engine import Displaced
from analytics.store.event import COLUMNS, Event, as_event
from analytics.store.postgres import SQL, add_tallies, raw_connection, store_displaced, tallies_json
from analytics.store.tallies import Counted, corrections
from zuka.platform.clock import local_day
from zuka.platform.db.prepared import PreparedCursor, fill_columns

_encode = msgspec.json.Encoder().encode


@cache
def store_fact_sql() -> str:
    """Return the statement, with the columns of events."""
    return fill_columns(SQL / "store_fact.sql", columns=COLUMNS, values=[f"event.{name}" for name in COLUMNS])


def event_json(event: Event) -> str | None:
    """Return an event as an object of its columns; None for one whose text JSON cannot hold as COPY does."""
    values = msgspec.structs.asdict(event)
    if any(type(value) is str and "\x00" in value for value in values.values()):
        return None
    values["properties"] = msgspec.Raw(event.properties.encode())
    try:
        return _encode(values).decode()
    except UnicodeEncodeError:  # such texts go by COPY
        return None


def store_fact(each: Displaced, counts: Sequence[Counted]) -> None:
    """Store a fact that has a message id, once; what PostgreSQL refuses leaves the transaction as it was."""
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        event = as_event(each.event)
        text = event_json(event)
        if text is None:
            with transaction.atomic():
                store_displaced(raw_connection(), [each], months=(), counts=counts)
            return
        facts = {"id": event.id, "stored_at": event.received_at, "day": local_day(event.occurred_at), "event": text}
        if not run_apart(store_fact_sql(), {**facts, "tallies": tallies_json(counts)}):
            with raw_connection().cursor() as cursor:
                add_tallies(cursor, corrections(counts, {event.id}))


def run_apart(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement within a savepoint, on one way there and back, and return its rows."""
    raw = raw_connection()
    with PreparedCursor(raw) as cursor, PreparedCursor(raw) as around:
        try:
            with raw.pipeline():
                around.execute("SAVEPOINT zuka_apart")
                cursor.execute(statement, params)
                around.execute("RELEASE SAVEPOINT zuka_apart")
        except psycopg.Error:
            if not raw.broken:
                raw.execute("ROLLBACK TO SAVEPOINT zuka_apart")
            raise
        return cursor.fetchall()
