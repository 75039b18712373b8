"""Doing one thing at a time that no row stands for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def take_turns(name: str) -> None:
    """Wait until nobody else is at what this names; they wait for us until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """Say whether nobody else is at what this names, and keep others from it until the block ends.

    Outside of any transaction, and let go of when the connection ends, however our process does.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
