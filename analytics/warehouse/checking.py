"""Before reports are read from ClickHouse: is every value there that PostgreSQL has?

Fingerprints say that the same rows were sent. This looks at what arrived: of each day and name of event both sides add
up hashes of the text of every column, each by its own words, and say where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from analytics.warehouse.client import Warehouse
from analytics.warehouse.mirror import Part, parts_of, snapshot
from analytics.warehouse.statements import listed
from analytics.warehouse.tables import Column, mirrored_tables

NAMES = ("event_type",)
# Floats are written in two ways, and a list that is not there is an empty one in ClickHouse.
NUMERIC = ("numeric", "double precision")
HERE = sql.SQL("coalesce(sum(('x' || left(md5({text}), 8))::bit(32)::bigint), 0)")
THERE = sql.SQL("coalesce(sum(reinterpretAsUInt32(reverse(substring(MD5({text}), 1, 4)))), 0)")
Sums = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not the same on both sides: `column` is empty where the number of rows differs."""

    table: str
    day: date | None
    name: str
    column: str
    here: int
    there: int


def compared_columns(columns: tuple[Column, ...]) -> list[Column]:
    """Return the columns that can be compared by their text."""
    return [each for each in columns if each.type.partition("(")[0] not in NUMERIC]


def text_here(column: Column) -> sql.Composed:
    """Return a value's text in PostgreSQL."""
    name = column.value
    if column.type == "timestamp with time zone":
        return sql.SQL("(extract(epoch FROM {}) * 1000000)::bigint::text").format(name)
    if column.is_list and column.type.startswith("timestamp"):
        return sql.SQL("cardinality({})::text").format(name)
    return sql.SQL("nullif(array_to_string({}, ','), '')" if column.is_list else "{}::text").format(name)


def text_there(column: Column) -> sql.Composed:
    """Return a value's text in ClickHouse."""
    name = sql.Identifier(column.name)
    if column.type == "timestamp with time zone":
        return sql.SQL("toString(toUnixTimestamp64Micro({}))").format(name)
    if column.is_list and column.type.startswith("timestamp"):
        return sql.SQL("toString(length({}))").format(name)
    return sql.SQL("nullIf(arrayStringConcat({}, ','), '')" if column.is_list else "toString({})").format(name)


def sums_here(part: Part, group: sql.Composable) -> Sums:
    """Return PostgreSQL's sums by day and name."""
    sums = listed(HERE.format(text=text_here(each)) for each in compared_columns(part.columns))
    with connection.cursor() as cursor:
        cursor.execute(part.statement("contents", group=group, sums=sums), part.bounds)
        return {tuple(row[:2]): tuple(map(int, row[2:])) for row in cursor.fetchall()}


def sums_there(warehouse: Warehouse, part: Part, group: sql.Composable) -> Sums:
    """Return ClickHouse's sums by day and name."""
    sums = listed(THERE.format(text=text_there(each)) for each in compared_columns(part.columns))
    rows = warehouse.read(part.statement_there("mirror/contents", group=group, sums=sums), part.bounds)[1]
    return {tuple(row[:2]): tuple(map(int, row[2:])) for row in rows}


def groups_of(part: Part) -> tuple[sql.Composed, sql.Composed]:
    """Return what figures are told apart by, in both sides' words: day, where there is one, and name of event."""
    table = part.table
    name = next((sql.Identifier(each) for each in NAMES if each in part.names), sql.SQL("''"))
    moment, zone = sql.Identifier(table.moment or "day"), sql.Literal(settings.TIME_ZONE)
    here, there = sql.SQL("NULL::date"), sql.SQL("NULL")
    if table.moment:
        days = sql.SQL("zuka_local_day({})").format(moment), sql.SQL("toDate({}, {})").format(moment, zone)
    else:
        days = (sql.Composed([moment]),) * 2 if table.dated else (sql.Composed([here]), sql.Composed([there]))
    return listed([days[0], name]), listed([days[1], name])


def compare_part(warehouse: Warehouse, part: Part) -> Iterator[Difference]:
    """Yield what differs of a table, or of one of its days."""
    group_here, group_there = groups_of(part)
    here, there = sums_here(part, group_here), sums_there(warehouse, part, group_there)
    titles = ("", *(each.name for each in compared_columns(part.columns)))
    nothing = (0,) * len(titles)
    for key in sorted(here.keys() | there.keys(), key=str):
        for title, mine, other in zip(titles, here.get(key, nothing), there.get(key, nothing), strict=True):
            if mine != other:
                yield Difference(part.table.name, key[0], str(key[1]), title, mine, other)


def compare(warehouse: Warehouse, *, first: date, last: date) -> list[Difference]:
    """Return what differs of the days `[first, last]` in every table, and of the tables without days.

    Events of days that are in the archive are left out: ClickHouse alone has them.
    """
    found: list[Difference] = []
    for table in mirrored_tables().values():
        parts = parts_of(table, first, last) if table.dated else [Part(table)]
        for part in parts:
            with snapshot():
                found += compare_part(warehouse, part)
    return found
