"""Doing one thing at a time that no row stands for."""

from __future__ import annotations

from django.db import connection


def take_turns(name: str) -> None:
    """Wait until nobody else is at what this names; they wait for us until our transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
