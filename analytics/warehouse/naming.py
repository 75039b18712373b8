"""Who people are stays in PostgreSQL: of what ClickHouse answers, the ids of people become their names there.

A column that a statement looks up by an id, `(SELECT name FROM ledger_people WHERE user_id = …)`, is the id in
ClickHouse's words; the rows that come back are few, and their names are asked for at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from psycopg import sql
from sqlglot import exp

from analytics.warehouse.client import Rows
from analytics.warehouse.rules.forms import Node
from analytics.warehouse.tables import FOLDER
from zuka.platform.db.files import load_sql

PEOPLE = frozenset({"ledger_people"})


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A column that is looked up: its place, the table and its columns."""

    place: int
    table: str
    key: str
    value: str


def looked_up(tree: Node) -> tuple[LookedUp, ...]:
    """Put ids in the place of the columns of a statement that are looked up by them, and return those."""
    found = []
    for place, each in enumerate(tree.expressions if isinstance(tree, exp.Select) else ()):
        query = each.this if isinstance(each, exp.Alias) else each
        lookup = lookup_of(query.this, place) if isinstance(query, exp.Subquery) else None
        if lookup is not None:
            query.replace(query.this.args["where"].this.expression.copy())
            found.append(lookup)
    return tuple(found)


def lookup_of(select: Node, place: int) -> LookedUp | None:
    """Return what a query of a column looks up, where it is about people."""
    source, where = select.args.get("from_"), select.args.get("where")
    is_plain = source is not None and source.this.name in PEOPLE and where is not None and not select.args.get("joins")
    if not is_plain or not isinstance(where.this, exp.EQ) or len(select.expressions) != 1:
        return None
    return LookedUp(place, source.this.name, where.this.this.name, select.expressions[0].name)


def put_names(rows: Rows, columns: Sequence[LookedUp]) -> Rows:
    """Return rows with what PostgreSQL says in the place of ids."""
    for each in columns:
        keys = sorted({row[each.place] for row in rows if row[each.place]})
        names = names_of_keys(each, keys) if keys else {}
        before, after = slice(None, each.place), slice(each.place + 1, None)
        rows = [(*row[before], names.get(row[each.place]), *row[after]) for row in rows]
    return rows


def names_of_keys(column: LookedUp, keys: Sequence[str]) -> dict[str, object]:
    """Return what PostgreSQL says of some keys."""
    parts = {name: sql.Identifier(getattr(column, name)) for name in ("table", "key", "value")}
    statement = sql.SQL(load_sql(FOLDER / "looked_up.sql")).format(**parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"keys": list(keys)})
        return dict(cursor.fetchall())
