"""The only place of `zuka.up` that prints: lines, stages with their seconds, and a status line on a terminal."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

# Between two signs of life where no status line can be redrawn: logs of CI stay readable.
QUIET_SECONDS = 10.0


class Stage:
    """One step that is under way; `tick` shows that it still is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.began = time.monotonic()
        self.said = self.began
        self.drawn: int | None = None  # the second that the status line shows, while there is one

    @property
    def seconds(self) -> float:
        """Seconds since the stage began."""
        return time.monotonic() - self.began

    def tick(self) -> None:
        """Redraw the status line on a terminal, once a second; elsewhere print a line every ten seconds."""
        if sys.stdout.isatty():
            if self.drawn == int(self.seconds):
                return
            self.drawn = int(self.seconds)
            write(f"\r\033[K  {self.seconds:5.0f} s  {self.text} …", end="")
        elif time.monotonic() - self.said > QUIET_SECONDS:
            self.said = time.monotonic()
            write(f"  {self.seconds:5.0f} s  {self.text} …")

    def clear(self) -> None:
        """Take the status line away, so that other lines can be printed."""
        if self.drawn is not None:
            self.drawn = None
            write("\r\033[K", end="")


def write(text: str, *, end: str = "\n") -> None:
    """Print; a terminal that went away must not keep the servers from being stopped."""
    with contextlib.suppress(OSError, ValueError):  # the terminal has gone
        sys.stdout.write(text + end)
        sys.stdout.flush()


def say(text: str = "") -> None:
    """Print one line of our own, marked as such."""
    write(f"Zuka: {text}" if text else "")


def complain(text: str) -> None:
    """Print one line on standard error."""
    with contextlib.suppress(OSError, ValueError):  # the terminal has gone
        sys.stderr.write(f"Zuka: {text}\n")
        sys.stderr.flush()


@contextlib.contextmanager
def stage(text: str) -> Iterator[Stage]:
    """Show a step: its status while it runs, and one line with its seconds when it has succeeded."""
    current = Stage(text)
    if sys.stdout.isatty():
        current.tick()
    try:
        yield current
    except BaseException:
        current.clear()
        raise
    current.clear()
    write(f"  {current.seconds:5.1f} s  {text}")


def use_plain_output() -> None:
    """Make output survive a terminal that cannot show a character."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")
