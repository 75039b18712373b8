"""Orders as fast as they are taken, in a process of its own: `python -m bench.rig.crowd.placing`, a Plan on stdin."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import count
from uuid import uuid4

from bench.rig.crowd.goods import ADDRESS, CONTACT, sku_of


@dataclass(frozen=True)
class Plan:
    """Where to order, over how many connections and for how long; of `products` different ones, or of one alone."""

    host: str
    port: int
    connections: int
    seconds: float
    products: int


@dataclass
class Outcome:
    """What came of it: answers by status, and how long they took."""

    statuses: dict[str, int]
    seconds: float
    p50: float
    p95: float


def order_until(plan: Plan, end: float, numbers: count[int]) -> tuple[Counter[str], list[float]]:
    """Order on one connection until the end, and return statuses and waits."""
    statuses: Counter[str] = Counter()
    waits = []
    line = http.client.HTTPConnection(plan.host, plan.port, timeout=60)
    while (begun := time.monotonic()) < end:
        goods = {"sku": sku_of(1 + next(numbers) % plan.products), "quantity": 1}
        order = {
            "lines": [goods],
            "contact": CONTACT,
            "shipping_address": ADDRESS,
            "payment_method": "cash_on_delivery",
        }
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        line.request("POST", "/api/v1/orders/", json.dumps(order), headers)
        answer = line.getresponse()
        answer.read()
        statuses[str(answer.status)] += 1
        waits.append(time.monotonic() - begun)
    line.close()
    return statuses, waits


def run(plan: Plan) -> Outcome:
    """Order on all connections at once."""
    begun, numbers = time.monotonic(), count()
    with ThreadPoolExecutor(plan.connections) as pool:
        parts = list(pool.map(lambda _: order_until(plan, begun + plan.seconds, numbers), range(plan.connections)))
    waits = sorted(wait for _, found in parts for wait in found)
    statuses = sum((found for found, _ in parts), Counter[str]())
    p50, p95 = (waits[int(len(waits) * share)] * 1000 for share in (0.50, 0.95))
    return Outcome(dict(statuses), time.monotonic() - begun, p50, p95)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Plan(**json.load(sys.stdin))))))
