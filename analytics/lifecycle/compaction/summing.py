"""How rows of a rollup are added up over a period."""

from __future__ import annotations

from pathlib import Path

from psycopg import sql

from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Rollup
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent.parent.parent / "store" / "sql" / "compaction"
COMPACTING = tuple(each for each in ROLLUPS.values() if each.compacts)


def sums_of(rollup: Rollup) -> sql.Composed:
    """Return a rollup's measures added up, in their order: bigint, NULL for what must not be added."""
    added = sql.SQL("sum({name})::bigint AS {name}")
    unknown = sql.SQL("NULL::bigint AS {name}")
    return sql.SQL(", ").join(
        (unknown if name in rollup.unsummable else added).format(name=sql.Identifier(name)) for name in rollup.measures
    )


def composed(name: str, rollup: Rollup) -> sql.Composed:
    """Return a statement about a rollup's table: `sql/compaction/<name>.sql`."""
    return sql.SQL(load_sql(FOLDER / f"{name}.sql")).format(
        table=sql.Identifier(rollup.table),
        keys=sql.SQL(", ").join(map(sql.Identifier, rollup.keys)),
        measures=sql.SQL(", ").join(map(sql.Identifier, rollup.measures)),
        sums=sums_of(rollup),
    )
