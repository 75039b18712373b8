"""Databases that live as long as a bench or a journey."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
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


def same_server(url: str, other: str) -> bool:
    """Say whether two URLs lead to one server."""
    return url_of(url, "") == url_of(other, "")


@contextlib.contextmanager
def scratch_database(server: str, *, name: str) -> Iterator[str]:
    """Make an empty database, yield its URL, and drop it, whoever is still connected."""
    database = f"{name}_{os.getpid()}_{secrets.token_hex(3)}"
    run_apart(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    try:
        yield url_of(server, database)
    finally:
        drop_database(server, database)


def keep_database(server: str, name: str, make: Callable[[str], str]) -> str:
    """Have a database of which others are copied, and return what was said of it when it was made.

    Who needs it first lets `make` fill it, by its URL, and say what is worth knowing of it.
    """
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        said = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        found = connection.execute(said, [name]).fetchone()
        if found is None:
            half = sql.Identifier(f"{name}_unfinished")
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(half))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(half))
            found = (make(url_of(server, f"{name}_unfinished")),)
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(half, sql.Literal(found[0])))
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(half, sql.Identifier(name)))
        return str(found[0])


def copy_database(server: str, *, source: str, url: str) -> None:
    """Put a copy of a database that nobody uses in the place of an empty one."""
    target = sql.Identifier(urlsplit(url).path[1:])
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(target))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(target, sql.Identifier(source)))


def drop_database(server: str, name: str) -> None:
    """Drop a database, whoever is still connected."""
    run_apart(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def run_apart(server: str, statement: sql.SQL | sql.Composed) -> None:
    """Run a statement that may not be in a transaction."""
    with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
        connection.execute(statement)
