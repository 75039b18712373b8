"""A month's events in PostgreSQL: reading them for Parquet, writing them back, and the hash of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.db import connection, transaction
from psycopg import sql
from pyarrow import csv

from analytics.lifecycle.archive.content import event_schema, row_text, stored_column
from analytics.lifecycle.archive.months import months_there
from analytics.store.partitioning import TABLE
from analytics.store.postgres import raw_connection
from zuka.platform.clock import add_months, day_bounds, day_start
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import partition_name

FOLDER = Path(__file__).parents[2] / "store" / "sql" / "archive"
BATCH_ROWS = 20_000
CURSOR = "zuka_archive"
NO_HEADER = csv.WriteOptions(include_header=False)


def table_of(month: date) -> str:
    """Return the name of a month's partition."""
    return partition_name(TABLE, month)


def has_partition(month: date) -> bool:
    """Say whether events of a month are in PostgreSQL."""
    return month in months_there()


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """Return `[start, end)` of a month."""
    return day_start(month), day_start(add_months(month, 1))


def execute(name: str, params: dict[str, Any] | None = None, **parts: sql.Composable) -> list[tuple[Any, ...]]:
    """Run a statement of `sql/archive/` and return its rows."""
    statement = sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(**parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def measure_table(*, table: str, month: date) -> tuple[int, str]:
    """Return the rows of a month in a table, and the hash of them as PostgreSQL computes it."""
    start, end = month_bounds(month)
    rows = execute("content", {"start": start, "end": end}, table=sql.Identifier(table), row_text=row_text())
    return int(rows[0][0]), str(rows[0][1])


def read_rows(*, table: str, day: date) -> Iterator[pa.Table]:
    """Yield a day's events, some thousands at a time, by a cursor on the server."""
    schema = event_schema()
    columns = sql.SQL(", ").join(map(stored_column, schema))
    statement = sql.SQL(load_sql(FOLDER / "rows.sql")).format(columns=columns, table=sql.Identifier(table))
    start, end = day_bounds(day)
    connection.ensure_connection()
    with transaction.atomic(), connection.create_cursor(name=CURSOR) as cursor:
        cursor.execute(statement, {"start": start, "end": end})
        while rows := cursor.fetchmany(BATCH_ROWS):
            columns_of = zip(*rows, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns_of, schema, strict=True)]
            yield pa.table(arrays, schema=schema)


def copy_rows(using: Any, *, table: str, rows: pa.Table) -> None:
    """COPY events into a table, by psycopg's connection and in its transaction: those columns that `rows` has."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(table), columns)
    with using.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
            sink = io.BytesIO()
            csv.write_csv(pa.Table.from_batches([batch]), sink, NO_HEADER)
            copy.write(sink.getbuffer())


def write_rows(*, table: str, rows: pa.Table) -> None:
    """COPY events into a table of the same columns, in the current transaction."""
    copy_rows(raw_connection(), table=table, rows=rows)
