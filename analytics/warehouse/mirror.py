"""Copying to ClickHouse what differs from PostgreSQL: events first come there, each exactly once, and are counted.

Both sides say of each bucket of a table how many rows it has and what their fingerprints add up to; of the buckets that
differ the rows are compared, and one insert brings what is new and takes back what is gone. So it does not matter when
or how a copy was ended, nor why rows changed: late events, people who became known, erasures and months that were
restored go the same way. A day is copied after it was counted; `analytics_warehouse_days` keeps when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from psycopg import sql

from analytics.lifecycle.archive.months import away_days
from analytics.store.models import WarehouseDay
from analytics.warehouse.client import Warehouse
from analytics.warehouse.statements import listed, statement
from analytics.warehouse.tables import EVENTS, FOLDER, Column, Mirrored, columns_of, mirrored_tables
from zuka.platform.clock import day_bounds
from zuka.platform.db.files import load_sql
from zuka.platform.db.turns import take_turns

BATCH_ROWS = 20_000
DAYS_A_RUN, DAYS_A_STATEMENT = 60, 31
EPOCH = date(1970, 1, 1)
WRAP = 1 << 64
CURSOR = "zuka_warehouse"
# One moment for all tables of a day, and texts of moments that do not depend on who asks.
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL timezone = 'UTC'"
FINGERPRINT = sql.SQL("hashtextextended(ROW({columns})::text, 0)")
BUCKETS, FINGERPRINTS = sql.SQL("{buckets:Array(Int64)}"), sql.SQL("{fingerprints:Array(Int64)}")
REVISION = sql.SQL("{revision:UInt64}")
Row = tuple[Any, ...]
# bucket -> number of rows, sum of fingerprints
Sums = dict[int, tuple[int, int]]


@dataclass(slots=True)
class Copied:
    """How many rows a copy wrote and took back."""

    written: int = 0
    gone: int = 0

    def add(self, other: Copied) -> None:
        """Add those of another."""
        self.written += other.written
        self.gone += other.gone


@dataclass(frozen=True, slots=True)
class Part:
    """What is compared at once: a table, one of its days, or its days up to `last`."""

    table: Mirrored
    day: date | None = None
    last: date | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the table's columns."""
        return columns_of(self.table.name)

    @property
    def bounds(self) -> dict[str, Any]:
        """Return what the conditions bind."""
        if self.day is None:
            return {}
        last = self.last or self.day
        return {"day": self.day, "last": last, "start": day_bounds(self.day)[0], "end": day_bounds(last)[1]}

    @property
    def condition(self) -> str:
        """Return which rows are meant, in PostgreSQL's words."""
        if self.day is None:
            return "true"
        if self.table.moment:
            return f"{self.table.moment} >= %(start)s AND {self.table.moment} < %(end)s"
        return "day BETWEEN %(day)s AND %(last)s"

    @property
    def warehouse_condition(self) -> str:
        """Return which rows are meant, in ClickHouse's words."""
        if self.day is None:
            return "true"
        if self.table.moment:
            start, end = "{start:DateTime64(6, 'UTC')}", "{end:DateTime64(6, 'UTC')}"
            return f"{self.table.moment} >= {start} AND {self.table.moment} < {end}"
        return "day BETWEEN {day:Date} AND {last:Date}"

    @property
    def names(self) -> list[str]:
        """Return the names of its columns."""
        return [each.name for each in self.columns]

    def statement(self, name: str, **parts: sql.Composable) -> sql.Composed:
        """Return a statement of `sql/warehouse/` about it."""
        columns = listed(sql.Identifier(each.name) for each in self.columns if not each.hashed)
        texts = listed(each.text for each in self.columns)
        own: dict[str, sql.Composable] = {
            "columns": columns,
            "texts": texts,
            "fingerprint": FINGERPRINT.format(columns=columns),
        }
        own |= {"bucket": sql.SQL(self.table.bucket), "chosen": sql.SQL(self.condition)}
        return sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(
            table=sql.Identifier(self.table.name), **{**own, **parts}
        )

    def statement_there(self, name: str, **parts: sql.Composable) -> str:
        """Return a statement of `sql/clickhouse/` about it."""
        chosen = sql.SQL(self.warehouse_condition)
        return statement(name, table=sql.Identifier(self.table.name), chosen=chosen, **parts)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read PostgreSQL as it is at one moment, alone: nobody else copies meanwhile."""
    own = not connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT if own else SNAPSHOT.partition("; ")[2])
        take_turns("zuka:warehouse")
        yield


def sums_here(part: Part) -> Sums:
    """Return the sums of PostgreSQL's buckets."""
    with connection.cursor() as cursor:
        cursor.execute(part.statement("buckets"), part.bounds)
        return {bucket: (rows, int(total) % WRAP) for bucket, rows, total in cursor.fetchall()}


def sums_there(warehouse: Warehouse, part: Part) -> Sums:
    """Return the sums of ClickHouse's buckets."""
    found = warehouse.read(part.statement_there("mirror/buckets"), part.bounds)[1]
    return {bucket: (rows, int(total) % WRAP) for bucket, rows, total in found}


def differing(here: Sums, there: Sums) -> list[int]:
    """Return the buckets that are not the same on both sides."""
    return sorted(bucket for bucket in here.keys() | there.keys() if here.get(bucket) != there.get(bucket))


