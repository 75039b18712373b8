"""Recounting without writing: every cell of the rollups against what the raw tables say now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from psycopg import sql

from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.rollup.fill import compose, day_params, days_between

Rows = dict[tuple[Any, ...], tuple[Any, ...]]
BOTH = sql.SQL(
    "WITH counted AS ({select}) "
    "SELECT true AS is_stored, {columns} FROM {table} WHERE day = %(day)s "
    "UNION ALL SELECT false, {columns} FROM counted"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell whose stored value is not what counting gives; None where the row is missing on that side."""

    rollup: str
    day: date
    key: tuple[Any, ...]
    measure: str
    stored: Any
    counted: Any


def read_both(rollup: Rollup, day: date) -> tuple[Rows, Rows]:
    """Return what is stored and what counting gives, keys → measures; one statement, so one snapshot."""
    stored: Rows = {}
    counted: Rows = {}
    width = 2 + len(rollup.keys)
    with connection.cursor() as cursor:
        cursor.execute(compose(BOTH, rollup), day_params(day))
        for row in cursor.fetchall():
            side = stored if row[0] else counted
            side[tuple(row[2:width])] = tuple(row[width:])
    return stored, counted


def compare_day(*, rollup: Rollup, day: date) -> Iterator[Difference]:
    """Yield the cells of one day that differ."""
    stored, counted = read_both(rollup, day)
    nothing = (None,) * len(rollup.measures)
    for key in sorted(stored.keys() | counted.keys(), key=str):
        cells = zip(rollup.measures, stored.get(key, nothing), counted.get(key, nothing), strict=True)
        yield from (Difference(rollup.name, day, key, *cell) for cell in cells if cell[1] != cell[2])


def verify(*, first: date, last: date) -> list[Difference]:
    """Return every cell of `[first, last]` that differs from what counting gives."""
    days = days_between(first, last)
    return [found for rollup in ROLLUPS.values() for day in days for found in compare_day(rollup=rollup, day=day)]
