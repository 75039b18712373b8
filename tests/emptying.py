"""What a test with transactions of its own leaves behind is taken away, faster than by Django's flush.

A flush truncates every table, writes permissions, roles and the schedule anew, and takes half a second; such a test
fills a dozen tables. 488 of them spent a third of the suite's time on that.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.management import call_command
from django.db import connection
from psycopg import sql

from analytics.registry.rollups import MATERIALIZED_VIEWS

# Written once by migrate. A test that changes one of them costs a flush.
KEPT = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "django_celery_beat_intervalschedule",
    "django_celery_beat_periodictask",
    "django_celery_beat_periodictasks",
)


def ask_all(queries: Sequence[sql.Composable]) -> list[tuple[Any, ...]]:
    """Return the rows of all queries; none of none, as in a database that has no tables (the SDKs' tests)."""
    return ask(sql.SQL(" UNION ALL ").join(queries)) if queries else []


def ask(query: sql.Composable) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def ask_nothing(statement: sql.Composable) -> None:
    """Execute what has no rows to return."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@cache
def emptied_tables() -> tuple[str, ...]:
    """Return the tables that tests fill."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted(set(names) - set(KEPT)))


def filled_tables() -> list[str]:
    """Return those that have rows."""
    asked = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    each = [asked.format(sql.Literal(name), sql.Identifier(name)) for name in emptied_tables()]
    return [name for (name,) in ask_all(each)]


def kept_rows() -> list[tuple[Any, ...]]:
    """Return a hash of what migrate wrote; a database that was made without it lacks its own table."""
    there = set(connection.introspection.table_names())
    asked = sql.SQL("SELECT {}, md5(string_agg(kept::text, ' ' ORDER BY kept::text)) FROM {} AS kept")
    each = [asked.format(sql.Literal(name), sql.Identifier(name)) for name in KEPT if name in there]
    return ask_all(each)


def filled_views() -> list[str]:
    """Return the materialized views that keep rows of the test that refreshed them last."""
    asked = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    there = set(connection.introspection.table_names(include_views=True)) & set(MATERIALIZED_VIEWS)
    return [name for (name,) in ask_all([asked.format(sql.Literal(name), sql.Identifier(name)) for name in there])]


class Emptying:
    """How tables are emptied after a test: what migrate wrote is remembered, and compared each time."""

    def __init__(self) -> None:
        self.written = kept_rows()
        self.may_skip_triggers = ask(sql.SQL("SELECT current_setting('is_superuser')")) == [("on",)]

    def empty(self) -> None:
        """Empty tables and materialized views that have rows."""
        self.empty_tables()
        for name in filled_views():
            ask_nothing(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(name)))

    def empty_tables(self) -> None:
        """Empty the tables that have rows; all of them, by Django, where a test changed what migrate wrote."""
        if not self.may_skip_triggers or kept_rows() != self.written:
            self.flush()
            self.written = kept_rows()
            return
        if filled := filled_tables():
            # Without foreign keys in the way, nor triggers that keep ledgers from being changed.
            parts = [sql.SQL("SET LOCAL session_replication_role = replica")]
            deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in filled]
            ask_nothing(sql.SQL("; ").join([sql.SQL("BEGIN"), *parts, *deletes, sql.SQL("COMMIT")]))

    def flush(self) -> None:
        """Empty all tables by Django, without the triggers that refuse to have the audit log emptied."""
        role = sql.SQL("SET session_replication_role = {}")
        if self.may_skip_triggers:
            ask_nothing(role.format(sql.Identifier("replica")))
        call_command("flush", verbosity=0, interactive=False)
        if self.may_skip_triggers:
            ask_nothing(role.format(sql.Identifier("origin")))
