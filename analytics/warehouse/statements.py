"""Statements of ClickHouse: files of `store/sql/clickhouse/`, put together of declared parts. Names are quoted as in
PostgreSQL, which ClickHouse reads as well; values are bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from psycopg import sql

from zuka.platform.db.files import load_sql, sql_files

PLACE = re.compile(r"%\((\w+)\)s")
FOLDER = Path(__file__).parents[1] / "store" / "sql" / "clickhouse"


def statement(name: str, **parts: sql.Composable) -> str:
    """Return the statement of a file, like `mirror/rows`, with its parts put in."""
    return part(name).format(**parts).as_string(None)


def part(name: str) -> sql.SQL:
    """Return the text of a file that others are put into, or that is put into another."""
    return sql.SQL(load_sql(FOLDER / f"{name}.sql").strip("\n"))


def value_there(place: sql.Placeholder) -> sql.SQL:
    """Return the place of a value as ClickHouse's statements have it before their values are bound."""
    return sql.SQL(PLACE.sub(r"{\1: }", place.as_string(None)))


def own_views() -> dict[str, str]:
    """Return the SELECTs of the views that are ClickHouse's as well, by name, in the order to make them; files are
    called as PostgreSQL's.
    """
    return {path.stem.partition("_")[2]: load_sql(path) for path in sql_files(FOLDER / "views")}


def own_statement(name: str) -> str | None:
    """Return what is written for ClickHouse in the place of a statement like `rollups/recency`, if anything is."""
    path = FOLDER / f"{name}.sql"
    return load_sql(path) if path.exists() else None


def listed(parts: Iterable[sql.Composable]) -> sql.Composed:
    """Return parts one after the other."""
    return sql.SQL(", ").join(parts)
