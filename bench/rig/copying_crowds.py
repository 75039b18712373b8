"""A past made larger: what one crowd did, done again by others, put there by SQL in a tenth of the time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import psycopg

from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent / "copies"
LEDGER = ("people", "orders", "order_lines", "payments", "refunds", "parcels", "parcel_lines")
# Ids of one crowd's orders are so far from those of the next.
APART = 10_000_000
CONNECTIONS = 2


def copy_crowd(url: str, *, crowds: int, first: datetime, last: datetime) -> int:
    """Let so many other crowds do what the stored one did in `[first, last)`; return the number of new events."""
    middle = first + (last - first) / CONNECTIONS
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        halves = [pool.submit(copy_events, url, crowds, *span) for span in ((first, middle), (middle, last))]
        copied = sum(half.result() for half in halves)
    with psycopg.connect(url) as connection:
        for name in LEDGER:
            connection.execute(load_sql(FOLDER / f"{name}.sql").encode(), {"crowds": crowds, "apart": APART})
    return copied


def copy_events(url: str, crowds: int, start: datetime, end: datetime) -> int:
    """Copy the events of a span; return how many."""
    with psycopg.connect(url) as connection:
        params = {"crowds": crowds, "start": start, "end": end}
        return connection.execute(load_sql(FOLDER / "events.sql").encode(), params).rowcount
