"""The tables of ClickHouse, as statements: made where they are not, and given the columns that PostgreSQL has more."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from psycopg import sql

from analytics.warehouse.client import Warehouse
from analytics.warehouse.statements import listed, own_views, statement
from analytics.warehouse.tables import EVENTS, Column, Mirrored, columns_of, mirrored_tables

LOCAL = "_local"  # what the shard of a cluster holds of a table
KEPT = sql.SQL("(warehouse_revision, warehouse_gone)")
REPLICATED = sql.SQL("ReplicatedReplacingMergeTree({path}, {replica}, warehouse_revision, warehouse_gone)")


def is_sharded(table: Mirrored) -> bool:
    """Say whether the shards of a cluster hold a part each; all else every server has whole."""
    return bool(settings.CLICKHOUSE_CLUSTER) and table.name == EVENTS


def kept_in(table: Mirrored) -> sql.Identifier:
    """Return the table that rows are kept in: with a cluster, that of the shard."""
    return sql.Identifier(f"{table.name}{LOCAL}" if is_sharded(table) else table.name)


def everywhere() -> sql.Composable:
    """Return where a table is made."""
    name = settings.CLICKHOUSE_CLUSTER
    return sql.SQL("ON CLUSTER {}").format(sql.Identifier(name)) if name else sql.SQL("")


def engine_of(table: Mirrored) -> sql.Composable:
    """Return the engine: replicated on a cluster."""
    if not settings.CLICKHOUSE_CLUSTER:
        return sql.SQL("ReplacingMergeTree{}").format(KEPT)
    shard, replica = ("{shard}", "{replica}") if is_sharded(table) else ("all", "{shard}-{replica}")
    path = sql.Literal(f"/clickhouse/tables/{{database}}/{table.name}/{shard}")
    return REPLICATED.format(path=path, replica=sql.Literal(replica))


def tiers_of(table: Mirrored) -> sql.Composable:
    """Return when rows move to slower disks, and when they go: raw events alone."""
    cold, last = settings.CLICKHOUSE_COLD_MONTHS, settings.CLICKHOUSE_EVENT_MONTHS
    ways = {"TO VOLUME 'cold'": cold, "DELETE": last} if table.name == EVENTS else {}
    moves = [
        sql.SQL("toDate(occurred_at) + INTERVAL {} MONTH {}").format(sql.Literal(months), sql.SQL(way))
        for way, months in ways.items()
        if months
    ]
    return sql.SQL("TTL {}").format(listed(moves)) if moves else sql.SQL("")


def declared(column: Column) -> sql.Composed:
    """Return how a column is declared."""
    return sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.stored))


def create_statements(table: Mirrored, columns: Sequence[Column]) -> list[str]:
    """Return what makes a table where it is not: with a cluster, the shards' and the one over all of them."""
    is_tiered = table.name == EVENTS and settings.CLICKHOUSE_COLD_MONTHS
    own = statement(
        "tables/create",
        table=kept_in(table),
        everywhere=everywhere(),
        columns=listed(map(declared, columns)),
        engine=engine_of(table),
        partition=sql.SQL(table.partition),
        key=listed(map(sql.SQL, table.key)),
        tiers=tiers_of(table),
        policy=sql.SQL(", storage_policy = 'tiered'" if is_tiered else ""),
    )
    if not is_sharded(table):
        return [own]
    parts = {"cluster": sql.Identifier(settings.CLICKHOUSE_CLUSTER), "kept": kept_in(table)}
    over = statement("tables/create_over_shards", table=sql.Identifier(table.name), everywhere=everywhere(), **parts)
    return [own, over]


def add_statements(table: Mirrored, columns: Sequence[Column]) -> list[str]:
    """Return what adds columns that PostgreSQL has got since."""
    tables = [kept_in(table), *([sql.Identifier(table.name)] if is_sharded(table) else [])]
    added = listed(sql.SQL("ADD COLUMN IF NOT EXISTS {}").format(declared(each)) for each in columns)
    return [statement("tables/add_columns", table=each, everywhere=everywhere(), columns=added) for each in tables]


def make_tables(warehouse: Warehouse) -> list[str]:
    """Make every table that is not there, with the columns of now; return the names of all."""
    for table in mirrored_tables().values():
        columns = columns_of(table.name)
        for each in [*create_statements(table, columns), *add_statements(table, columns)]:
            warehouse.run(each)
    for name, select in own_views().items():
        view = {"table": sql.Identifier(name), "everywhere": everywhere(), "select": sql.SQL(select)}
        warehouse.run(statement("tables/create_view", **view))
    return list(mirrored_tables())
