"""Erasing in ClickHouse: what is gone, or was written anew, stays in files until they are merged; so they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

from analytics.lifecycle.archive.months import months_there
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import everywhere, kept_in
from analytics.warehouse.mirror import Row, snapshot
from analytics.warehouse.statements import listed, statement
from analytics.warehouse.tables import BESIDE, EVENTS, FOLDER, KEYS, Mirrored, columns_of, mirrored_tables
from zuka.platform.clock import local_day, month_start
from zuka.platform.db.files import load_sql

OF_PEOPLE = ("user_id", "visitor_id", "visitor", "person")
IS_THEIRS = sql.SQL("has({ids}, {column})")
IDS = sql.SQL("{ids:Array(String)}")
PARTITION = {False: sql.SQL("PARTITION {}"), True: sql.SQL("IN PARTITION {}")}
# Events as dicts of their columns -> the same as they shall be.
Change = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def people_columns(table: Mirrored) -> list[sql.Identifier]:
    """Return the columns of a table that hold ids of people."""
    return [sql.Identifier(each.name) for each in columns_of(table.name) if each.name in OF_PEOPLE]


def theirs(table: Mirrored) -> sql.Composed:
    """Return which rows of a table are somebody's of `ids`."""
    return sql.SQL(" OR ").join([IS_THEIRS.format(ids=IDS, column=each) for each in people_columns(table)])


def days_of_people(warehouse: Warehouse, ids: Sequence[str]) -> set[date]:
    """Return the days on which rows of ClickHouse name any of some ids. Also rows that were replaced since: they are in
    its files until those are merged.
    """
    found: set[date] = set()
    for table in mirrored_tables().values():
        if table.dated and people_columns(table):
            moment, zone = sql.Identifier(table.moment or "day"), sql.Literal(settings.TIME_ZONE)
            day = sql.SQL("toDate({}, {})").format(moment, zone) if table.moment else moment
            asked = statement("erasure/days", day=day, table=sql.Identifier(table.name), theirs=theirs(table))
            found |= {each for (each,) in warehouse.read(asked, {"ids": list(ids)}, settings={"final": 0})[1]}
    return found


def change_events(warehouse: Warehouse, *, ids: Sequence[str], change: Change) -> int:
    """Change the events of some ids in months that PostgreSQL has not; return how many. What it has is copied."""
    events = mirrored_tables()[EVENTS]
    names = [each.name for each in columns_of(EVENTS)]
    table, columns = sql.Identifier(EVENTS), listed(map(sql.Identifier, names))
    with snapshot():
        here = set(months_there())
        asked = statement("erasure/rows", table=table, columns=columns, theirs=theirs(events))
        found = warehouse.read(asked, {"ids": list(ids)})[1]
        at = names.index("occurred_at")
        old = [row for row in found if month_start(local_day(row[at])) not in here]
        if not old:
            return 0
        last = warehouse.read(statement("erasure/revision", table=table), settings={"final": 0})[1][0][0]
        new = change([dict(zip(names, row, strict=False)) for row in old])
        warehouse.insert(EVENTS, [*names, *BESIDE], [*gone(old, last + 1), *anew(names, old, new, last + 2)])
    return len(old)


def gone(rows: Iterable[Row], revision: int) -> list[Row]:
    """Return what takes rows back."""
    return [(*row, revision, 1) for row in rows]


def anew(names: Sequence[str], old: Sequence[Row], new: Iterable[dict[str, Any]], revision: int) -> list[Row]:
    """Return rows in the place of others, in the buckets of those. What they are compared by is made of their ids, so
    that each is replaced by PostgreSQL's own when its month is restored.
    """
    buckets = {row[names.index("id")]: row[-2] for row in old}
    rows = with_keys(list(new))
    return [(*(row[each] for each in names), buckets[row["id"]], mark_of(row["id"]), revision, 0) for row in rows]


def with_keys(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return events with the hashes of whom they name now, which PostgreSQL makes."""
    names = {row[of] for row in rows for of in KEYS[EVENTS].values()} - {None}
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "keys.sql"), {"names": sorted(names)})
        keys = dict(cursor.fetchall())
    return [{**row, **{name: keys.get(row[of]) for name, of in KEYS[EVENTS].items()}} for row in rows]


def mark_of(event_id: str) -> int:
    """Return a number that no other event has."""
    return int(event_id.replace("-", "")[17:], 16)


def purge(warehouse: Warehouse, days: Iterable[date]) -> None:
    """Leave no file that holds what was gone or changed on some days, or in the tables without days."""
    months = sorted({f"{day:%Y%m}" for day in days})
    for table in mirrored_tables().values():
        parts = months if table.is_large else [""]
        for part in parts:
            for name in ("merge", "drop_gone"):
                within = PARTITION[name == "drop_gone"].format(sql.Literal(int(part))) if part else sql.SQL("")
                warehouse.run(statement(f"erasure/{name}", table=kept_in(table), everywhere=everywhere(), part=within))
