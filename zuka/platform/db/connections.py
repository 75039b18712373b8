"""Django's connections outside of Django's requests."""

from __future__ import annotations

from django.db import connection


def renew_connection() -> None:
    """Let go of this thread's connection if it is broken or old, as Django does around each request of its own.

    Call it before the database is asked by code that Django's handler has not called. Inside a transaction it does
    nothing.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
