"""Calls wait in the process, and one thread writes them in batches: a request only appends to a queue.

The queue is bounded. When it is full, as while PostgreSQL is away for minutes, calls are dropped and counted; nobody
waits. What is in it when the process ends in order is written; what a killed process had is lost: at most a second's.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.util import Finalize
from typing import NamedTuple
from uuid import UUID

import structlog

log = structlog.get_logger(__name__)
MOST_WAITING = 20_000
BATCH = 2_000
FLUSH_SECONDS = 1.0
AWAY_SECONDS = 5.0
CLOSING_SECONDS = 5.0


class Call(NamedTuple):
    """One answered request. `at` is in seconds of the epoch; `key` and `user` are whose it was, `ip` where from."""

    at: float
    endpoint: str
    method: str
    status: int
    ms: float
    request_bytes: int
    response_bytes: int | None
    is_cached: bool
    is_api: bool
    key: UUID | None
    user: UUID | None
    ip: str | None


Keep = Callable[[Sequence[Call]], None]
Count = Callable[[Sequence[Call], int], None]


def count_nothing(_calls: Sequence[Call], _dropped: int) -> None:
    """Count calls for nobody."""


class CallLog:
    """A bounded queue of calls and the thread that keeps them; `keep` raises where it could not, and is asked again.

    `count` is told each call once, and how many were dropped since.
    """

    def __init__(self, keep: Keep, *, count: Count = count_nothing, most: int = MOST_WAITING) -> None:
        self.keep = keep
        self.count = count
        self.most = most
        self.waiting: deque[Call] = deque()
        self.batch: list[Call] = []  # what the thread is at
        self.dropped = self.told_dropped = 0
        self.counting = threading.Lock()
        self.wake = threading.Event()
        self.is_closing = False
        self.process = os.getpid()
        self.thread = threading.Thread(target=self.run, name="api-usage", daemon=True)

    def start(self) -> CallLog:
        """Start the thread, and have what waits kept at the end of the process."""
        self.thread.start()
        # Ends of processes that multiprocessing forked or spawned run these, and so does atexit.
        Finalize(self, self.close, exitpriority=10)
        return self

    def add(self, call: Call) -> None:
        """Let a call wait; when too many do, drop and count it."""
        if len(self.waiting) >= self.most:
            with self.counting:
                self.dropped += 1
            return
        self.waiting.append(call)

    def run(self) -> None:
        """Keep what came, once a second, until the log is closed."""
        while not self.is_closing:
            self.wake.wait(FLUSH_SECONDS)
            if not self.flush():
                self.wake.wait(AWAY_SECONDS)

    def flush(self) -> bool:
        """Keep what waits, batch by batch; False when that failed, and then the batch is tried again next time."""
        while self.batch or self.waiting:
            if not self.batch:
                self.take()
            try:
                self.keep(self.batch)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the thread; it is logged
                log.warning("usage.not_kept", calls=len(self.batch), error=type(error).__name__)
                return False
            self.batch = []
        return True

    def take(self) -> None:
        """Take those that came first, and count them."""
        self.batch = [self.waiting.popleft() for _ in range(min(len(self.waiting), BATCH))]
        dropped = self.dropped
        try:
            self.count(self.batch, dropped - self.told_dropped)
        except Exception as error:  # noqa: BLE001 - as above; the batch is kept all the same
            log.warning("usage.not_counted", calls=len(self.batch), error=type(error).__name__)
        self.told_dropped = dropped

    def close(self) -> None:
        """Keep what waits, for at most a few seconds, and end the thread. Later calls are kept by nobody."""
        if self.process == os.getpid() and self.thread.is_alive():
            self.is_closing = True
            self.wake.set()
            self.thread.join(CLOSING_SECONDS)


_log: CallLog | None = None
_starting = threading.Lock()


def process_log() -> CallLog:
    """Return the log of this process, started with its first call: a server may fork before that."""
    global _log  # noqa: PLW0603 - one a process
    if _log is None or _log.process != os.getpid():
        with _starting:
            if _log is None or _log.process != os.getpid():
                # Tables need Django to be set up, and counting asks for this module.
                from zuka.platform.metrics.counting import count_calls
                from zuka.platform.usage.writing import keep_calls

                _log = CallLog(keep_calls, count=count_calls).start()
    return _log


def close_process_log() -> None:
    """Keep what waits in this process; the next call starts another log."""
    global _log  # noqa: PLW0603 - see above
    with _starting:
        if _log is not None:
            _log.close()
        _log = None
