"""What ClickHouse costs and saves: copying events there, the disk they take, and reports, beside PostgreSQL in one run.

./run.sh bench warehouse [--events 1000000] [--runs 3] [--reports event_funnel,paths]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import django

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown

PERIOD = "90d"


@dataclass(frozen=True, slots=True)
class Copying:
    """What copying every day took: seconds, and those of a processor, here and in PostgreSQL."""

    seconds: float
    own: float
    postgresql: float


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes on disk in either of them."""

    postgresql: int
    clickhouse: int


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench warehouse", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="each figure is the median of so many (3)")
    parser.add_argument("--reports", type=lambda text: text.split(","), default=[], help="these alone (all there)")
    return parser.parse_args()


def set_up(site: Site) -> None:
    """Make this process one of the site's, with ClickHouse's engine in it, in the site's folder."""
    address = f"chdb://{site.folder}/clickhouse"
    os.environ.update(
        site.environment | {"ANALYTICS_ENGINE": "both", "CLICKHOUSE_READS": "all", "CLICKHOUSE_URL": address}
    )
    django.setup()


@contextmanager
def read_from(engine: str) -> Iterator[None]:
    """Let reports be read from one of them."""
    from django.conf import settings

    before, settings.ANALYTICS_ENGINE = settings.ANALYTICS_ENGINE, engine
    try:
        yield
    finally:
        settings.ANALYTICS_ENGINE = before


def copy_all() -> Copying:
    """Make the tables in ClickHouse and copy every day that was counted."""
    from django.core.management import call_command
    from django.db import connection

    from bench.rig.usage import read_running

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    call_command("warehouse", "make", stdout=sys.stderr)
    clock, own, others = time.perf_counter(), time.process_time(), read_running(backend)
    call_command("warehouse", "fill", stdout=sys.stderr)
    return Copying(time.perf_counter() - clock, time.process_time() - own, read_running(backend) - others)


def room_of(tables: Sequence[str]) -> Room:
    """Return what tables take on disk, each row of ClickHouse's written once."""
    from django.db import connection

    from analytics.warehouse.client import open_warehouse

    warehouse, here, there = open_warehouse(), 0, 0
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_total_relation_size(%(table)s) + coalesce(sum(pg_total_relation_size(relid)), 0)"
                " FROM pg_partition_tree(%(table)s) WHERE isleaf AND relid <> %(table)s::regclass",
                {"table": table},
            )
            here += int(cursor.fetchone()[0])
        warehouse.run(f"OPTIMIZE TABLE {table} FINAL")
        asked = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = {name:String}"
        there += int(warehouse.read(asked, {"name": table})[1][0][0] or 0)
    return Room(here, there)


def room_rows(events: int) -> list[list[str]]:
    """Return a row each for events, and for what is counted of them: bytes an event."""
    from analytics.registry.rollups import ROLLUPS
    from analytics.warehouse.tables import EVENTS, VISITS

    counted = [VISITS, *(each.table for each in ROLLUPS.values())]
    rows = {"raw events": room_of([EVENTS]), "visits and rollups": room_of(counted)}
    return [
        [f"{name}, bytes an event", f"{room.postgresql / events:.0f}", f"{room.clickhouse / events:.0f}"]
        for name, room in rows.items()
    ]


def questions(chosen: Sequence[str]) -> dict[str, tuple[str, str, Mapping[str, str]]]:
    """Return what is asked: every report that is read there, and the questions with a time to be answered in."""
    from analytics.registry.reports import REPORTS
    from analytics.warehouse.staying import STAYS
    from bench.rig.goals import GOALS

    there = [each for each in chosen or REPORTS if each not in STAYS]
    asked: dict[str, tuple[str, str, Mapping[str, str]]] = {
        f"{each}, {PERIOD}": (each, PERIOD, {}) for each in there if each not in {"event_funnel", "paths"}
    }
    return asked | {each.name: (each.report, each.period, each.params) for each in GOALS if each.report in there}


def report_rows(chosen: Sequence[str], *, runs: int) -> list[list[str]]:
    """Return a row a question: milliseconds from PostgreSQL and from ClickHouse, and how many times faster that is."""
    from bench.rig.goals import made_ms, query_of, shown

    rows = []
    for name, (report, period, params) in questions(chosen).items():
        taken = {}
        for engine in ("postgresql", "clickhouse"):
            with read_from(engine):
                taken[engine] = made_ms(query_of(report, period, params), runs=runs)
        here, there = taken["postgresql"], taken["clickhouse"]
        times = "-" if float("inf") in taken.values() else f"{here / there:.1f}×"
        rows.append([name, shown(here), shown(there), times])
        print("; ".join(rows[-1]), file=sys.stderr, flush=True)
    return rows


def measure(events: int, runs: int, chosen: Sequence[str]) -> str:
    """Make a past of so many events, copy it, measure everything on it, and return the tables."""
    with scratch_database(server_url(), name="bench_warehouse") as url, open_site(url) as site:
        set_up(site)
        from django.db import connection

        from analytics.warehouse.client import close_warehouse
        from bench.rig.history import make_past

        try:
            past = make_past(events, url=url)
            site.sql("ANALYZE")
            copied = copy_all()
            reports = markdown(
                ["question", "PostgreSQL, ms", "ClickHouse, ms", "times faster"], report_rows(chosen, runs=runs)
            )
            room = markdown(["on disk", "PostgreSQL", "ClickHouse"], room_rows(past.events))
        finally:
            close_warehouse()
            connection.close()
    each = [part / past.events * 1e6 for part in (copied.own, copied.postgresql)]
    copying = (
        f"Copying {past.plan.days} days took {copied.seconds:,.0f} s: {each[0]:.0f} µs of processor an event here "
        f"(ClickHouse's own in it), {each[1]:.0f} µs in PostgreSQL.\n"
    )
    title = describe_run(f"{past.events:,} events of {past.plan.days} days, ClickHouse's engine in process")
    return f"{title}\n{copying}\n{room}\n{reports}"


def main() -> int:
    """Measure on a database of its own."""
    arguments = read_arguments()
    print(measure(arguments.events, arguments.runs, arguments.reports), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
