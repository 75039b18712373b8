"""How long staff wait for each report, and workers for counting; beside a bare count(*) over the same days.

./run.sh bench reports [--events 1000000,5000000] [--runs 5]
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import django

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from bench.rig.timing import median_ms
from zuka.up.homes import CHECKOUT

PERIODS = ("7d", "30d", "90d")


@dataclass(frozen=True)
class Wait:
    """How long a report takes for one period, in milliseconds: made in process, and kept, as JSON by HTTP."""

    report: str
    period: str
    made: float
    kept: float


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench reports", description=__doc__)
    parser.add_argument(
        "--events", type=lambda text: [int(part) for part in text.split(",")], default=[1_000_000, 5_000_000]
    )
    parser.add_argument("--runs", type=int, default=5, help="each figure is the median of so many (5)")
    return parser.parse_args()


def set_up(site: Site) -> None:
    """Make this process one of the site's: settings and database."""
    os.environ.update(site.environment)
    django.setup()


def count_call(period: str) -> Callable[[], object]:
    """Return a bare count of a period's events: what any answer from raw events costs at the least."""
    from django.db import connection

    from analytics.report.periods import PERIODS as NAMED
    from zuka.platform import clock

    days = NAMED[period].of(clock.local_day(clock.now()))
    bounds = [clock.day_bounds(days.first)[0], clock.day_bounds(days.last)[1]]

    def call() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM analytics_events WHERE occurred_at >= %s AND occurred_at < %s", bounds)
            return cursor.fetchone()

    return call


def making_call(report_id: str, period: str) -> Callable[[], object]:
    """Return a call that makes a report in this process, from the database."""
    from analytics.report.query import find_report, parse_query
    from analytics.report.run import make_table
    from analytics.report.scope import ALL
    from zuka.platform import clock

    now = clock.now()
    query = parse_query(report=find_report(report_id), params={"period": period}, today=clock.local_day(now), scope=ALL)
    return lambda: make_table(query, now=clock.now())


def crowd_row(calls: int = 1_000, at_once: int = 50) -> list[str]:
    """Ask the overview from many threads right after a count, and return how often it was made for them."""
    from django.core.cache import cache
    from django.db import connection

    from analytics.registry.reports import REPORTS
    from analytics.report.keeping import keep_table
    from analytics.report.query import parse_query
    from analytics.report.run import make_table
    from analytics.report.scope import ALL
    from analytics.report.table import Table
    from zuka.platform import clock

    now = clock.now()
    query = parse_query(report=REPORTS["overview"], params={"period": "90d"}, today=clock.local_day(now), scope=ALL)
    made: list[object] = []

    def make(asked: object, *, now: datetime) -> Table:
        made.append(asked)
        return make_table(query, now=now)

    def ask(_number: int) -> None:
        keep_table(query, now=now, make=make)
        connection.close()

    cache.clear()
    began = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(ask, range(calls)))
    seconds = time.monotonic() - began
    share = 1 - len(made) / calls
    return [
        f"overview asked {calls:,} times by {at_once} at once",
        f"{seconds:.1f} s, made {len(made)} times, {share:.1%} kept",
    ]


def outside_call(site: Site, line: http.client.HTTPConnection, report_id: str, period: str) -> Callable[[], object]:
    """Return a call that asks a report by HTTP, on a connection that stays open."""

    def call() -> object:
        line.request(
            "GET",
            f"/api/v1/reports/{report_id}?period={period}",
            headers={"Authorization": f"Bearer {site.keys['secret']}"},
        )
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{report_id}: {answer.status} {body[:200]!r}")
        return body

    return call


def measure_reports(site: Site, runs: int) -> tuple[dict[str, float], list[Wait]]:
    """Return the counts by period, and the waits of every report and period."""
    from analytics.registry.reports import REPORTS

    counts = {period: median_ms(count_call(period), runs=runs) for period in PERIODS}
    waits = []
    with closing(http.client.HTTPConnection(site.address.host, site.address.port, timeout=120)) as line:
        for report_id in REPORTS:
            for period in PERIODS:
                made = median_ms(making_call(report_id, period), runs=runs)
                kept = median_ms(outside_call(site, line, report_id, period), runs=runs)
                waits.append(Wait(report_id, period, made, kept))
    return counts, waits


def measure(events: int, runs: int) -> str:
    """Make a past of so many events, measure everything on it, and return the tables."""
    with scratch_database(server_url(), name="bench_reports") as url, open_site(url) as site:
        site.start_web()
        set_up(site)
        from django.db import connection

        from bench.rig.history import make_past, refill_ms, refresh_ms

        try:
            past = make_past(events)
            site.sql("ANALYZE")
            counts, waits = measure_reports(site, runs)
            yesterday = past.plan.dates()[-2]
            counting = [
                ["one dirty day refilled, every rollup", f"{refill_ms(yesterday, runs=runs):,.0f} ms"],
                ["all materialized views refreshed", f"{refresh_ms(runs=runs):,.0f} ms"],
                crowd_row(),
                [f"all {past.plan.days} days counted and refreshed", f"{past.count_seconds:,.1f} s"],
                [f"{past.events:,} events made and loaded", f"{past.load_seconds:,.1f} s"],
            ]
        finally:
            connection.close()
    title = describe_run(f"reports, {past.events:,} events of {past.plan.days} days")
    return "\n".join((title, report_table(counts, waits), markdown(["counting", "median"], counting)))


def report_table(counts: dict[str, float], waits: list[Wait]) -> str:
    """Return the table of reports; how many times faster than counting stands in brackets."""
    heads = ["report", *(f"{period}, {where}, ms" for where in ("made", "HTTP, kept") for period in PERIODS)]
    rows = [["count(*) of the raw events", *(f"{counts[period]:.1f}" for period in PERIODS), *["-"] * len(PERIODS)]]
    for report_id in dict.fromkeys(each.report for each in waits):
        mine = [each for each in waits if each.report == report_id]
        made = [f"{each.made:.1f} ({counts[each.period] / each.made:.1f}×)" for each in mine]
        rows.append([report_id, *made, *(f"{each.kept:.1f}" for each in mine)])
    return markdown(heads, rows)


def main() -> int:
    """Measure each size on a database of its own, in a process of its own where there are several."""
    arguments = read_arguments()
    if len(arguments.events) == 1:
        print(measure(arguments.events[0], arguments.runs), flush=True)
        return 0
    for events in arguments.events:
        command = [sys.executable, "-m", "bench.reports", "--events", str(events), "--runs", str(arguments.runs)]
        subprocess.run(command, cwd=CHECKOUT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
