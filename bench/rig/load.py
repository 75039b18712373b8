"""A load of bounded time on a door, in a process of its own: `python -m bench.rig.load`, a Plan as JSON on stdin.

Light on purpose: it shares the machine with what it measures. Requests are ready bytes, one thread serves every
connection, an answer is looked at no further than its status and its count of accepted events.
"""

from __future__ import annotations

import collections
import json
import re
import selectors
import socket
import sys
import time
from array import array
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from bench.rig.bodies import REQUEST, SECOND, render_requests

# How long answers may still come after the last request was sent.
PATIENCE = 30.0
ACCEPTED = re.compile(rb'"accepted":\s*(\d+)')


@dataclass(frozen=True)
class Plan:
    """What to send: with a `rate`, so many requests a second; without one, the next after each answer."""

    host: str
    port: int
    key: str
    run: str
    events: int
    connections: int
    seconds: float
    rate: float = 0.0


@dataclass
class Outcome:
    """What came of it. `acknowledged` are events whose request was answered with 200 and counted as accepted."""

    requests: int = 0
    acknowledged: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    busy: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0


class Line:
    """One connection: the request under way, what is left to write of it, and what was read of its answer."""

    def __init__(self, plan: Plan) -> None:
        self.socket = socket.create_connection((plan.host, plan.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.began = 0.0
        self.unsent: memoryview = memoryview(b"")
        self.answer = bytearray()

    def write(self) -> bool:
        """Write as much as the connection takes; return whether all is written."""
        try:
            self.unsent = self.unsent[self.socket.send(self.unsent) :]
        except BlockingIOError:  # the rest goes when it can be written again
            return False
        return not self.unsent

    def read(self) -> bytes | None:
        """Read; return the answer once it is complete. Raises ConnectionError when the server hung up."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise ConnectionResetError
        self.answer += chunk
        if not is_complete(self.answer):
            return None
        whole = bytes(self.answer)
        self.answer.clear()
        return whole


def is_complete(answer: bytearray) -> bool:
    """Say whether all of an answer is there: as long as its head announces, or to the last of its chunks."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return len(body) >= int(length) if length else body.endswith(b"0\r\n\r\n")


class Sender:
    """Keeps every connection busy until the time is over, then waits for the last answers."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.outcome = Outcome()
        self.waits = array("d")
        self.selector = selectors.DefaultSelector()
        host = f"{plan.host}:{plan.port}"
        self.templates = render_requests(run=plan.run, host=host, key=plan.key, events=plan.events)
        self.idle = collections.deque(Line(plan) for _ in range(plan.connections))
        self.under_way = 0
        self.second = (0, b"")

    def run(self) -> Outcome:
        """Send until the time is over."""
        began = time.perf_counter()
        end = began + self.plan.seconds
        due = began
        while (now := time.perf_counter()) < end or (self.under_way and now < end + PATIENCE):
            while self.idle and now < end and (not self.plan.rate or due <= now):
                self.send(self.idle.popleft(), due if self.plan.rate else now)
                due += 1 / self.plan.rate if self.plan.rate else 0
            self.look(max(0.0, min(due, end) - now) if self.plan.rate and now < end else 0.05)
        return self.finish(time.perf_counter() - began)

    def send(self, line: Line, began: float) -> None:
        """Begin the next request. With a rate, `began` is when it was due: a late start counts as waiting."""
        template = self.templates[self.outcome.requests % len(self.templates)]
        data = template.replace(REQUEST, b"%011d" % self.outcome.requests).replace(SECOND, self.moment())
        self.outcome.requests += 1
        self.under_way += 1
        line.began, line.unsent = began, memoryview(data)
        try:
            wanted = selectors.EVENT_READ if line.write() else selectors.EVENT_READ | selectors.EVENT_WRITE
            self.selector.register(line.socket, wanted, line)
        except OSError as error:
            self.lose(line, error)

    def moment(self) -> bytes:
        """Return the second before this one, so that its milliseconds are past whatever they are."""
        now = int(time.time()) - 1
        if now != self.second[0]:
            self.second = (now, f"{datetime.fromtimestamp(now, tz=UTC):%Y-%m-%dT%H:%M:%S}".encode())
        return self.second[1]

    def look(self, seconds: float) -> None:
        """Serve the connections that are ready."""
        for key, events in self.selector.select(seconds):
            line: Line = key.data
            try:
                if events & selectors.EVENT_WRITE and line.write():
                    self.selector.modify(line.socket, selectors.EVENT_READ, line)
                if events & selectors.EVENT_READ and (answer := line.read()):
                    self.take(line, answer)
            except BlockingIOError:  # nothing to read yet
                continue
            except OSError as error:
                self.selector.unregister(line.socket)
                self.lose(line, error)

    def take(self, line: Line, answer: bytes) -> None:
        """Count an answer and give the connection back."""
        self.waits.append(time.perf_counter() - line.began)
        self.selector.unregister(line.socket)
        self.under_way -= 1
        self.idle.append(line)
        accepted = ACCEPTED.search(answer)
        if answer.startswith(b"HTTP/1.1 200") and accepted and int(accepted[1]) == self.plan.events:
            self.outcome.acknowledged += self.plan.events
        else:
            self.count_error(answer[9:12].decode())

    def lose(self, line: Line, error: OSError) -> None:
        """Count a broken connection and open another in its place."""
        self.under_way -= 1
        self.count_error(type(error).__name__)
        line.socket.close()
        try:
            self.idle.append(Line(self.plan))
        except OSError as refused:
            self.count_error(type(refused).__name__)

    def count_error(self, name: str) -> None:
        """Count something that went wrong."""
        self.outcome.errors[name] = self.outcome.errors.get(name, 0) + 1

    def finish(self, seconds: float) -> Outcome:
        """Return the outcome with its percentiles, in milliseconds."""
        if self.under_way:
            self.outcome.errors["no answer"] = self.under_way
        waits = sorted(self.waits) or [0.0]
        self.outcome.seconds, self.outcome.busy = seconds, time.process_time()
        for name, part in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            setattr(self.outcome, name, waits[min(int(len(waits) * part), len(waits) - 1)] * 1000)
        return self.outcome


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(Sender(Plan(**json.load(sys.stdin))).run())))
