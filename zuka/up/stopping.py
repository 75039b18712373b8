"""Ctrl-C, SIGTERM and a closed terminal, turned into a question that loops ask, never into an exception midway."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):  # noqa: N818 - a wish, not an error
    """The user asked to stop while something was being started."""


class Stop:
    """Whether, and how impatiently, the user asked to stop."""

    def __init__(self) -> None:
        self.count = 0
        self.asked_to_end = False

    @property
    def requested(self) -> bool:
        """True after the first signal."""
        return self.count > 0

    @property
    def impatient(self) -> bool:
        """True after the second signal: kill the processes, still stop the servers in order."""
        return self.count > 1

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Count a signal; all but Ctrl-C, which the terminal sends to every process, come to us alone."""
        self.count += 1
        self.asked_to_end |= number != signal.SIGINT

    def check(self) -> None:
        """Raise StopRequested after the first signal."""
        if self.requested:
            raise StopRequested

    def sleep(self, seconds: float) -> None:
        """Wait, but raise StopRequested as soon as a signal comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.check()
            time.sleep(min(0.05, left))
        self.check()


@contextlib.contextmanager
def listening_to_signals() -> Iterator[Stop]:
    """Count signals instead of dying of them, until the block ends."""
    stop = Stop()
    before = {number: signal.signal(number, stop.receive) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
