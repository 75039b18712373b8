"""The queues, the most urgent first; routing, workers, the page of jobs, metrics and docs derive from them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

NOW, SOON, SLOW = "now", "soon", "slow"
# Of the worker of `up` and of the containers: two may be with what is slow, a third with what comes soon.
SLOTS = 4


@dataclass(frozen=True, slots=True)
class Queue:
    """Where tasks of one urgency wait: its name, also for Celery's `-Q`, and what it is for."""

    name: str
    text: str


QUEUES: tuple[Queue, ...] = (
    Queue(NOW, "Somebody waits for it: mails, payments and charges, what can be bought again."),
    Queue(SOON, "Figures and the shop's upkeep: counts for reports, alerts, stock, points, partitions."),
    Queue(SLOW, "May take an hour: exports, imports, archives, backups, people's data, cleaning up."),
)
# Releases before 0.11.0 had this one alone. What they queued is still done, as urgently as what comes soon.
EARLIER = "celery"
NAMES: tuple[str, ...] = (*(queue.name for queue in QUEUES), EARLIER)
# As Celery's setting `task_queues` has it. Each has an exchange of its own: of a shared one each would get everything.
CELERY_QUEUES: dict[str, dict[str, str]] = {name: {"exchange": name, "routing_key": name} for name in NAMES}


def broker_url(redis_url: str) -> str:
    """Return what Celery calls a Redis. Behind a socket file its database is a `virtual_host`, else always 0."""
    path, _, options = redis_url.partition("?")
    if not path.startswith("unix://"):
        return redis_url or "memory://"
    named = dict(parse_qsl(options))
    asked = {"virtual_host" if name == "db" else name: value for name, value in named.items()}
    return f"redis+socket://{path.removeprefix('unix://')}" + (f"?{urlencode(asked)}" if asked else "")


def rank_of(queue: str) -> int:
    """Return how urgent a queue is: 0 for the most urgent."""
    return rank_of(SOON) if queue == EARLIER else [each.name for each in QUEUES].index(queue)
