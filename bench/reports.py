"""How long staff wait for each report, and workers for counting; beside a bare count(*) over the same days.

./run.sh bench reports [--events 1000000,10000000] [--runs 5] [--reports overview,revenue]
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import django

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Site, open_site
from bench.rig.tables import describe_run, markdown
from bench.rig.timing import median_ms
from zuka.up.homes import CHECKOUT

if TYPE_CHECKING:
    from bench.rig.history import Past

PERIODS = ("7d", "30d", "90d")
NEW_EVENTS = 1_000_000
GOAL_HEADS = ["question", "wanted, ms", "made, ms", "own + PostgreSQL's processor, ms", "pages of 8 kB"]
STOPPED = 503


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
        "--events", type=lambda text: [int(part) for part in text.split(",")], default=[1_000_000, 10_000_000]
    )
    parser.add_argument("--runs", type=int, default=5, help="each figure is the median of so many (5)")
    parser.add_argument("--reports", type=lambda text: text.split(","), default=[], help="these alone (all)")
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


def outside_ms(site: Site, line: http.client.HTTPConnection, report_id: str, period: str, *, runs: int) -> float:
    """Return how long a report takes by HTTP, on a connection that stays open; infinity where it is stopped."""

    def call() -> int:
        line.request(
            "GET",
            f"/api/v1/reports/{report_id}?period={period}",
            headers={"Authorization": f"Bearer {site.keys['secret']}"},
        )
        answer = line.getresponse()
        body = answer.read()
        if answer.status not in {200, STOPPED}:
            raise RuntimeError(f"{report_id}: {answer.status} {body[:200]!r}")
        return answer.status

    return float("inf") if call() == STOPPED else median_ms(call, runs=runs)


def measure_reports(site: Site, runs: int, chosen: Sequence[str]) -> tuple[dict[str, float], list[Wait]]:
    """Return the counts by period, and the waits of every chosen report and period."""
    from analytics.registry.reports import REPORTS
    from bench.rig.goals import made_ms, query_of

    counts = {period: median_ms(count_call(period), runs=runs) for period in PERIODS}
    waits = []
    with closing(http.client.HTTPConnection(site.address.host, site.address.port, timeout=120)) as line:
        for report_id in chosen or REPORTS:
            for period in PERIODS:
                made = made_ms(query_of(report_id, period), runs=runs)
                kept = outside_ms(site, line, report_id, period, runs=runs) if made != float("inf") else made
                waits.append(Wait(report_id, period, made, kept))
    return counts, waits


def counting_rows(past: Past, runs: int) -> list[list[str]]:
    """Return what workers do, and how long it takes."""
    from bench.rig.history import count_new, refill_ms, refresh_ms, rewrite_ms

    yesterday = past.plan.dates()[-2]
    new, seconds = count_new(NEW_EVENTS, last=yesterday)
    return [
        ["one day counted again, every rollup, where it is as it was", f"{refill_ms(yesterday, runs=runs):,.0f} ms"],
        ["the same where nothing of it is stored", f"{rewrite_ms(yesterday, runs=runs):,.0f} ms"],
        [f"{new:,} new events counted, every rollup and visit", f"{seconds:,.1f} s"],
        ["all materialized views refreshed", f"{refresh_ms(runs=runs):,.0f} ms"],
        crowd_row(),
        [f"all {past.plan.days} days counted and refreshed", f"{past.count_seconds:,.1f} s"],
        [f"{past.events:,} events made and loaded", f"{past.load_seconds:,.1f} s"],
    ]


def measure(events: int, runs: int, chosen: Sequence[str]) -> str:
    """Make a past of so many events, measure everything on it, and return the tables."""
    with scratch_database(server_url(), name="bench_reports") as url, open_site(url) as site:
        site.start_web()
        set_up(site)
        from django.db import connection

        from bench.rig.goals import goal_rows
        from bench.rig.history import make_past

        try:
            past = make_past(events, url=url)
            site.sql("ANALYZE")
            goals = markdown(GOAL_HEADS, goal_rows(runs=runs))
            counts, waits = measure_reports(site, runs, chosen)
            counting = markdown(["counting", "median"], counting_rows(past, runs))
        finally:
            connection.close()
    title = describe_run(f"reports, {past.events:,} events of {past.plan.days} days")
    return "\n".join((title, goals, report_table(counts, waits), counting))


def report_table(counts: dict[str, float], waits: list[Wait]) -> str:
    """Return the table of reports; how many times faster than counting stands in brackets."""
    from bench.rig.goals import shown

    heads = ["report", *(f"{period}, {where}, ms" for where in ("made", "HTTP, kept") for period in PERIODS)]
    rows = [["count(*) of the raw events", *(f"{counts[period]:.1f}" for period in PERIODS), *["-"] * len(PERIODS)]]
    for report_id in dict.fromkeys(each.report for each in waits):
        mine = [each for each in waits if each.report == report_id]
        made = [f"{shown(each.made)} ({counts[each.period] / each.made:.1f}×)" for each in mine]
        rows.append([report_id, *made, *(shown(each.kept) for each in mine)])
    return markdown(heads, rows)


def main() -> int:
    """Measure each size on a database of its own, in a process of its own where there are several."""
    arguments = read_arguments()
    if len(arguments.events) == 1:
        print(measure(arguments.events[0], arguments.runs, arguments.reports), flush=True)
        return 0
    for events in arguments.events:
        command = [sys.executable, "-m", "bench.reports", "--events", str(events), "--runs", str(arguments.runs)]
        command += ["--reports", ",".join(arguments.reports)] if arguments.reports else []
        subprocess.run(command, cwd=CHECKOUT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
