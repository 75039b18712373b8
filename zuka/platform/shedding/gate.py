"""The gate of a web process: counts what is in work, and says what is refused for now.

A thread takes a request when it has ended the one before, so many in work means that others wait in front. A page loads
a dozen at once, and a database pauses: only what lasts is a crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import structlog

from zuka.platform.shedding.urgencies import Urgency

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Door:
    """How it stands with an urgency: since when too much is in work, in seconds of a clock, and whether it is shut."""

    urgency: Urgency
    limit: int
    busy_since: float | None = None
    is_shut: bool = False

    def see(self, in_work: int, now: float) -> None:
        """Shut when too much has been in work for long enough; open when it is half of that.

        Where all threads are busy each answer leaves one free for a moment: only a fifth of them is room.
        """
        if in_work >= self.limit:
            self.busy_since = now if self.busy_since is None else self.busy_since
            if not self.is_shut and now - self.busy_since >= self.urgency.seconds:
                self.is_shut = True
                log.warning("load.shed", urgency=self.urgency.name, in_work=in_work)
        elif in_work <= (self.limit // 2 if self.is_shut else self.limit * 4 // 5):
            self.busy_since = None
            if self.is_shut:
                self.is_shut = False
                log.warning("load.taken_again", urgency=self.urgency.name, in_work=in_work)


class Gate:
    """Counts requests in work and shuts for urgencies, the least first. Threads may share it."""

    def __init__(self, urgencies: Sequence[Urgency], *, threads: int) -> None:
        self.doors = {each.name: Door(each, each.limit(threads)) for each in urgencies}
        self.in_work = 0
        self.lock = Lock()

    @property
    def is_open(self) -> bool:
        """Say whether everything is taken."""
        return not any(door.is_shut for door in self.doors.values())

    def takes(self, urgency: Urgency) -> bool:
        """Say whether requests of an urgency are taken."""
        return not self.doors[urgency.name].is_shut

    def look(self, now: float) -> None:
        """Notice how much is in work."""
        with self.lock:
            self._see(now)

    def enter(self, now: float) -> None:
        """Count a request that is worked on from now on."""
        with self.lock:
            self.in_work += 1
            self._see(now)

    def leave(self, now: float) -> None:
        """Count a request off."""
        with self.lock:
            self.in_work -= 1
            self._see(now)

    def _see(self, now: float) -> None:
        for door in self.doors.values():
            door.see(self.in_work, now)
