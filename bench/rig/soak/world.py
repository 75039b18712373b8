"""The clock and the disk of a soak: one page of memory that every process of the shop looks at (`world.c`)."""

from __future__ import annotations

import mmap
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SOURCE = Path(__file__).with_name("world.c")
TURN, CLOCK, FULL = struct.Struct("q"), struct.Struct("qqd"), struct.Struct("q")
SIZE = TURN.size + CLOCK.size + FULL.size
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """What a shop's processes take for the time and for room on the disk. `rate`: its seconds in a second of ours."""

    folder: Path
    page: mmap.mmap
    began: int = 0
    shown: datetime = EPOCH
    rate: float = 1.0
    turn: int = 0

    def now(self) -> datetime:
        """Return what every process of the shop takes for the present moment, in UTC."""
        return self.shown + timedelta(seconds=(time.monotonic_ns() - self.began) / 1e9 * self.rate)

    def set_clock(self, at: datetime, *, rate: float | None = None) -> None:
        """Let the clock show a moment now, earlier or later, and go on from there."""
        self.began, self.shown, self.rate = time.monotonic_ns(), at.astimezone(UTC), rate or self.rate
        shown = (self.shown - EPOCH) // timedelta(microseconds=1) * 1000
        self.step()
        CLOCK.pack_into(self.page, TURN.size, self.began, shown, self.rate)
        self.step()

    def step(self) -> None:
        """Tell readers that what follows is being written, or is whole."""
        self.turn += 1
        TURN.pack_into(self.page, 0, self.turn)

    def seconds_until(self, at: datetime) -> float:
        """Return how many seconds of ours it takes until the clock shows a moment."""
        return (at - self.now()).total_seconds() / self.rate

    def fill_disk(self, *, is_full: bool) -> None:
        """Let no file of the shop grow, or let them again."""
        FULL.pack_into(self.page, TURN.size + CLOCK.size, is_full)

    def environment(self) -> dict[str, str]:
        """Return what puts a process into this world."""
        return {"LD_PRELOAD": str(self.folder / "world.so"), "ZUKA_SOAK_PAGE": str(self.folder / "page")}


@contextmanager
def make_world(folder: Path, at: datetime) -> Iterator[World]:
    """Have whatever is started while the block runs live in a world of its own, whose clock shows `at`.

    Exits with a sentence where that cannot be.
    """
    compile_library(folder)
    path = folder / "page"
    path.write_bytes(bytes(SIZE))
    path.chmod(0o644)  # PostgreSQL may run as another account
    with path.open("r+b") as file, mmap.mmap(file.fileno(), SIZE) as page:
        world = World(folder, page)
        world.set_clock(at)
        before = {name: os.environ.get(name) for name in world.environment()}
        os.environ.update(world.environment())
        try:
            yield world
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                os.environ.update({name: value} if value is not None else {})


def compile_library(folder: Path) -> None:
    """Make the library that is preloaded. Exits with a sentence where there is no compiler, or none that can."""
    compiler = shutil.which("cc")
    if not sys.platform.startswith("linux") or compiler is None:
        raise SystemExit(
            "bench soak gives the shop a clock of its own by a preloaded library: it needs Linux and a C compiler "
            "(Debian, Ubuntu: apt-get install gcc libc6-dev)."
        )
    library = folder / "world.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{SOURCE.name} cannot be compiled:\n{done.stderr}")
    library.chmod(0o755)
