"""A light steady crowd: it tracks events whose ids are known, orders, and looks; whatever fails, it tries again."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Condition, Event, Thread
from typing import Any
from uuid import uuid4

from bench.rig.crowd.goods import ADDRESS, CONTACT, METHOD, sku_of, slug_of
from bench.rig.soak.shop import PRODUCTS, Shop, wait_until

NO_ANSWER = 0
AWAY = (OSError, http.client.HTTPException)
Failures = Counter[tuple[str, int]]
KINDS = EVENT, ORDER, PAGE = "an event", "an order", "a page"
SLOW_CLOCK = timedelta(hours=2)
RETRY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Client:
    """One of the crowd: what it does, every so many seconds; of events so many at once."""

    kind: str
    every: float
    size: int = 1


# Small batches share a transaction, those of 50 and more have their own.
CLIENTS = (
    Client(EVENT, 0.3, 4),
    Client(EVENT, 0.3, 4),
    Client(EVENT, 3.0, 60),
    Client(ORDER, 0.5),
    Client(PAGE, 0.3),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one call went: when it was begun and answered (monotonic), and the status."""

    kind: str
    began: float
    ended: float
    status: int

    @property
    def is_good(self) -> bool:
        """Whether it did what was asked for."""
        return 200 <= self.status < 300


def mix_of(message_id: str) -> int:
    """Return which of ten kinds of event an id is: 0 has no time, 1 a slow clock, 2 belongs to nobody."""
    return sum(message_id.encode()) % 10


def is_refused(message_id: str) -> bool:
    """Say whether an event is one that is kept as rejected."""
    return mix_of(message_id) == 2


def make_event(message_id: str, at: datetime) -> dict[str, Any]:
    """Return a page view of a moment."""
    call = {
        "type": "page",
        "messageId": message_id,
        "anonymousId": f"visitor-{message_id.rpartition('-')[0]}",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "properties": {"path": "/"},
    }
    kind = mix_of(message_id)
    if kind == 0:
        del call["timestamp"]
    elif kind == 1:
        slow = at - SLOW_CLOCK
        call |= {"timestamp": slow.isoformat(), "sentAt": (slow + timedelta(seconds=1)).isoformat()}
    elif kind == 2:
        del call["anonymousId"]
    return call


@dataclass
class Crowd:
    """Clients that call at the same time. What they know: how each call went, which ids and orders were taken."""

    shop: Shop
    name: str = "t00"
    answers: list[Answer] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)
    over: Event = field(default_factory=Event)
    state: Condition = field(default_factory=Condition)
    is_calling: bool = False
    busy: int = 0

    def run(self, client: Client) -> None:
        """Call on and on until it is over, but while the crowd is hushed."""
        act = {EVENT: self.track, ORDER: self.order, PAGE: self.look}[client.kind]
        while not self.over.wait(client.every):
            with self.state:
                if not self.is_calling:
                    continue
                self.busy += 1
            try:
                act(client)
            finally:
                with self.state:
                    self.busy -= 1
                    self.state.notify_all()

    def begin(self, name: str) -> None:
        """Let the crowd call; ids of its events begin with a name from now on, and answers are counted anew."""
        with self.state:
            self.name = name
            self.answers.clear()
        self.go_on()

    def go_on(self) -> None:
        """Let the crowd call again."""
        with self.state:
            self.is_calling = True

    def hush(self) -> None:
        """Let nobody begin anything more, and wait until all that was begun is taken. Raises RuntimeError."""
        with self.state:
            self.is_calling = False
        wait_until(lambda: self.busy == 0, what=f"the crowd's last calls are taken: {self.failures()}")

    def track(self, client: Client) -> None:
        """Send a batch, the same ids and times at each attempt, until it is acknowledged."""
        number, at = next(self.numbers), self.shop.world.now()
        ids = [f"{self.name}-{number}-{place}" for place in range(client.size)]
        calls = [make_event(each, at) for each in ids]

        def body() -> dict[str, Any]:
            return {"batch": calls, "sentAt": self.shop.world.now().isoformat()}

        key = {"Authorization": f"Bearer {self.shop.site.keys['secret']}"}
        if self.call_until_taken(EVENT, "/v1/batch", body, key):
            with self.state:
                self.acknowledged.update(ids)

    def order(self, _client: Client) -> None:
        """Order one piece, under the same key at each attempt, until the order is taken."""
        order = {"lines": [{"sku": sku_of(1 + next(self.numbers) % PRODUCTS), "quantity": 1}], "contact": CONTACT}
        order |= {"payment_method": METHOD, "shipping_address": ADDRESS}
        key = uuid4().hex
        if self.call_until_taken(ORDER, "/api/v1/orders/", lambda: order, {"Idempotency-Key": key}):
            with self.state:
                self.orders.add(key)

    def look(self, _client: Client) -> None:
        """Look at a product, once."""
        self.call(PAGE, "GET", f"/api/v1/products/{slug_of(1 + next(self.numbers) % PRODUCTS)}/", None, {})

    def call_until_taken(
        self, kind: str, path: str, body: Callable[[], dict[str, Any]], headers: dict[str, str]
    ) -> bool:
        """Send until it is taken; False where the crowd is gone before."""
        while not self.call(kind, "POST", path, body(), headers).is_good:
            if self.over.wait(RETRY_SECONDS):
                return False
        return True

    def call(self, kind: str, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """Make one call and keep how it went."""
        address, began, status = self.shop.site.address, time.monotonic(), NO_ANSWER
        line = http.client.HTTPConnection(address.host, address.port, timeout=15)
        with closing(line):
            try:
                sent = {"Content-Type": "application/json", **headers}
                line.request(method, path, json.dumps(body) if body else None, sent)
                answer = line.getresponse()
                answer.read()
                status = answer.status
            except AWAY:
                status = NO_ANSWER  # counted as such
        made = Answer(kind, began, time.monotonic(), status)
        with self.state:
            self.answers.append(made)
        return made

    def taken_as(self, name: str) -> set[str]:
        """Return the ids of acknowledged events that begin with a name."""
        with self.state:
            return {each for each in self.acknowledged if each.startswith(f"{name}-")}

    def failures(self) -> Failures:
        """Return how many calls failed since the crowd began, by kind and status."""
        with self.state:
            return Counter((each.kind, each.status) for each in self.answers if not each.is_good)

    def answered_since(self, moment: float) -> dict[str, float]:
        """Return how many seconds after a moment each kind of call first went well that was begun after it."""
        with self.state:
            good = [each for each in self.answers if each.is_good and each.began >= moment]
        return {each.kind: each.ended - moment for each in reversed(good)}


@contextmanager
def crowd_of(shop: Shop) -> Iterator[Crowd]:
    """Have a crowd, hushed at first, while the block runs."""
    crowd = Crowd(shop)
    threads = [Thread(target=crowd.run, args=(client,), daemon=True) for client in CLIENTS]
    for each in threads:
        each.start()
    try:
        yield crowd
    finally:
        crowd.over.set()
        for each in threads:
            each.join()
