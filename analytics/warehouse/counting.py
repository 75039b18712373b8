"""Counting a day from ClickHouse's own events, by the same SELECTs: what that gives is what PostgreSQL would count.

Within the transaction in which PostgreSQL counts a day, what its rollups read of the day is copied first, where it
differs, so both sides count the same rows. Whatever keeps ClickHouse from it, PostgreSQL counts by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from psycopg import sql

from analytics.people.narrowing import rollup_text
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from analytics.warehouse.binding import bind
from analytics.warehouse.client import Rows, Warehouse, WarehouseAway, is_mirrored, open_warehouse
from analytics.warehouse.mirror import TURN, LinksOfDay, Part, copy_part
from analytics.warehouse.reading import shop_tables
from analytics.warehouse.statements import listed, own_statement, statement
from analytics.warehouse.tables import FOLDER, LINKS, mirrored_tables
from analytics.warehouse.translating import tables_read, translate
from zuka.platform.db.files import load_sql
from zuka.platform.db.turns import is_our_turn

log = structlog.get_logger(__name__)
DAY = sql.SQL("{day:Date}")
# Rollups over what is there that PostgreSQL counts all the same, and why.
STAYS = {"recency": "It reads who was there on every day before, of which some may not be copied yet."}


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


@dataclass(slots=True)
class CountingThere:
    """A day that is counted in ClickHouse, inside the transaction in which PostgreSQL counts it.

    `copied` are the tables that have been made the same for it, `refused` says that ClickHouse went away meanwhile.
    """

    warehouse: Warehouse
    day: date
    copied: set[str] = field(default_factory=set)
    refused: bool = False

    def counted(self, rollup: Rollup, params: Mapping[str, Any]) -> tuple[sql.Composable, dict[str, Any]] | None:
        """Return a SELECT of a rollup's rows as ClickHouse counts them, and what it binds; None: count here."""
        if self.refused or rollup.name in STAYS or rollup not in counted_there():
            return None
        try:
            self.copy(rollup)
            rows = count_day(self.warehouse, rollup=rollup, params=params)
        except WarehouseAway as error:
            log.warning("warehouse.not_counting", day=str(self.day), rollup=rollup.name, reason=error.message)
            self.refused = True
            return None
        columns = listed(map(sql.Identifier, rollup.columns))
        select = sql.SQL(load_sql(FOLDER / "counted.sql")).format(columns=columns, table=sql.Identifier(rollup.table))
        told = [dict(zip(rollup.columns, row, strict=True)) for row in rows]
        return select, {"counted_there": json.dumps(told, default=str)}

    def copy(self, rollup: Rollup) -> None:
        """Make ClickHouse's rows of what a rollup reads of the day those that this transaction sees."""
        tables = mirrored_tables()
        for name in sorted(tables_read(rollup_text(rollup.name)) - self.copied):
            part = LinksOfDay(tables[name], self.day) if name == LINKS else Part(tables[name], self.day)
            with transaction.atomic():
                copy_part(self.warehouse, part)
            self.copied.add(name)


def open_counting(day: date) -> CountingThere | None:
    """Return what counts a day in ClickHouse; None where that is not chosen or cannot be now. Inside the day's
    transaction.

    While days are copied, nobody waits for the end of that.
    """
    if not (settings.CLICKHOUSE_COUNTS and is_mirrored()):
        return None
    try:
        warehouse = open_warehouse()
    except WarehouseAway as error:
        log.warning("warehouse.not_counting", day=str(day), reason=error.message)
        return None
    return CountingThere(warehouse, day) if is_our_turn(TURN) else None
