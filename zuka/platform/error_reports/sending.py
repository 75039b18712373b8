"""Sending errors: grouped, a few a minute, by a thread that nobody waits for."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from typing import Any

import httpx2
import structlog

from zuka.platform.error_reports.describing import Seen, describe
from zuka.platform.error_reports.dsn import read_dsn
from zuka.platform.tls import trusted_context

log = structlog.get_logger(__name__)
CALL_SECONDS = 5.0
AGAIN_SECONDS, MOST_A_MINUTE = 60.0, 30
MOST_WAITING, MOST_GROUPS = 100, 500
CLOSING_SECONDS = 3.0
CLIENT = "zuka/1"


def envelope(facts: dict[str, Any], *, at: datetime) -> bytes:
    """Return an event as it is sent: three lines of JSON."""
    event_id = uuid.uuid4().hex
    event = json.dumps({"event_id": event_id, "timestamp": at.isoformat(), **facts})
    lines = [{"event_id": event_id, "sent_at": at.isoformat()}, {"type": "event", "length": len(event.encode())}]
    return "\n".join([*map(json.dumps, lines), event, ""]).encode()


class Sieve:
    """Lets an error of each group through once a minute, and so many of all; counts those that it holds back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.groups: OrderedDict[tuple[str, ...], tuple[float, int]] = OrderedDict()
        self.sent: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self.lock = threading.Lock()

    def let_through(self, group: tuple[str, ...]) -> int | None:
        """Return how often an error came since it was last let through; None where it is held back."""
        now = self.clock()
        with self.lock:
            last, held = self.groups.pop(group, (None, 0))
            is_full = len(self.sent) == MOST_A_MINUTE and now - self.sent[0] < AGAIN_SECONDS
            if is_full or (last is not None and now - last < AGAIN_SECONDS):
                self.groups[group] = (now if last is None else last, held + 1)
                self.shorten()
                return None
            self.groups[group] = (now, 0)
            self.sent.append(now)
            self.shorten()
            return held + 1

    def shorten(self) -> None:
        """Forget the group that was seen least lately, where there are too many."""
        while len(self.groups) > MOST_GROUPS:
            self.groups.popitem(last=False)


class ReportingHandler(logging.Handler):
    """Reports what is logged as an error. Whatever goes wrong with that is a warning in the log."""

    def __init__(self, dsn: str) -> None:
        super().__init__(logging.ERROR)
        self.url, self.key = read_dsn(dsn)
        self.begin()
        os.register_at_fork(after_in_child=self.begin)

    def begin(self) -> None:
        """Begin with nothing that waits and no thread: at first, and in a process that was forked."""
        self.sieve = Sieve()
        self.waiting: deque[Seen] = deque(maxlen=MOST_WAITING)
        self.wake = threading.Event()
        self.thread: threading.Thread | None = None
        self.is_ending = False

    def emit(self, record: logging.LogRecord) -> None:
        """Let an error wait to be sent."""
        try:
            seen = describe(record)
            times = self.sieve.let_through(seen.group)
            if times is not None:
                tags = {**seen.facts.get("tags", {}), "times": str(times)}
                self.waiting.append(Seen(seen.group, seen.facts | {"tags": tags}))
                self.start()
                self.wake.set()
        except Exception as error:  # noqa: BLE001 - whoever logs an error has one already; this one is told as well
            log.warning("error.not_described", error=type(error).__name__)

    def start(self) -> None:
        """Start the thread with the first error of a process."""
        if self.thread is None:  # logging lets one line in at a time
            self.thread = threading.Thread(target=self.run, name="error-reports", daemon=True)
            self.thread.start()
            Finalize(self, self.end, exitpriority=5)

    def run(self) -> None:
        """Send what waits until the process ends."""
        while not self.is_ending:
            self.wake.wait()
            self.wake.clear()
            while self.waiting:
                self.send(self.waiting.popleft())

    def send(self, seen: Seen) -> None:
        """Send one error. It is tried once: the log has it anyway."""
        headers = {
            "Content-Type": "application/x-sentry-envelope",
            "X-Sentry-Auth": f"Sentry sentry_version=7, sentry_client={CLIENT}, sentry_key={self.key}",
        }
        try:
            body = envelope(seen.facts, at=datetime.now(UTC))
            answer = httpx2.post(
                self.url, content=body, headers=headers, timeout=CALL_SECONDS, verify=trusted_context()
            )
            if answer.status_code >= 300:
                log.warning("error.not_reported", status=answer.status_code)
        except (httpx2.HTTPError, OSError) as error:
            log.warning("error.not_reported", error=type(error).__name__)

    def end(self) -> None:
        """Send what waits, for at most a few seconds."""
        self.is_ending = True
        self.wake.set()
        if self.thread is not None:
            self.thread.join(CLOSING_SECONDS)
