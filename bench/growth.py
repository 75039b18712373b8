"""What an event costs as the table grows, and what web's memory does over millions of events.

./run.sh bench growth [--stored 0,10000000,50000000] [--seconds 10] [--through 10000000]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from bench.ingest import Round, numbers, run_round
from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from zuka.platform.db.files import load_sql

FILL = Path(__file__).parent / "rig" / "stored_rows.sql"
MONTHS, CONNECTIONS = 2, 2
PIECE = 250_000
KEY = UUID(int=1)
LOOK_EVENTS = 1_000_000


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench growth", description=__doc__)
    parser.add_argument("--stored", type=numbers, default=[0, 10_000_000, 50_000_000], help="rows stored before")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each round sends (10)")
    parser.add_argument("--through", type=int, default=10_000_000, help="events sent through the doors for memory")
    return parser.parse_args()


def fill(site: Site, *, first: int, rows: int) -> None:
    """Add rows of the last two months to the table, by two connections, one for each half of the time."""
    now = datetime.now(UTC)
    length = timedelta(days=30 * MONTHS) / CONNECTIONS
    halves = [now - length * (part + 1) for part in range(CONNECTIONS)]
    pieces = range(0, rows // CONNECTIONS, PIECE)

    def add(part: int) -> None:
        with psycopg.connect(site.database_url, autocommit=True) as connection:
            for at in pieces:
                count = min(PIECE, rows // CONNECTIONS - at)
                start = halves[part] + length * (at * CONNECTIONS / rows)
                numbered = {"first": first + part * (rows // CONNECTIONS) + at, "rows": count, "key": KEY}
                end = start + length * (count * CONNECTIONS / rows)
                connection.execute(load_sql(FILL).encode(), {**numbered, "start": start, "end": end})

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(add, range(CONNECTIONS)))
    site.sql("ANALYZE analytics_events")
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def say(text: str) -> None:
    """Say on standard error how far it is."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")


def measure_sizes(site: Site, arguments: argparse.Namespace, note: Callable[[str], None]) -> list[tuple[int, Round]]:
    """Run the same loads at each size of the table."""
    found = []
    stored = 0
    for size in arguments.stored:
        if size > stored:
            began = time.monotonic()
            fill(site, first=stored, rows=size - stored)
            note(f"{size:,} rows stored, {(size - stored) / (time.monotonic() - began):,.0f} a second")
            stored = size
        for events in (1, 100):
            each = run_round(site, events=events, connections=50, seconds=arguments.seconds, is_emptied=False)
            found.append((size, each))
    return found


def measure_memory(site: Site, *, through: int, note: Callable[[str], None]) -> list[tuple[int, float, float]]:
    """Send events through the doors; return (events so far, MB of web, seconds of its processor) after each million."""
    sent, found = 0, []
    while sent < through:
        each = run_round(site, events=500, connections=50, seconds=20.0, is_emptied=False)
        sent += each.outcome.acknowledged
        found.append((sent, each.memory.now if each.memory else 0.0, each.web_cpu / each.outcome.acknowledged * 1e6))
        note(f"{sent:,} events sent, web {found[-1][1]:.0f} MB")
    return found


def size_row(size: int, each: Round) -> list[str]:
    """Return a round as a row of the table."""
    outcome, count = each.outcome, max(each.outcome.acknowledged, 1)
    return [
        f"{size:,}",
        str(each.plan.events),
        f"{outcome.acknowledged / outcome.seconds:,.0f}",
        f"{outcome.p50:.1f}",
        f"{outcome.p95:.1f}",
        str(sum(outcome.errors.values())),
        f"{each.web_cpu / count * 1e6:.0f}",
        f"{each.postgres_cpu / count * 1e6:.0f}",
    ]


def report(sizes: list[tuple[int, Round]], memory: list[tuple[int, float, float]]) -> None:
    """Print the tables."""
    print(describe_run("growth"))
    heads = ["rows stored", "events a request", "acknowledged/s", "p50 ms", "p95 ms", "errors"]
    print(markdown([*heads, "web CPU µs/event", "PostgreSQL CPU µs/event"], [size_row(*each) for each in sizes]))
    rows = [[f"{sent:,}", f"{megabytes:.0f}", f"{cpu:.0f}"] for sent, megabytes, cpu in memory]
    print(markdown(["events sent in batches of 500", "web MB", "web CPU µs/event"], rows))


def main() -> int:
    """Measure and print."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_growth") as url, open_site(url) as site:
        site.start_web()
        run_round(site, events=100, connections=50, seconds=2.0)
        memory = measure_memory(site, through=arguments.through, note=say)
        site.sql("TRUNCATE analytics_events, analytics_dirty_days")
        sizes = measure_sizes(site, arguments, say)
    report(sizes, memory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
