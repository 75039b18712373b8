"""Clients that lose nothing: each sends batch after batch, and repeats one until it is acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.rig.site import Site

BATCH = 10
PAUSE = 0.05
PATIENCE = 30.0
AWAY = (OSError, http.client.HTTPException)
Call = dict[str, Any]


def make_call(message_id: str) -> Call:
    """A page view of now."""
    return {
        "type": "page",
        "messageId": message_id,
        "anonymousId": f"visitor-{message_id.rpartition('-')[0]}",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "properties": {"path": "/"},
    }


@dataclass
class Crowd:
    """Clients that send at the same time. What they know: what was acknowledged, and how often something went wrong."""

    site: Site
    name: str
    clients: int = 8
    size: int = BATCH
    make: Callable[[str], Call] = make_call
    acknowledged: set[str] = field(default_factory=set)
    answers: dict[str, int] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run_client(self, number: int) -> None:
        """Send batches until the crowd stops; the last one too until it is acknowledged."""
        batch = 0
        while not self.stopping.is_set():
            self.deliver([f"{self.name}-{number}-{batch}-{place}" for place in range(self.size)])
            batch += 1

    def deliver(self, ids: list[str]) -> None:
        """Send one batch, the same ids and times at each attempt, until it is acknowledged."""
        calls = [self.make(each) for each in ids]
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.attempt(calls)
            with self.lock:
                self.answers[answer] = self.answers.get(answer, 0) + 1
                if answer == "200":
                    self.acknowledged.update(ids)
                    return
            time.sleep(PAUSE)
        self.unanswered.extend(ids)

    def attempt(self, calls: list[Call]) -> str:
        """Send a batch once; return the status of the answer, or what kept it from coming."""
        headers = {"Authorization": f"Bearer {self.site.keys['secret']}"}
        body = json.dumps({"batch": calls, "sentAt": datetime.now(UTC).isoformat()})
        connection = http.client.HTTPConnection(self.site.address.host, self.site.address.port, timeout=10)
        with closing(connection):
            try:
                connection.request("POST", "/v1/batch", body, headers)
                answer = connection.getresponse()
                answer.read()
            except AWAY:  # counted by its name
                return "away"
            return str(answer.status)

    def wait_for(self, more: int) -> None:
        """Wait until so many more events are acknowledged."""
        wanted = len(self.acknowledged) + more
        end = time.monotonic() + PATIENCE
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < end, f"no progress: {self.answers}\n{self.site.log('web')}"
            time.sleep(0.01)

    @property
    def has_trouble(self) -> bool:
        """Say whether a client has noticed that the server was away."""
        return bool(set(self.answers) - {"200"})

    def wait_for_trouble(self) -> None:
        """Wait until a client notices that the server is away."""
        end = time.monotonic() + PATIENCE
        while not self.has_trouble:
            assert time.monotonic() < end, "nobody noticed anything"
            time.sleep(0.01)


@contextmanager
def sending(site: Site, name: str, **settings: Any) -> Iterator[Crowd]:
    """A crowd that sends while the block runs; after it every batch that was begun is acknowledged."""
    crowd = Crowd(site, name, **settings)
    threads = [threading.Thread(target=crowd.run_client, args=(number,)) for number in range(crowd.clients)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.stopping.set()
        for thread in threads:
            thread.join()


def stored_ids(site: Site, name: str) -> dict[str, int]:
    """How often each of a crowd's events is stored."""
    counts = "SELECT message_id, count(*) FROM analytics_events WHERE message_id LIKE %s GROUP BY message_id"
    return {row[0]: row[1] for row in site.sql(counts, [f"{name}-%"])}
