"""The questions that have a time to be answered in, each asked of the database, with the pages it reads for that."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg.errors import QueryCanceled

from analytics.report.limits import reading_report
from analytics.report.query import Query, TooSlow, find_report, parse_query
from analytics.report.run import make_table
from analytics.report.scope import ALL
from bench.rig.timing import median_ms
from bench.rig.usage import read_running
from zuka.platform import clock

TAKEN = {"step1": "product.viewed", "step2": "cart.item_added", "step3": "checkout.started", "step4": "order.created"}
GOWNS = TAKEN | {"step1": "product.viewed?properties.brand~=o", "step2": "cart.item_added?properties.price~=0"}


@dataclass(frozen=True, slots=True)
class Goal:
    """A question, and in how many milliseconds it should be answered at 10 million events; None where nothing says."""

    name: str
    wanted_ms: int | None
    report: str
    period: str
    params: Mapping[str, str] = field(default_factory=dict)


GOALS = (
    *(Goal(f"overview, {period}", 50, "overview", period) for period in ("7d", "30d", "90d")),
    Goal("different visitors of 30 days, beside each day's", 30, "active_people", "30d"),
    Goal("funnel by session, 7d", 10, "funnel", "7d"),
    Goal("funnel by session, 90d", 60, "funnel", "90d"),
    Goal("retention, 12 weeks", 100, "retention", "90d"),
    *(Goal(f"any-event funnel, 4 steps, {period}", 1_000, "event_funnel", period, TAKEN) for period in ("30d", "90d")),
    *(Goal(f"the same, 2 filters, {period}", 1_000, "event_funnel", period, GOWNS) for period in ("30d", "90d")),
    *(Goal(f"paths, {period}", None, "paths", period) for period in ("7d", "30d", "90d")),
    *(Goal(f"campaigns, {period}", None, "campaigns", period) for period in ("30d", "90d")),
)


def query_of(report: str, period: str, params: Mapping[str, str] | None = None) -> Query:
    """Return a question that may see everything."""
    asked = {**(params or {}), "period": period}
    return parse_query(report=find_report(report), params=asked, today=clock.local_day(clock.now()), scope=ALL)


def made_ms(query: Query, *, runs: int) -> float:
    """Return how long a table takes that is made from the database; infinity where that is stopped."""
    try:
        return median_ms(lambda: make_table(query, now=clock.now()), runs=runs)
    except TooSlow:  # told as endless, beside those that ended
        return float("inf")


def pages_of(query: Query) -> int | None:
    """Return how many pages of 8 kB PostgreSQL touches for a table, found by its own count for each statement; None
    where that, which reads everything once more, is stopped.
    """
    pages = 0

    def explain(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - as Django calls it
        nonlocal pages
        text = statement if isinstance(statement, str) else statement.as_string(connection.connection)
        if text.lstrip().upper().startswith(("SELECT", "WITH", "--")):
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + text, params)
                plan = cursor.fetchone()[0]
            top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
            pages += top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        return execute(statement, params, many, context)

    try:
        with reading_report(), connection.execute_wrapper(explain):
            make_table(query, now=clock.now())
    except (QueryCanceled, TooSlow):
        return None  # the table shows a dash
    return pages


def processor_ms(query: Query, *, runs: int) -> tuple[float, float]:
    """Return the processor time of making a table, here and in PostgreSQL: the mean of so many, one core each, since
    time of parallel workers would be nobody's. By the clock of the kernel, which counts for all that wait for a core.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    own, others = time.process_time(), read_running(backend)
    taken_ms = made_ms(query, runs=runs)
    taken = time.process_time() - own, read_running(backend) - others
    with connection.cursor() as cursor:
        cursor.execute("RESET max_parallel_workers_per_gather")
    is_made = taken_ms != float("inf")
    return (taken[0] * 1000 / runs, taken[1] * 1000 / runs) if is_made else (taken_ms, taken_ms)


def goal_rows(*, runs: int) -> list[list[str]]:
    """Return a row a question: what was wanted, how long it took by the clock and the processor, and how many
    pages it read.
    """
    rows = []
    for goal in GOALS:
        query = query_of(goal.report, goal.period, goal.params)
        taken = made_ms(query, runs=runs)
        pages = "-" if taken == float("inf") or (read := pages_of(query)) is None else f"{read:,}"
        cost = " + ".join(map(shown, processor_ms(query, runs=runs))) if taken != float("inf") else "-"
        wanted = "-" if goal.wanted_ms is None else f"{goal.wanted_ms:,}"
        rows.append([goal.name, wanted, shown(taken), cost, pages])
        print("; ".join(rows[-1]), file=sys.stderr, flush=True)  # hours may be lost with what comes after
    return rows


def shown(taken: float) -> str:
    """Return milliseconds as the tables show them; what was stopped took too long."""
    return "stopped" if taken == float("inf") else f"{taken:,.0f}" if taken >= 100 else f"{taken:.1f}"
