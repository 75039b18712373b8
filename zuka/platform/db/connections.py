"""Django's connections outside of Django's requests, and after the end of their threads."""

from __future__ import annotations

import os
import threading
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created


def renew_connection() -> None:
    """Let go of this thread's connection if it is broken or old, as Django does around each request of its own.

    Call it before the database is asked by code that Django's handler has not called. Inside a transaction it does
    nothing.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


class Closing:
    """Closes a connection when nobody holds this any more."""

    def __init__(self, opened: Any) -> None:
        self.opened = opened
        self.process = os.getpid()

    def __del__(self) -> None:
        if self.process == os.getpid():  # a forked process shares the connection, and must not say goodbye on it
            self.opened.close()


class Held(threading.local):
    """What a thread holds until its end, by the identity of Django's connections: a database may have several."""

    def __init__(self) -> None:
        self.closings: dict[int, Closing] = {}


_held = Held()


def close_with_thread(connection: Any, **_signal: Any) -> None:
    """Have a connection that was just opened closed at the end of its thread.

    The web server ends threads that had nothing to do for a while. Django leaves their connections to the collector
    of garbage, which may not come by before PostgreSQL has no room for the next crowd (100 connections, 32 threads).
    """
    _held.closings[id(connection)] = Closing(connection.connection)


def close_connections_with_threads() -> None:
    """Do so for every connection from now on."""
    connection_created.connect(close_with_thread, dispatch_uid="close_with_thread")
