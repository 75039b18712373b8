"""Recounting without writing: every cell of the rollups against what the raw tables say now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.rollup.fill import STORED, compose, day_params, days_between, rollup_select

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell whose stored value is not what counting gives; None where the row is missing on that side."""

    rollup: str
    day: date
    key: tuple[Any, ...]
    measure: str
    stored: Any
    counted: Any


def read_rows(cursor: Any, rollup: Rollup, statement: Any, day: date) -> Rows:
    """Return the rows of a statement: keys → measures."""
    cursor.execute(statement, day_params(day))
    width = 1 + len(rollup.keys)
    return {tuple(row[1:width]): tuple(row[width:]) for row in cursor.fetchall()}


def compare_day(*, rollup: Rollup, day: date) -> Iterator[Difference]:
    """Yield the cells of one day that differ. Both sides are read in one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        stored = read_rows(cursor, rollup, compose(STORED, rollup), day)
        counted = read_rows(cursor, rollup, rollup_select(rollup), day)
    nothing = (None,) * len(rollup.measures)
    for key in sorted(stored.keys() | counted.keys(), key=str):
        cells = zip(rollup.measures, stored.get(key, nothing), counted.get(key, nothing), strict=True)
        yield from (Difference(rollup.name, day, key, *cell) for cell in cells if cell[1] != cell[2])


def verify(*, first: date, last: date) -> list[Difference]:
    """Return every cell of `[first, last]` that differs from what counting gives."""
    days = days_between(first, last)
    return [found for rollup in ROLLUPS.values() for day in days for found in compare_day(rollup=rollup, day=day)]
