"""Databases that live as long as a bench or a journey."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


def server_url() -> str:
    """Return the URL of the server that DATABASE_URL names; exits with a sentence when there is none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit(
            "DATABASE_URL is not set. `./run.sh bench` and `./run.sh test` set it to servers of their own."
        )
    return url


def url_of(server: str, database: str) -> str:
    """Return the URL of another database of a server."""
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}/{database}" + (f"?{parts.query}" if parts.query else "")


@contextlib.contextmanager
def scratch_database(server: str, *, name: str) -> Iterator[str]:
    """Make an empty database, yield its URL, and drop it, whoever is still connected."""
    database = f"{name}_{os.getpid()}_{secrets.token_hex(3)}"
    run_apart(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    try:
        yield url_of(server, database)
    finally:
        run_apart(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def run_apart(server: str, statement: sql.SQL | sql.Composed) -> None:
    """Run a statement that may not be in a transaction."""
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)
