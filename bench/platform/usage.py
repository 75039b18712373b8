"""What recording requests costs them: the same requests with and without, by turns in one process.

Processor time is that of the whole process, the thread that writes included. The requests go through Django's handler
without a socket, so what is measured is a larger part of them than of real ones. By the clock a pair says little on a
machine that others use too.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

from bench.rig.site import Site
from bench.rig.tables import markdown
from zuka.platform.db.files import load_sql
from zuka.up.homes import CHECKOUT

if TYPE_CHECKING:
    from django.http import HttpRequest

PRODUCTS = CHECKOUT / "bench" / "rig" / "crowd" / "products.sql"
ROUND, FEWEST = 200, 5
PATHS = (("a list of products", "/api/v1/products/"), ("a product", "/api/v1/products/{slug}/"))
HEADS = ("request", "ms without", "CPU ms without", "own cost, µs", "own CPU, µs", "share of CPU (at most 3 %)")


@dataclass(frozen=True)
class Round:
    """Seconds of so many requests, by the clock and of the processor."""

    wall: float
    cpu: float


def measure(site: Site, *, requests: int) -> str:
    """Return the table: medians over pairs of rounds of 200 requests."""
    os.environ.update(site.environment)
    django.setup()
    site.sql(load_sql(PRODUCTS), {"rows": 300})
    pairs = max(requests // ROUND, FEWEST)
    rows = [path_row(site, title, path, pairs=pairs) for title, path in PATHS]
    from django.db import connections

    from zuka.platform.usage.recording import close_process_log

    close_process_log()
    connections.close_all()
    return markdown(HEADS, rows)


def path_row(site: Site, title: str, path: str, *, pairs: int) -> list[str]:
    """Return the row of a request."""
    slug = site.sql("SELECT slug FROM commerce_product ORDER BY id LIMIT 1")[0][0]
    ask = asker(path.format(slug=slug))
    with recording(is_on=True):
        timed(ask)
    found = [by_turns(ask, first=number % 2 == 0) for number in range(pairs)]
    names = ("wall", "cpu")
    without = Round(*(statistics.median(getattr(off, name) for _, off in found) for name in names))
    cost = Round(*(statistics.median(getattr(on, name) - getattr(off, name) for on, off in found) for name in names))
    milliseconds = [f"{each / ROUND * 1_000:.3f}" for each in (without.wall, without.cpu)]
    microseconds = [f"{each / ROUND * 1_000_000:.1f}" for each in (cost.wall, cost.cpu)]
    return [title, *milliseconds, *microseconds, f"{cost.cpu / without.cpu:.1%}"]


def by_turns(ask: Callable[[], Any], *, first: bool) -> tuple[Round, Round]:
    """Return a round with recording and one without; which comes first changes from pair to pair."""
    found = {}
    for is_on in (first, not first):
        with recording(is_on=is_on):
            found[is_on] = timed(ask)
    return found[True], found[False]


def timed(ask: Callable[[], Any]) -> Round:
    """Return how long a round of requests takes, with what is written of them."""
    from zuka.platform.usage.recording import process_log

    began, spent = time.perf_counter(), time.process_time()
    for _ in range(ROUND):
        ask()
    wall = time.perf_counter() - began
    log = process_log()
    while log.waiting or log.batch:  # nobody waits for that, but the processor works on it
        time.sleep(0.25)
    return Round(wall, time.process_time() - spent)


def asker(path: str) -> Callable[[], Any]:
    """Return what sends one request through all of Django's handler."""
    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})

    def ask() -> None:
        assert client.get(path).status_code == 200, path

    return ask


@contextmanager
def recording(*, is_on: bool) -> Iterator[None]:
    """Have the middleware there or not: without it a request is passed on at once."""
    from zuka.platform.usage.middleware import UsageMiddleware

    whole = UsageMiddleware.__call__

    def pass_on(self: UsageMiddleware, request: HttpRequest) -> Any:
        return self.get_response(request)

    UsageMiddleware.__call__ = whole if is_on else pass_on  # type: ignore[method-assign]  # for one round
    try:
        yield
    finally:
        UsageMiddleware.__call__ = whole  # type: ignore[method-assign]  # as it was
