"""One at a time: whoever changes the archive, or packs months, holds a lock as long as it takes, over many
transactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from django.db import connection, connections

from zuka.platform.errors import Refused

ARCHIVE = "zuka:archive"
WAIT = "SELECT pg_advisory_xact_lock(hashtext(%s))"
TRY = "SELECT pg_try_advisory_xact_lock(hashtext(%s))"
# It does nothing but wait: PostgreSQL must not take it for forgotten, nor end it for taking long.
PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"


class ArchiveBusy(Refused):
    """Somebody else is at the archive."""

    code: ClassVar[str] = "archive_busy"


@contextmanager
def alone(*, waits: bool = False, name: str = ARCHIVE) -> Iterator[None]:
    """Hold a lock, the archive's unless named. Raises ArchiveBusy when somebody else does, unless one waits for them.

    It is a transaction's lock on a connection of its own, which also works through a pooler, and ends with the process.
    """
    own = connections.create_connection(connection.alias)
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute(PATIENT)
            cursor.execute(WAIT if waits else TRY, [name])
            if not waits and not cursor.fetchone()[0]:
                raise ArchiveBusy("That is being done already; try again when it has ended.")
        try:
            yield
        finally:
            # The server answers once the lock is free; to closing it answers nothing, and the next would find it held.
            own.rollback()
    finally:
        own.close()
