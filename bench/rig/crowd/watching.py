"""How much memory a shop's processes take while a crowd shops."""

from __future__ import annotations

import statistics
from threading import Event, Thread
from typing import Self

from bench.rig.site import Site
from bench.rig.usage import read_memory

SECONDS, FIFTHS = 5.0, 5


class Watch:
    """Reads the memory of each process every few seconds while the block lasts."""

    def __init__(self, site: Site) -> None:
        self.site, self.over = site, Event()
        self.read: dict[str, list[float]] = {name: [] for name in site.processes}
        self.thread = Thread(target=self.run)

    def run(self) -> None:
        """Read until it is over."""
        while not self.over.wait(SECONDS):
            for name, found in self.read.items():
                memory = read_memory(self.site.members(name))
                if memory:
                    found.append(memory.now)

    def rows(self) -> list[list[str]]:
        """Return a row a process: its memory in MB in the first, middle and last fifth, and how much it grew."""
        return [memory_row(name, found) for name, found in self.read.items() if len(found) >= FIFTHS]

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()


def memory_row(name: str, found: list[float]) -> list[str]:
    """Return the medians of fifths of the time, and the growth from the second to the last."""
    size = len(found) // FIFTHS
    first, second, middle, last = (statistics.median(found[at * size : (at + 1) * size]) for at in (0, 1, 2, 4))
    return [name, f"{first:.0f}", f"{middle:.0f}", f"{last:.0f}", f"{(last / second - 1) * 100:+.0f} %"]
