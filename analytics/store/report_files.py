"""The SQL files of reports: what two of them say alike, as a report and its totals do, lies in `sql/shared/` once.

`{name}` in a report's file stands for the text of `sql/shared/name.sql`: columns, conditions or whole CTEs.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from psycopg import sql

from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent / "sql" / "reports"
SHARED = FOLDER.parent / "shared"
STANDS_FOR = re.compile(r"\{([a-z_]+)\}")


def report_file(name: str) -> Path:
    """Return where a statement of a report lies: that of its rows, its totals or its series."""
    return FOLDER / f"{name}.sql"


@cache
def report_statement(name: str) -> sql.Composed:
    """Return a report's statement, or that of its totals or series, with what it shares put in."""
    return put_in(load_sql(report_file(name)))


def put_in(text: str) -> sql.Composed:
    """Return a statement with the texts that its names stand for, which may name others."""
    parts = STANDS_FOR.split(text)
    named = [put_in(load_sql(SHARED / f"{name}.sql").strip()) for name in parts[1::2]]
    said = [sql.SQL(part) for part in parts[::2]]
    return sql.Composed([said[0], *(part for pair in zip(named, said[1:], strict=True) for part in pair)])
