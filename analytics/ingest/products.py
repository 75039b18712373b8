"""Product references (decision 20): a sku, variant sku or old id becomes the product's public id at ingest.

What the shop does not know stays as sent. Answers are kept for a minute; while PostgreSQL is away nothing is
resolved, and the event keeps the reference it came with.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection, transaction

from zuka.platform.db.connections import renew_connection
from zuka.platform.db.files import load_sql

KEPT_SECONDS = 60.0
KEPT = 20_000
FIND = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "find_product.sql"
AWAY_SECONDS = 1.0
_away_until = 0.0
_known: dict[str, tuple[float, str]] = {}


def find_product(reference: str) -> str | None:
    """Ask the shop's tables which product a reference means."""
    renew_connection()
    with transaction.atomic(durable=False), connection.cursor() as cursor:
        cursor.execute(load_sql(FIND), {"reference": reference})
        row = cursor.fetchone()
    return row[0] if row else None


def resolve_product(reference: str) -> str:
    """Return the public id of the product a client's reference means, or the reference itself."""
    global _away_until  # noqa: PLW0603 - while PostgreSQL is away, asking may take seconds for each event
    known = _known.get(reference)
    if known and time.monotonic() - known[0] < KEPT_SECONDS:
        return known[1]
    if time.monotonic() < _away_until:
        return known[1] if known else reference
    if known:
        _known[reference] = (time.monotonic(), known[1])  # one asks, and the others go on meanwhile
    try:
        resolved = find_product(reference) or reference
    except (DatabaseError, InterfaceError):
        _away_until = time.monotonic() + AWAY_SECONDS
        return known[1] if known else reference
    if len(_known) >= KEPT:
        _known.clear()
    _known[reference] = (time.monotonic(), resolved)
    return resolved


def forget_products() -> None:
    """Forget what was resolved in this process."""
    _known.clear()
