"""What rests in ClickHouse: events, visits, every rollup, and the views of names and counts that reports read.

Which tables there are follows from the registry; their columns are those that PostgreSQL has, their types by one table.
A row carries what it is compared by: the bucket of rows that are compared together, a fingerprint of its content, when
it was written, and whether it is gone since. ReplacingMergeTree keeps of each key what was written last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import connection
from psycopg import sql

from analytics.people.narrowing import tables_of
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.store.views import declared_views
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parents[1] / "store" / "sql" / "warehouse"
EVENTS, VISITS, LINKS = "analytics_events", "analytics_sessions", "analytics_identity_links"
# Columns that ClickHouse has more: what rollups know people by is PostgreSQL's hash of their ids, which it cannot make.
KEYS: dict[str, dict[str, str]] = {
    EVENTS: {"user_key": "user_id", "visitor_key": "visitor_id"},
    LINKS: {"user_key": "user_id"},
}
TYPES = {
    "text": "String",
    "character varying": "String",
    "uuid": "String",  # ClickHouse orders UUIDs by their second half
    "jsonb": "String",
    "inet": "String",
    "timestamp with time zone": "DateTime64(6, 'UTC')",
    "date": "Date",
    "bigint": "Int64",
    "integer": "Int32",
    "smallint": "Int16",
    "boolean": "Bool",
    "numeric": "Float64",
    "double precision": "Float64",
}
AS_TEXT = ("uuid", "jsonb", "inet")
# Of few different values.
FEW = frozenset(
    {
        *("event_type", "source_name", "platform", "device_type", "os", "browser", "country", "state", "currency"),
        *("channel", "medium", "utm_medium", "payment_method", "grain", "category", "brand"),
    }
)
BESIDE = ("warehouse_bucket", "warehouse_fingerprint", "warehouse_revision", "warehouse_gone")


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A table that is copied. `key` are the columns, or expressions of ClickHouse, that a row is known and sorted by.

    Of `dated` tables the rows of one day are compared when it was counted, `moment` names the column that says when;
    of others all rows. `bucket` is what is compared together.
    """

    name: str
    key: tuple[str, ...]
    dated: bool = True
    moment: str = ""
    is_large: bool = False

    @property
    def bucket(self) -> str:
        """Return the bucket of a row, in PostgreSQL's words: a minute, a day, or 64 parts of a table without days."""
        if self.moment:
            return f"floor(extract(epoch FROM {self.moment}) / 60)::bigint"
        return "(day - date '1970-01-01')::bigint" if self.dated else "(fingerprint & 63)::bigint"

    @property
    def partition(self) -> str:
        """Return what ClickHouse keeps in parts of their own."""
        return f"toYYYYMM({self.moment or 'day'})" if self.is_large else "tuple()"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in PostgreSQL, and whether it is never empty. `hashed` is the column whose hash it is."""

    name: str
    type: str
    is_filled: bool
    hashed: str = ""

    @property
    def is_list(self) -> bool:
        """Say whether it holds lists."""
        return self.type.endswith("[]")

    @property
    def stored(self) -> str:
        """Return its type in ClickHouse."""
        plain = TYPES[self.type.removesuffix("[]").partition("(")[0]]
        if self.is_list:
            return f"Array({plain})"
        kept = plain if self.is_filled else f"Nullable({plain})"
        return f"LowCardinality({kept})" if self.name in FEW and plain == "String" else kept

    @property
    def text(self) -> sql.Composed:
        """Return how PostgreSQL gives its values. ClickHouse has no lists that are not there."""
        value = sql.SQL("{}::text" if self.type in AS_TEXT else "{}").format(self.value)
        if self.is_list:
            value = sql.SQL("coalesce({}, '{{}}')").format(value)
        return sql.SQL("{} AS {}").format(value, sql.Identifier(self.name))

    @property
    def value(self) -> sql.Composable:
        """Return what PostgreSQL calls it, or makes it of."""
        if self.hashed:
            return sql.SQL("hashtextextended({}, 0)").format(sql.Identifier(self.hashed))
        return sql.Identifier(self.name)


@cache
def mirrored_tables() -> dict[str, Mirrored]:
    """Return the tables that are copied, by name."""
    days = [
        Mirrored(
            EVENTS,
            ("toDate(occurred_at)", "event_type", "coalesce(visitor_id, user_id, '')", "occurred_at", "id"),
            moment="occurred_at",
            is_large=True,
        ),
        Mirrored(VISITS, ("day", "id"), moment="started_at", is_large=True),
        *(Mirrored(each.table, ("day", *each.keys), is_large=True) for each in ROLLUPS.values()),
        # The ledger marks the days of an order, and of each movement of its money, whenever anything of it changes.
        Mirrored("ledger_order_keys", ("order_id",), moment="placed_at"),
        Mirrored("ledger_money", ("order_id", "kind", "move_id"), moment="moved_at"),
    ]
    keys = {
        LINKS: ("visitor_id",),
        "ledger_products": ("product_ref",),
        "ledger_flags": ("experiment", "place"),
        "analytics_campaign_spend": ("day", "source", "medium", "campaign", "currency"),
    }
    whole = [Mirrored(name, key, dated=False) for name, key in keys.items()]
    whole += [Mirrored(name, MATERIALIZED_VIEWS[name].unique, dated=False) for name in views_of_counts()]
    return {each.name: each for each in (*days, *whole)}


@cache
def views_of_counts() -> tuple[str, ...]:
    """Return the materialized views that are made of what is counted alone, or with names of products."""
    counted = {each.table for each in ROLLUPS.values()}
    texts = {view.name: view.select for view in declared_views() if view.is_materialized}
    return tuple(name for name, text in texts.items() if set(tables_of(text)) <= counted)


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """Return the columns that ClickHouse has of a table or view: PostgreSQL's, without a key that numbers rows, and
    hashes of ids.
    """
    with connection.cursor() as cursor:
        cursor.execute(load_sql(FOLDER / "columns.sql"), {"table": table})
        found = [Column(*row) for row in cursor.fetchall()]
    is_numbered = any(each.table == table for each in ROLLUPS.values())
    own = (each for each in found if not (is_numbered and each.name == "id" and each.type == "bigint"))
    keys = (Column(name, "bigint", is_filled=False, hashed=of) for name, of in KEYS.get(table, {}).items())
    return (*own, *keys)
