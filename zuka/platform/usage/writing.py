"""Calls into their table by COPY, and into the counts that `/metrics` shows. In the log's own thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.errors import CheckViolation

from zuka.platform.clock import local_day
from zuka.platform.db.connections import renew_connection
from zuka.platform.db.partitions import ensure_partitions
from zuka.platform.places import find_place
from zuka.platform.usage.models import ApiUsage
from zuka.platform.usage.recording import Call

TABLE = ApiUsage._meta.db_table  # noqa: SLF001 - public by Django's documentation
COLUMNS = (
    *("id", "created_at", "endpoint", "method", "status", "ms", "request_bytes", "response_bytes"),
    *("is_cached", "key_id", "user_id", "country"),
)
COPY = sql.SQL("COPY {} ({}) FROM STDIN").format(
    sql.Identifier(TABLE), sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
)
ROW = tuple[Any, ...]


def keep_calls(calls: Sequence[Call]) -> None:
    """Write the calls of the API. Raises DatabaseError where PostgreSQL is away, and then nothing was written."""
    rows = [row_of(call) for call in calls if call.is_api] if settings.API_USAGE_DAYS else []
    if rows:
        renew_connection()
        try:
            copy_rows(rows)
        except CheckViolation:  # a row whose month is not there
            days = [local_day(row[1]) for row in rows]
            ensure_partitions(table=TABLE, first=min(days), last=max(days))
            copy_rows(rows)


def row_of(call: Call) -> ROW:
    """Return a call as it is stored: from where becomes a country, and the address is forgotten."""
    country = find_place(call.ip).get("country")
    at = datetime.fromtimestamp(call.at, UTC)
    return (
        *(timed_id(call.at), at, call.endpoint, call.method, call.status, round(call.ms, 3)),
        *(call.request_bytes, call.response_bytes, call.is_cached, call.key, call.user, country),
    )


def timed_id(at: float) -> UUID:
    """Return a new id whose first bits are the time (UUID version 7), so that the index grows at its end."""
    number = int(at * 1000) << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=number & ~(0xF << 76) & ~(0x3 << 62) | 7 << 76 | 2 << 62)


def copy_rows(rows: Sequence[ROW]) -> None:
    """Write rows in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
