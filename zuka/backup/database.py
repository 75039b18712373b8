"""Sessions past any pooler, one snapshot for a whole backup, and what the tables hold in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zuka.backup.manifest import TableFacts
from zuka.backup.refusals import BackupRefused

LIBPQ = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
# A row as text is the same wherever these are; sums do not depend on the order of rows.
AS_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)
COUNT = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM public.{} t"
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY app, name"


def direct_params() -> dict[str, str]:
    """Return libpq's parameters of PostgreSQL itself. Raises BackupRefused where only a pooler is known.

    A pooler in transaction mode gives each statement another session: a snapshot and a lock would be somebody else's.
    """
    if settings.DATABASE_DIRECT_URL:
        given: dict[str, Any] = conninfo_to_dict(settings.DATABASE_DIRECT_URL)
    elif settings.DATABASE_POOLED:
        raise BackupRefused("DATABASE_URL leads to a pooler. Set DATABASE_DIRECT_URL to PostgreSQL itself.")
    else:
        given = connection.get_connection_params()
    return {key: str(value) for key, value in given.items() if key in LIBPQ and value not in (None, "")}


def url_of(params: dict[str, str]) -> str:
    """Return parameters as a URL, as DATABASE_URL is written."""
    rest = {key: value for key, value in params.items() if key not in {"user", "password", "dbname"}}
    who = quote(params.get("user", ""), safe="")
    secret = f":{quote(params['password'], safe='')}" if "password" in params else ""
    return f"postgresql://{who}{secret}@/{quote(params.get('dbname', ''), safe='')}?{urlencode(rest)}"


def connect(params: dict[str, str], *, database: str | None = None) -> psycopg.Connection[Any]:
    """Open a session that commits each statement, in another database if one is named."""
    chosen = {**params, "dbname": database} if database else params
    return psycopg.connect(make_conninfo("", **chosen), autocommit=True)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the database, which other sessions can share by its id while it is held."""

    id: str
    server: int
    session: psycopg.Connection[Any]

    def migrations(self) -> list[str]:
        """Return the migrations that are applied, `app.name` each."""
        return [row[0] for row in self.session.execute(MIGRATIONS)]


@contextlib.contextmanager
def held_snapshot(params: dict[str, str]) -> Iterator[Snapshot]:
    """Hold one moment of the database: writers go on, and are not seen."""
    with connect(params) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        with session.transaction():
            session.execute(AS_TEXT)
            found = session.execute("SELECT pg_export_snapshot()").fetchone()
            yield Snapshot(found[0] if found else "", session.info.server_version, session)


@contextlib.contextmanager
def alone(params: dict[str, str], name: str) -> Iterator[None]:
    """Be the only one that does this to the database. Raises BackupRefused when another is at it.

    A lock of the session, so that one who is killed lets go.
    """
    with connect(params) as session:
        if not session.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name]).fetchone() == (True,):
            raise BackupRefused("Another backup of this shop is being made. Wait for its end.")
        yield


def read_tables(session: psycopg.Connection[Any]) -> dict[str, TableFacts]:
    """Return what each table holds; reads every row of the shop. In a transaction of the caller's."""
    found = {}
    for (table,) in session.execute(TABLES).fetchall():
        row = session.execute(sql.SQL(COUNT).format(sql.Identifier(table))).fetchone()
        found[table] = TableFacts(*row) if row else TableFacts(0, "0")
    return found


def read_restored(params: dict[str, str]) -> dict[str, TableFacts]:
    """Return what each table of a database holds that nobody writes to."""
    with connect(params) as session, session.transaction():
        session.execute(AS_TEXT)
        return read_tables(session)


def is_empty(params: dict[str, str]) -> bool:
    """Say whether a database has no tables."""
    with connect(params) as session:
        return not session.execute(TABLES).fetchall()