def groups(buckets: Sequence[int], sizes: Sums) -> Iterator[list[int]]:
    """Yield buckets together, as long as they have few rows."""
    group: list[int] = []
    rows = 0
    for bucket in buckets:
        group.append(bucket)
        rows += sizes.get(bucket, (0, 0))[0]
        if rows >= BATCH_ROWS:
            yield group
            group, rows = [], 0
    if group:
        yield group


def rows_here(part: Part, buckets: list[int], *, revision: int) -> Iterator[tuple[int, str]]:
    """Yield the fingerprints and lines of PostgreSQL's rows of buckets, some at a time from the server."""
    with transaction.atomic(), connection.create_cursor(name=CURSOR) as cursor:
        cursor.execute(part.statement("rows"), part.bounds | {"buckets": buckets, "revision": revision})
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield from rows


def fingerprints_there(warehouse: Warehouse, part: Part, buckets: list[int]) -> set[int]:
    """Return the fingerprints of ClickHouse's rows of buckets."""
    asked = part.statement_there("mirror/fingerprints", buckets=BUCKETS)
    return {each for (each,) in warehouse.read(asked, part.bounds | {"buckets": buckets})[1]}


def take_back(warehouse: Warehouse, part: Part, buckets: list[int], fingerprints: set[int], *, revision: int) -> None:
    """Write once more what is gone, as gone."""
    columns = listed(map(sql.Identifier, part.names))
    parts = {"columns": columns, "buckets": BUCKETS, "fingerprints": FINGERPRINTS, "revision": REVISION}
    bound = part.bounds | {"buckets": buckets, "fingerprints": sorted(fingerprints), "revision": revision}
    warehouse.run(part.statement_there("mirror/take_back", **parts), bound)


def next_revision(warehouse: Warehouse, part: Part) -> int:
    """Return a number above that of everything written of a part."""
    found = warehouse.read(part.statement_there("mirror/revision"), part.bounds, settings={"final": 0})[1]
    return int(found[0][0] or 0) + 1


def copy_part(warehouse: Warehouse, part: Part) -> Copied:
    """Make ClickHouse's rows of a part what PostgreSQL's are. Within `snapshot`."""
    here, there = sums_here(part), sums_there(warehouse, part)
    copied = Copied()
    buckets = differing(here, there)
    if not buckets:
        return copied
    revision = next_revision(warehouse, part)
    for group in groups(buckets, here):
        copied.add(copy_buckets(warehouse, part, group, revision=revision, is_new=not there.keys() & set(group)))
    return copied


def copy_buckets(warehouse: Warehouse, part: Part, buckets: list[int], *, revision: int, is_new: bool) -> Copied:
    """Copy buckets that differ. Of those that ClickHouse has nothing of, as in the first copy, nothing is compared.

    A row that changed is a new one and one that is gone; where both have one key the new one counts, by its revision.
    """
    stored = set() if is_new else fingerprints_there(warehouse, part, buckets)
    gone, copied = set(stored), Copied()
    rows = rows_here(part, buckets, revision=revision + 1)
    while batch := list(islice(rows, BATCH_ROWS)):
        lines = [line for fingerprint, line in batch if fingerprint not in stored]
        gone.difference_update(fingerprint for fingerprint, _ in batch)
        if lines:
            warehouse.insert_lines(part.table.name, lines)
        copied.written += len(lines)
    if gone:
        take_back(warehouse, part, buckets, gone, revision=revision)
    copied.gone += len(gone)
    return copied


def runs_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days as first and last ones of runs without a gap, a month at most: a statement each, not one a day."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and (day - runs[-1][1]).days == 1 and (day - runs[-1][0]).days < DAYS_A_STATEMENT:
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return runs


def parts_of(table: Mirrored, first: date, last: date) -> list[Part]:
    """Return the parts of a table in a run of days. Events that are in the archive stay as they are."""
    if table.name != EVENTS:
        return [Part(table, first, last)]
    days = {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return [Part(table, *run) for run in runs_of(days - away_days(days))]


def copy_days(warehouse: Warehouse, days: Mapping[date, datetime | None]) -> Copied:
    """Copy what differs of days, and note when each was counted, where that is said."""
    copied = Copied()
    for first, last in reversed(runs_of(days)):
        with snapshot():
            for table in mirrored_tables().values():
                for part in parts_of(table, first, last) if table.dated else ():
                    copied.add(copy_part(warehouse, part))
        for day, filled_at in days.items():
            if filled_at is not None and first <= day <= last:
                WarehouseDay.objects.update_or_create(day=day, defaults={"filled_at": filled_at, "copied_at": Now()})
    return copied


def copy_whole(warehouse: Warehouse) -> Copied:
    """Copy what differs of the tables without days."""
    copied = Copied()
    for table in mirrored_tables().values():
        if not table.dated:
            with snapshot():
                copied.add(copy_part(warehouse, Part(table)))
    return copied


def waiting_days(*, limit: int) -> list[tuple[date, datetime]]:
    """Return the days that were counted since they were copied, the latest first, and when."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "counted_days.sql"), {"limit": limit})
        return list(cursor.fetchall())


def copy_counted(warehouse: Warehouse, *, limit: int = DAYS_A_RUN) -> Copied:
    """Copy the days that were counted since they were copied, at most `limit`, and the tables without days."""
    copied = Copied()
    copied.add(copy_days(warehouse, dict(waiting_days(limit=limit))))
    copied.add(copy_whole(warehouse))
    return copied
