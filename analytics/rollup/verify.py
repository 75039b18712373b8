"""Recounting without writing: every cell of the rollups against what the raw tables say now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from analytics.lifecycle.archive.months import away_days
from analytics.people.cutting import COLUMNS as VISIT_COLUMNS
from analytics.people.cutting import recut_day
from analytics.rollup.fill import compose, days_between
from analytics.rollup.units import Unit, units_between
from analytics.store.models import VisitorSession

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


def read_both(unit: Unit) -> tuple[Rows, Rows]:
    """Return what is stored and what counting gives, keys → measures; one statement, so one snapshot."""
    stored: Rows = {}
    counted: Rows = {}
    width = 2 + len(unit.rollup.keys)
    with connection.cursor() as cursor:
        cursor.execute(compose(BOTH, unit), unit.params)
        for row in cursor.fetchall():
            side = stored if row[0] else counted
            side[tuple(row[2:width])] = tuple(row[width:])
    return stored, counted


def differences(which: tuple[str, date], measures: Sequence[str], stored: Rows, counted: Rows) -> Iterator[Difference]:
    """Yield the cells of one day of a rollup, or of its visits, that differ."""
    nothing = (None,) * len(measures)
    for key in sorted(stored.keys() | counted.keys(), key=str):
        cells = zip(measures, stored.get(key, nothing), counted.get(key, nothing), strict=True)
        yield from (Difference(*which, key, str(name), *pair) for name, *pair in cells if pair[0] != pair[1])


def compare_unit(unit: Unit) -> Iterator[Difference]:
    """Yield the cells of what is counted at once that differ."""
    yield from differences((unit.rollup.name, unit.first), unit.rollup.measures, *read_both(unit))


def read_visits(day: date) -> Rows:
    """Return the stored visits of a shop's day, id → columns."""
    found = VisitorSession.objects.filter(day=day).values_list(*VISIT_COLUMNS)
    return {tuple(row[:1]): tuple(row[1:]) for row in found}


def recut_visits(day: date) -> Rows:
    """Return the visits of a shop's day as cutting them now gives them; what is stored stays as it was."""
    with transaction.atomic():
        recut_day(day)
        found = read_visits(day)
        transaction.set_rollback(True)
    return found


def compare_visits(day: date) -> Iterator[Difference]:
    """Yield the cells of a day's visits that differ."""
    yield from differences(("visits", day), VISIT_COLUMNS[1:], read_visits(day), recut_visits(day))


def verify(*, first: date, last: date) -> list[Difference]:
    """Return every cell of `[first, last]`, of visits and rollups, that differs from what counting gives.

    Of days whose events are in the archive only what the ledger says can be counted again. A month or year that is kept
    as a whole is compared as such, on its first day, also where a part of it was asked for.
    """
    days = days_between(first, last)
    away = away_days(days)
    visits = [found for day in days if day not in away for found in compare_visits(day)]
    return visits + [found for unit in units_between(days) for found in compare_unit(unit)]
