"""What PostgreSQL itself can count, switched on where it may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connections

from zuka.platform.db.files import load_sql

STATEMENT_COUNTS = Path(__file__).parent / "sql" / "schema" / "statement_counts.sql"


def count_statements(using: str = "default", **_signal: Any) -> None:
    """Make the extension that counts statements, where its library is loaded and the role may. After each migrate."""
    with connections[using].cursor() as cursor:
        cursor.execute(load_sql(STATEMENT_COUNTS))
