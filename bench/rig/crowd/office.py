"""Staff at work while a crowd shops: dashboards with all their widgets, and the list of orders, one after the other."""

from __future__ import annotations

import http.client
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event
from typing import Self

from bench.rig.crowd.staff import ORDERS, staff_cookie
from bench.rig.site import Site

LOOKING = 4.0  # seconds at each page


@dataclass
class Waits:
    """How long staff waited for each kind of page, in seconds, and what was not answered with 200."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: str, status: int, seconds: float) -> None:
        """Keep an answer."""
        self.seconds[kind].append(seconds)
        if status == http.client.SERVICE_UNAVAILABLE:
            self.refused[kind] += 1
        elif status != http.client.OK:
            self.failed[kind] += 1


def rounds() -> Iterator[list[tuple[str, str]]]:
    """Yield what is opened together, as kind and address: a dashboard with its widgets, then the orders; for ever."""
    from analytics.registry.dashboards import DASHBOARDS

    for dashboard in cycle(DASHBOARDS.values()):
        page = f"/admin/dashboards/{dashboard.id}/"
        widgets = [("a widget", f"{page}widgets/{widget.key}/") for widget in dashboard.widgets]
        yield [("a dashboard", page), *widgets, ("orders", ORDERS)]


def work(site: Site, cookie: str, waits: Waits, over: Event, first: int) -> None:
    """Open pages until it is over, beginning with another dashboard than the others do."""
    line = http.client.HTTPConnection(site.address.host, site.address.port, timeout=120)
    turns = rounds()
    for _ in range(first):
        next(turns)
    while not over.is_set():
        for kind, path in next(turns):
            began = time.monotonic()
            line.request("GET", path, headers={"Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            waits.add(kind, answer.status, time.monotonic() - began)
        over.wait(LOOKING)
    line.close()


class Office:
    """So many members of staff who work while the block lasts."""

    def __init__(self, site: Site, *, staff: int) -> None:
        self.site, self.staff, self.waits, self.over = site, staff, Waits(), Event()
        self.pool = ThreadPoolExecutor(staff)

    def __enter__(self) -> Self:
        cookie = staff_cookie(self.site)
        self.work = [
            self.pool.submit(work, self.site, cookie, self.waits, self.over, number) for number in range(self.staff)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for each in self.work:
            each.result()
        self.pool.shutdown()
