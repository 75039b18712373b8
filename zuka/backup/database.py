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
from zuka.backup.refusals import BackupBusy, BackupRefused

LIBPQ = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()}
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
"""
LOCKABLE = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""
ANYTHING = """
    SELECT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
            AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e'
            )
    ) OR EXISTS (SELECT FROM pg_largeobject_metadata)
"""
TRIES = 5
# A row as text is the same wherever these are; sums do not depend on the order of rows.
AS_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; "
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = 0"
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
    """Hold one moment of the database, and its tables as they are: writers go on, and are not seen.

    Migrations wait for the end. Raises BackupRefused when tables are never left alone.
    """
    for _ in range(TRIES):
        with connect(params) as session:
            tables = {row[0] for row in session.execute(LOCKABLE)}
            session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            session.read_only = True
            with session.transaction():
                session.execute(AS_TEXT)
                # Before anything is read: what is altered between a snapshot and its lock looks empty to the snapshot.
                if lock_tables(session, sorted(tables)):
                    found = session.execute("SELECT pg_export_snapshot()").fetchone()
                    if {row[0] for row in session.execute(LOCKABLE)} == tables:
                        yield Snapshot(found[0] if found else "", session.info.server_version, session)
                        return
    raise BackupRefused("Tables are made, altered or dropped all the time. Wait for the end of migrations.")


def lock_tables(session: psycopg.Connection[Any], tables: list[str]) -> bool:
    """Keep tables from being altered until the transaction ends; False where one of them is, or is gone."""
    names = sql.SQL(", ").join(sql.SQL("ONLY public.{}").format(sql.Identifier(table)) for table in tables)
    try:
        with session.transaction():
            if tables:
                session.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
    except (psycopg.errors.UndefinedTable, psycopg.errors.LockNotAvailable):
        return False  # the caller begins again, and says so when it gives up
    return True


@contextlib.contextmanager
def alone(params: dict[str, str], name: str) -> Iterator[None]:
    """Be the only one that does this to the database. Raises BackupBusy when another is at it."""
    with (
        connect(params) as session,
        try_lock(session, name, "Another backup of this shop is being made. Wait for its end."),
    ):
        yield


@contextlib.contextmanager
def try_lock(session: psycopg.Connection[Any], name: str, busy: str) -> Iterator[None]:
    """Have a lock of a session while the block runs: one who is killed lets go. Raises BackupBusy with the words."""
    if session.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name]).fetchone() != (True,):
        raise BackupBusy(busy)
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
    """Say whether a database has nothing of anybody's, in any schema; what extensions bring does not count."""
    with connect(params) as session:
        return session.execute(ANYTHING).fetchone() == (False,)


def identity_of(session: psycopg.Connection[Any]) -> str:
    """Return what tells this database from others: its server's own number, and its name."""
    found = session.execute("SELECT system_identifier || '/' || current_database() FROM pg_control_system()").fetchone()
    return str(found[0]) if found else ""
