"""The database that a restore fills: a fresh one beside the shop's, then in its place in one moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog
from django.conf import settings
from psycopg import sql

from zuka.backup.database import connect, try_lock, url_of
from zuka.backup.likeness import create_like
from zuka.backup.refusals import BackupRefused

log = structlog.get_logger(__name__)
Server = psycopg.Connection[Any]
MAINTENANCE = "postgres"
LOCK = "zuka:restore:"
# Sessions of people and programs that this role may end. Others are waited for, and then named; PostgreSQL itself ends
# its autovacuum workers where a name changes. Who is no superuser does not see of which kind a stranger's session is.
SESSIONS = """
    SELECT s.pid, s.usename, s.application_name,
        me.rolsuper OR NOT they.rolsuper
            AND (pg_has_role(s.usesysid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')) AS may_end
    FROM pg_stat_activity s
    JOIN pg_roles they ON they.oid = s.usesysid
    JOIN pg_roles me ON me.rolname = current_user
    WHERE s.datname = ANY(%s) AND s.pid <> pg_backend_pid()
        AND coalesce(s.backend_type, 'client backend') = 'client backend'
"""
TRIES = 10  # PostgreSQL itself waits five seconds in each
WAIT = 0.25
LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Target:
    """The shop's database by libpq's parameters, and the names of the fresh one and of what becomes of the old."""

    params: dict[str, str]

    @property
    def name(self) -> str:
        """The name that the shop's database has and keeps."""
        return self.params["dbname"]

    @property
    def fresh(self) -> dict[str, str]:
        """The parameters of the database that is filled."""
        return {**self.params, "dbname": beside(self.name, "restoring")}

    def old_name(self, at: datetime) -> str:
        """Return the name that the database of before gets."""
        return beside(self.name, f"before_{at.astimezone(UTC):%Y%m%d_%H%M%S}")

    @contextmanager
    def alone(self) -> Iterator[Server]:
        """Be the only one that restores this database, in a session of a database that nobody renames.

        What changes names goes through this session: who has lost it has lost the lock, and changes none. Raises
        BackupRefused when another restore is at it, and with PostgreSQL's words for what it refuses.
        """
        with (
            connect(self.params, database=MAINTENANCE) as server,
            try_lock(server, f"{LOCK}{self.name}", f"Another restore of {self.name} is under way. Wait for its end."),
        ):
            server.execute("SELECT set_config('idle_session_timeout', '0', false)")
            yield server


def beside(name: str, ending: str) -> str:
    """Return a database's name with an ending, as long as PostgreSQL takes them."""
    return f"{name[: LONGEST_NAME - len(ending) - 1]}_{ending}"


@contextmanager
def fresh_database(target: Target, server: Server) -> Iterator[None]:
    """Make the fresh database, like the shop's; drop it where the block fails. Raises BackupRefused."""
    fresh = target.fresh["dbname"]
    drop_database(server, fresh)  # what a killed restore left
    create_like(server, like=target.name, name=fresh)
    try:
        yield
    except BaseException:
        try:
            drop_database(server, fresh)
        except (BackupRefused, psycopg.Error) as left:  # the reason of the failure matters more
            log.warning("restore.left_behind", database=fresh, reason=str(left))
        raise


def swap_databases(target: Target, server: Server, *, at: datetime) -> str:
    """Put the fresh database in the old one's place, and return the name that the old one has now.

    Both names change in one transaction. Everybody's sessions are ended first, and new ones wait: who is quick is
    ended again. Raises BackupRefused, with the old one in place, when somebody always is.
    """
    old, fresh, kept = target.name, target.fresh["dbname"], target.old_name(at)

    def rename() -> None:
        with server.transaction():
            for given, becomes in ((old, kept), (fresh, old)):
                words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(words.format(sql.Identifier(given), sql.Identifier(becomes)))

    change_unused(server, [old, fresh], rename)
    return kept


def drop_database(server: Server, name: str) -> None:
    """Drop a database, if it is there. Raises BackupRefused when somebody uses it that this role may not end."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    change_unused(server, [name], lambda: server.execute(drop))


def change_unused(server: Server, databases: Sequence[str], change: Callable[[], object]) -> None:
    """Do what needs databases to be used by nobody, ending the sessions that may be ended. Raises BackupRefused."""
    for _ in range(TRIES):
        for pid, *_who, may_end in server.execute(SESSIONS, [databases]).fetchall():
            if may_end:
                server.execute("SELECT pg_terminate_backend(%s)", [pid])
        try:
            change()
        except psycopg.errors.ObjectInUse:
            time.sleep(WAIT)
            continue
        return
    refuse_strangers(server, databases)
    raise BackupRefused(f"Somebody is always connected to {databases[0]}. Stop web, worker and beat, then try again.")


def refuse_strangers(server: Server, databases: Sequence[str]) -> None:
    """Raise BackupRefused, with who it is, where somebody is connected whose session this role may not end."""
    found = server.execute(SESSIONS, [databases]).fetchall()
    strangers = sorted({f"{user} ({program or 'a program'})" for _pid, user, program, may_end in found if not may_end})
    if strangers:
        raise BackupRefused(
            f"The role {server.info.user} may not end the sessions of {', '.join(strangers)} in {databases[0]}. "
            "End them, then restore again."
        )


def manage_in(params: Mapping[str, str], *arguments: str) -> str:
    """Run a management command on another database and return what it printed. Raises BackupRefused with its words."""
    url = url_of(dict(params))
    own = {"DATABASE_URL": url, "DATABASE_DIRECT_URL": url, "DATABASE_POOLED": "false"}
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=inherited | own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = (done.stdout + done.stderr).strip()[-2000:]
        raise BackupRefused(f"manage.py {' '.join(arguments)} failed on the restored data: {words}")
    return done.stdout.strip()
