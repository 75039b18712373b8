"""Paths of visits: the statement, and its totals without asking twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from psycopg import sql

from analytics.people.cutting import NOT_VISITS
from analytics.warehouse.statements import part
from zuka.platform.db.files import load_sql

SQL = Path(__file__).parent.parent / "store" / "sql"
PATHS, FOLDER = SQL / "reports" / "paths.sql", SQL / "paths"
SESSIONS, SHARE = 2, 3


def paths_statement(params: Mapping[str, Any]) -> tuple[sql.Composed, dict[str, Any]]:
    """Return the statement and what it binds."""
    name = "events" if params["of"] == "events" else "pages"
    steps = sql.SQL(load_sql(FOLDER / f"{name}.sql").strip())
    return sql.SQL(load_sql(PATHS)).format(steps=steps), {**params, "not_visits": NOT_VISITS}


def paths_there(params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the statement in ClickHouse's words, and what it binds."""
    walks = part(f"paths/{'events' if params['of'] == 'events' else 'pages'}").format()
    bound = {**params, "not_visits": NOT_VISITS, "depth": int(params["depth"])}
    return part("reports/paths").format(walks=walks).as_string(None), bound


def paths_totals(rows: Sequence[tuple[Any, ...]], _is_cut: bool) -> dict[str, Any]:  # noqa: FBT001 - as in `Computed`
    """Return the visits of all paths, also of those that are cut off: a row's share says of how many it is one."""
    return {"sessions": round(rows[0][SESSIONS] / rows[0][SHARE]) if rows else 0}
