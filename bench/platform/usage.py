"""What recording requests costs them: the same requests with and without, by turns in one process.

Processor time is that of the whole process, the thread that writes included. The requests go through Django's handler
without a socket, so what is measured is a larger part of them than of real ones.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import Beginning, Site, open_site
from bench.rig.tables import describe_run, markdown

if TYPE_CHECKING:
    from django.http import HttpRequest

ROUNDS, REQUESTS, WARM = 25, 200, 200
MOST_SHARE = 0.03
PATHS = (("a list of products", "/api/v1/products/"), ("a product", "/api/v1/products/{slug}/"))
HEADS = ("request", "ms without", "CPU ms without", "own cost, µs", "own CPU, µs", "share of wall", "share of CPU")


@dataclass(frozen=True)
class Round:
    """Seconds of so many requests, by the clock and of the processor."""

    wall: float
    cpu: float


def measure() -> int:
    """Measure and print; 1 where recording takes more than 3 % of a request's processor time.

    By the clock a pair says little on a machine that others use too.
    """
    with (
        scratch_database(server_url(), name="bench_usage") as url,
        open_site(url, beginning=Beginning.SHOP) as site,
    ):
        os.environ.update(site.environment)
        django.setup()
        print(describe_run("API usage"))
        rows, shares = zip(*(measure_path(site, title, path) for title, path in PATHS), strict=True)
        print(markdown(HEADS, rows))
        print(f"{recorded(site):,} requests recorded.\n")
        from django.db import connections

        connections.close_all()
    return int(max(shares) > MOST_SHARE)


def measure_path(site: Site, title: str, path: str) -> tuple[list[str], float]:
    """Return the row of a request, and the share of its processor time that recording takes."""
    slug = site.sql("SELECT slug FROM commerce_product ORDER BY id LIMIT 1")[0][0]
    ask = asker(path.format(slug=slug))
    with recording(is_on=True):
        timed(ask, WARM)
    pairs = [by_turns(ask, first=number % 2 == 0) for number in range(ROUNDS)]
    without = Round(*(statistics.median(getattr(off, name) for _, off in pairs) for name in ("wall", "cpu")))
    cost = Round(
        *(statistics.median(getattr(on, name) - getattr(off, name) for on, off in pairs) for name in ("wall", "cpu"))
    )
    shares = cost.wall / without.wall, cost.cpu / without.cpu
    milliseconds = [f"{each / REQUESTS * 1000:.3f}" for each in (without.wall, without.cpu)]
    microseconds = [f"{each / REQUESTS * 1_000_000:.1f}" for each in (cost.wall, cost.cpu)]
    return [title, *milliseconds, *microseconds, *(f"{share:.1%}" for share in shares)], shares[1]


def by_turns(ask: Callable[[], Any], *, first: bool) -> tuple[Round, Round]:
    """Return a round with recording and one without; which comes first changes from pair to pair."""
    found = {}
    for is_on in (first, not first):
        with recording(is_on=is_on):
            found[is_on] = timed(ask, REQUESTS)
    return found[True], found[False]


def timed(ask: Callable[[], Any], times: int) -> Round:
    """Return how long some requests take, with what is written of them."""
    from zuka.platform.usage.recording import process_log

    began, spent = time.perf_counter(), time.process_time()
    for _ in range(times):
        ask()
    wall = time.perf_counter() - began
    log = process_log()
    while log.waiting or log.batch:  # nobody waits for that, but the processor works on it
        time.sleep(0.01)
    return Round(wall, time.process_time() - spent)


def asker(path: str) -> Callable[[], Any]:
    """Return what sends one request through all of Django's handler."""
    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})

    def ask() -> None:
        assert client.get(path).status_code == 200, path

    return ask


@contextmanager
def recording(*, is_on: bool) -> Any:
    """Have the middleware there or not: without it a request is passed on at once."""
    from zuka.platform.usage.middleware import UsageMiddleware

    whole = UsageMiddleware.__call__

    def pass_on(self: UsageMiddleware, request: HttpRequest) -> Any:
        return self.get_response(request)

    UsageMiddleware.__call__ = whole if is_on else pass_on  # type: ignore[method-assign]
    try:
        yield
    finally:
        UsageMiddleware.__call__ = whole  # type: ignore[method-assign]


def recorded(site: Site) -> int:
    """Return how many requests are in the table."""
    return int(site.sql("SELECT count(*) FROM platform_api_usage")[0][0])
