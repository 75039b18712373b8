"""Which days have anything to count."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import connection

from zuka.platform.db.files import load_sql

SPAN = Path(__file__).parent.parent / "store" / "sql" / "rollups" / "span" / "counted_days.sql"


def counted_span() -> tuple[date, date] | None:
    """Return the first and last day that have events, orders or stored rows; None for an empty shop."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(SPAN))
        first, last = cursor.fetchone()
    return (first, last) if first else None
