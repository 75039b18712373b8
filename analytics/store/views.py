"""Views and triggers are code: made from the files in `sql/`, and made anew when a file has changed.

A file is named after its view, with a prefix that gives the order: `10_ledger_orders.sql`, `M1_…` for materialized
ones. The text's hash is kept as the view's comment, so that a migrate without a change touches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from analytics.registry.rollups import MATERIALIZED_VIEWS
from zuka.platform.db.files import load_sql, sql_files

FOLDER = Path(__file__).parent / "sql"
COMMENTS = """
    SELECT pg_class.relname, obj_description(pg_class.oid, 'pg_class')
    FROM pg_class WHERE pg_class.relkind IN ('v', 'm') AND pg_class.relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, slots=True)
class View:
    """A view as its file declares it."""

    name: str
    select: str

    @property
    def is_materialized(self) -> bool:
        """Say whether the view keeps its rows."""
        return self.name in MATERIALIZED_VIEWS

    @property
    def kind(self) -> sql.SQL:
        """Return the SQL words for the view's kind."""
        return sql.SQL("MATERIALIZED VIEW" if self.is_materialized else "VIEW")

    @property
    def digest(self) -> str:
        """Return the hash of what the view is made of."""
        unique = MATERIALIZED_VIEWS[self.name].unique if self.is_materialized else ()
        return sha256(f"{self.select}{unique}".encode()).hexdigest()[:16]


def declared_views() -> list[View]:
    """Return the views in the order to create them."""
    return [View(path.stem.split("_", 1)[1], load_sql(path)) for path in sql_files(FOLDER / "views")]


def existing_views(cursor: Any) -> dict[str, str]:
    """Return the views that are there, with their comments."""
    cursor.execute(COMMENTS)
    return {name: comment or "" for name, comment in cursor.fetchall()}


def create_view(cursor: Any, view: View) -> None:
    """Create one view, with its unique index when it is materialized (without one it cannot be refreshed live)."""
    name = sql.Identifier(view.name)
    body = sql.SQL(view.select)
    cursor.execute(sql.SQL("CREATE {} {} AS {}").format(view.kind, name, body))
    if view.is_materialized:
        columns = sql.SQL(", ").join(map(sql.Identifier, MATERIALIZED_VIEWS[view.name].unique))
        index = sql.Identifier(f"{view.name}_once")
        cursor.execute(sql.SQL("CREATE UNIQUE INDEX {} ON {} ({})").format(index, name, columns))
    cursor.execute(sql.SQL("COMMENT ON {} {} IS {}").format(view.kind, name, sql.Literal(view.digest)))


def is_newest(using: str) -> bool:
    """Say whether every migration is applied: views read the tables as the last ones leave them."""
    loader = MigrationLoader(connections[using])
    return all(node in loader.applied_migrations for node in loader.graph.leaf_nodes())


def sync_views(using: str = "default", **_signal: Any) -> None:
    """Make views and triggers agree with their files. Runs after migrate; does nothing when nothing changed.

    A migrate that goes back to an older release leaves them to that release's own.
    """
    if not is_newest(using):
        return
    views = declared_views()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:views'))")
        existing = existing_views(cursor)
        if any(existing.get(view.name) != view.digest for view in views):
            drop_views(cursor, views=[view for view in views if view.name in existing])
            for view in views:
                create_view(cursor, view)
        for path in sql_files(FOLDER / "triggers"):
            cursor.execute(load_sql(path))


def drop_views(cursor: Any, *, views: list[View]) -> None:
    """Drop views, last made first. Migrations that alter a column under a view call it beforehand."""
    for view in reversed(views):
        cursor.execute(sql.SQL("DROP {} IF EXISTS {} CASCADE").format(view.kind, sql.Identifier(view.name)))
