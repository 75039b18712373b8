"""What recording requests costs them: the same requests with and without, by turns in one process.

Processor time is that of the whole process, so what writes is part of it: once a round, as a busy web process writes
once a second. The requests go through Django's handler without a socket, so what is measured is a larger part of them
than of real ones. Each pair of rounds gives one ratio; what else the machine does shows in their spread.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

from bench.rig.site import Site
from bench.rig.tables import markdown
from zuka.platform.db.files import load_sql
from zuka.up.homes import CHECKOUT

if TYPE_CHECKING:
    from django.http import HttpRequest

PRODUCTS = CHECKOUT / "bench" / "rig" / "crowd" / "products.sql"
ROUND, FEWEST = 500, 20
GOAL = 0.03
PATHS = (("a list of products", "/api/v1/products/"), ("a product", "/api/v1/products/{slug}/"))
HEADS = ("request", "pairs", "CPU ms without", "own CPU, µs", "share of CPU, median", "quartiles", "goal: at most")


def measure(site: Site, *, requests: int) -> str:
    """Return the table: medians over pairs of rounds of 500 requests."""
    os.environ.update(site.environment)
    django.setup()
    from django.db import connections

    from zuka.platform.usage import recording

    recording.FLUSH_SECONDS = 3600.0  # rounds write for themselves
    site.sql(load_sql(PRODUCTS), {"rows": 300})
    pairs = max(requests // ROUND, FEWEST)
    rows = [path_row(site, title, path, pairs=pairs) for title, path in PATHS]
    recording.close_process_log()
    connections.close_all()
    return markdown(HEADS, rows)


def path_row(site: Site, title: str, path: str, *, pairs: int) -> list[str]:
    """Return the row of a request."""
    slug = site.sql("SELECT slug FROM commerce_product ORDER BY id LIMIT 1")[0][0]
    ask = asker(path.format(slug=slug))
    with noting(is_on=True):
        spend(ask)
    found = [by_turns(ask, first=number % 2 == 0) for number in range(pairs)]
    without = statistics.median(off for _, off in found)
    own = statistics.median(on - off for on, off in found)
    low, middle, high = statistics.quantiles([on / off - 1 for on, off in found], n=4)
    milliseconds, microseconds = without / ROUND * 1e3, own / ROUND * 1e6
    return [
        *(title, str(pairs), f"{milliseconds:.3f}", f"{microseconds:.1f}"),
        *(f"{middle:.1%}", f"{low:.1%} to {high:.1%}", f"{GOAL:.0%}"),
    ]


def by_turns(ask: Callable[[], Any], *, first: bool) -> tuple[float, float]:
    """Return a round with recording and one without; which comes first changes from pair to pair."""
    found = {}
    for is_on in (first, not first):
        with noting(is_on=is_on):
            found[is_on] = spend(ask)
    return found[True], found[False]


def spend(ask: Callable[[], Any]) -> float:
    """Return the seconds of processor time of a round of requests, with what is written of them."""
    from zuka.platform.usage.recording import process_log

    log = process_log()
    gc.collect()  # what one round leaves is not the next one's work
    spent = time.process_time()
    for _ in range(ROUND):
        ask()
    if not log.flush():
        raise RuntimeError("What was recorded could not be written.")
    return time.process_time() - spent


def asker(path: str) -> Callable[[], Any]:
    """Return what sends one request through all of Django's handler."""
    from django.test import Client

    client = Client(headers={"Host": "127.0.0.1"})

    def ask() -> None:
        assert client.get(path).status_code == 200, path

    return ask


@contextmanager
def noting(*, is_on: bool) -> Iterator[None]:
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
