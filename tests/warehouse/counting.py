"""Counting a day again from ClickHouse's own events, by the same SELECTs: what that gives is what PostgreSQL counted.

Nothing is written: PostgreSQL counts more cheaply than the two can be compared (README.md has what was measured).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from psycopg import sql

from analytics.people.narrowing import rollup_text
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.warehouse.binding import bind
from analytics.warehouse.client import Rows, Warehouse
from analytics.warehouse.reading import shop_tables
from analytics.warehouse.statements import listed, own_statement, statement
from analytics.warehouse.translating import translate

DAY = sql.SQL("{day:Date}")


@cache
def counted_there() -> tuple[Rollup, ...]:
    """Return the rollups that can be counted from what ClickHouse has: their SELECTs say so."""
    return tuple(each for each in ROLLUPS.values() if not shop_tables(rollup_text(each.name)))


def count_day(warehouse: Warehouse, *, rollup: Rollup, params: Mapping[str, Any]) -> Rows:
    """Return the rows of a rollup's day as its SELECT gives them there; `params` are what that binds."""
    text = own_statement(f"rollups/{rollup.name}") or translate(rollup_text(rollup.name))
    return warehouse.read(*bind(text, params))[1]


def stored_day(warehouse: Warehouse, *, rollup: Rollup, day: date) -> Rows:
    """Return the rows of a rollup's day that were copied."""
    columns = listed(map(sql.Identifier, rollup.columns))
    asked = statement("mirror/day", table=sql.Identifier(rollup.table), columns=columns, day=DAY)
    return warehouse.read(asked, {"day": day})[1]
