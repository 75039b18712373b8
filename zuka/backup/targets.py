"""The database that a restore fills: a fresh one beside the shop's, then in its place in one moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
from django.conf import settings
from psycopg import sql

from zuka.backup.database import connect, url_of
from zuka.backup.refusals import BackupRefused

MAINTENANCE = "postgres"
END_SESSIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN (%s, %s) AND pid <> pg_backend_pid()
"""
TRIES = 20
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

    def server(self) -> psycopg.Connection[tuple[object, ...]]:
        """Open a session of the server in a database that nobody renames."""
        return connect(self.params, database=MAINTENANCE)


def beside(name: str, ending: str) -> str:
    """Return a database's name with an ending, as long as PostgreSQL takes them."""
    return f"{name[: LONGEST_NAME - len(ending) - 1]}_{ending}"


@contextmanager
def fresh_database(target: Target) -> Iterator[None]:
    """Make the fresh database; drop it where the block fails. Raises BackupRefused where the role may not."""
    name = sql.Identifier(target.fresh["dbname"])
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    with target.server() as session:
        session.execute(drop)  # what a killed restore left
        try:
            session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        except psycopg.errors.InsufficientPrivilege as error:
            raise BackupRefused(
                f"The role {target.params.get('user', '')} may not create databases. "
                "As a superuser: ALTER ROLE … CREATEDB, or set DATABASE_DIRECT_URL to a role that may."
            ) from error
    try:
        yield
    except BaseException:
        with target.server() as session:
            session.execute(drop)
        raise


def swap_databases(target: Target, *, at: datetime) -> str:
    """Put the fresh database in the old one's place, and return the name that the old one has now.

    Both names change in one transaction. Everybody's sessions are ended first, and new ones wait: who is quick is
    ended again. Raises BackupRefused, with the old one in place, when somebody always is.
    """
    old, fresh, kept = target.name, target.fresh["dbname"], target.old_name(at)
    with target.server() as session:
        for _ in range(TRIES):
            session.execute(END_SESSIONS, [old, fresh])
            try:
                with session.transaction():
                    for given, becomes in ((old, kept), (fresh, old)):
                        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                        session.execute(rename.format(sql.Identifier(given), sql.Identifier(becomes)))
            except psycopg.errors.ObjectInUse:
                time.sleep(WAIT)
                continue
            return kept
    raise BackupRefused(f"Somebody is always connected to {old}. Stop web, worker and beat, then restore again.")


def drop_database(target: Target, name: str) -> None:
    """Drop a database that nobody uses."""
    with target.server() as session:
        session.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


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
