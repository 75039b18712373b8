"""What an archived event is: its columns in Parquet, and a hash of rows that PostgreSQL and Arrow compute alike.

The hash of some rows is the sum of the first 64 bits of each row's sha256, so their order does not matter, and those of
days add up to that of the month. A row's text is each column that is not empty, by name, as `name=length:text`; moments
are microseconds since 1970. So a column that came after a file was written changes nothing. Here it is made by Arrow,
in `store/sql/archive/content.sql` by PostgreSQL: neither can err without the other saying so.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models
from psycopg import sql

from analytics.store.models import Event

MOMENT = pa.timestamp("us", tz="UTC")
ARROW: tuple[tuple[type[models.Field[Any, Any]], pa.DataType], ...] = (
    (models.DateTimeField, MOMENT),
    (models.BigIntegerField, pa.int64()),
    (models.SmallIntegerField, pa.int16()),
    (models.IntegerField, pa.int32()),
)
PLAIN_TEXT = sql.SQL("{column}::text")
MOMENT_TEXT = sql.SQL("(extract(epoch FROM {column}) * 1000000)::bigint::text")
PART = sql.SQL("coalesce({name} || length({text}) || ':' || {text}, '')")


@cache
def event_schema() -> pa.Schema:
    """Return the columns of archived events: numbers and moments as such, all else as PostgreSQL writes it."""
    fields = Event._meta.concrete_fields  # noqa: SLF001 - public by Django's documentation
    return pa.schema([pa.field(str(each.column), arrow_type(each)) for each in fields])


def arrow_type(field: models.Field[Any, Any]) -> pa.DataType:
    """Return what a column is in Parquet."""
    return next((arrow for kind, arrow in ARROW if isinstance(field, kind)), pa.string())


def stored_column(field: pa.Field) -> sql.Composed:
    """Return a column as it is read from PostgreSQL for Parquet."""
    column = sql.Identifier(field.name)
    return PLAIN_TEXT.format(column=column) if field.type == pa.string() else sql.Composed([column])


def hashed_fields() -> list[pa.Field]:
    """Return the columns that a hash is over, in its order."""
    return sorted(event_schema(), key=lambda field: str(field.name))


def row_text() -> sql.Composed:
    """Return the text of a row as PostgreSQL makes it."""
    parts = []
    for field in hashed_fields():
        text = (MOMENT_TEXT if field.type == MOMENT else PLAIN_TEXT).format(column=sql.Identifier(field.name))
        parts.append(PART.format(name=sql.Literal(f"{field.name}="), text=text))
    return sql.SQL(" || ").join(parts)


def column_text(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column's part of each row's text, as Arrow makes it."""
    text = column.cast(pa.int64()).cast(pa.string()) if column.type == MOMENT else column.cast(pa.string())
    length = pc.utf8_length(text).cast(pa.string())
    part = pc.binary_join_element_wise(length, text, ":")
    return pc.fill_null(pc.binary_join_element_wise(pa.scalar(name), part, "="), "")


def row_texts(table: pa.Table) -> list[str]:
    """Return the text of each row."""
    if not table.num_rows:
        return []
    parts = [column_text(field.name, table.column(field.name)) for field in hashed_fields()]
    texts: list[str] = pc.binary_join_element_wise(*parts, "").to_pylist()
    return texts


def hash_row(text: str) -> int:
    """Return the first 64 bits of a row's sha256, signed as PostgreSQL's bigint."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], signed=True)


def row_hashes(table: pa.Table) -> list[int]:
    """Return the hash of each row."""
    return [hash_row(text) for text in row_texts(table)]


def content_of(table: pa.Table) -> int:
    """Return the hash of a table's rows."""
    return sum(row_hashes(table))


def conform(table: pa.Table) -> pa.Table:
    """Return a table with today's columns in their order: one that an older file lacks is empty."""
    columns = [
        table.column(field.name).cast(field.type) if field.name in table.column_names else empty(field, table.num_rows)
        for field in event_schema()
    ]
    return pa.table(columns, schema=event_schema())


def empty(field: pa.Field, rows: int) -> pa.Array:
    """Return a column that is empty in every row."""
    return pa.nulls(rows, field.type)


def joined(tables: list[pa.Table]) -> pa.Table:
    """Return the rows of several tables as one."""
    return pa.concat_tables(tables) if tables else event_schema().empty_table()
