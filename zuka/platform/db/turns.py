"""Doing one thing at a time that no row stands for."""

from __future__ import annotations

from django.db import connection


def take_turns(name: str) -> None:
    """Wait until nobody else is at what this names; they wait for us until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def is_our_turn(name: str) -> bool:
    """Say whether nobody else is at what this names, without waiting; then others wait for us as above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [name])
        return bool(cursor.fetchone()[0])
