"""Statements of ClickHouse: files of `store/sql/clickhouse/`, put together of declared parts. Names are quoted as in
PostgreSQL, which ClickHouse reads as well; values are bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from psycopg import sql

from zuka.platform.db.files import load_sql, sql_files

FOLDER = Path(__file__).parents[1] / "store" / "sql" / "clickhouse"


def statement(name: str, **parts: sql.Composable) -> str:
    """Return the statement of a file, like `mirror/rows`, with its parts put in."""
    return sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(**parts).as_string(None)


def own_views() -> dict[str, str]:
    """Return the SELECTs of the views that are ClickHouse's as well, by name."""
    return {path.stem: load_sql(path) for path in sql_files(FOLDER / "views")}


def own_statement(name: str) -> str | None:
    """Return what is written for ClickHouse in the place of a statement like `rollups/recency`, if anything is."""
    path = FOLDER / f"{name}.sql"
    return load_sql(path) if path.exists() else None


def listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    """Return parts one after the other."""
    return sql.SQL(", ").join(parts)
