"""The module and the class that Django looks for in a backend."""

from __future__ import annotations

import select
import time

from django.db.backends.postgresql import base
from psycopg import pq

ASKED_EVERY = 5.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL.

    Django asks `SELECT 1` on it before each request that uses it. A server that goes away says so on the connection:
    while nothing came on it, one question in five seconds is enough.
    """

    asked_at = float("-inf")

    def is_usable(self) -> bool:
        """Say whether the connection works."""
        if self.is_quiet() and time.monotonic() - self.asked_at < ASKED_EVERY:
            return True
        self.asked_at = float("-inf")
        if super().is_usable():
            self.asked_at = time.monotonic()
            return True
        return False

    def is_quiet(self) -> bool:
        """Say whether the connection is open and waits for us: no farewell of the server, no broken transaction."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.pgconn.socket, select.POLLIN)
        return connection.pgconn.transaction_status == pq.TransactionStatus.IDLE and not poll.poll(0)
