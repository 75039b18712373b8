"""Adding up what came in: tallies of transactions become one row an hour, key, door and client."""

from __future__ import annotations

from pathlib import Path

from django.db import connection, transaction

from zuka.platform.db.files import load_sql

FOLD = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "fold_tallies.sql"


def fold_tallies() -> None:
    """Fold the tallies that are there now. Two at once take different ones, and none is counted twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(load_sql(FOLD))
