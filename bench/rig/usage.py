"""Memory and processor time of processes, from /proc."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in MB, now and at its highest."""

    now: float
    peak: float


def read_memory(pids: Iterable[int]) -> Memory | None:
    """Return the memory of processes together; None where the system does not tell."""
    found = [each for pid in pids if (each := read_process(pid))]
    return Memory(sum(each.now for each in found), sum(each.peak for each in found)) if found else None


def read_process(pid: int) -> Memory | None:
    """Return the memory of one process."""
    with contextlib.suppress(OSError, KeyError, ValueError):  # it has ended meanwhile
        lines = (line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
        facts = dict(lines)
        return Memory(kilobytes(facts["VmRSS"]) / 1024, kilobytes(facts["VmHWM"]) / 1024)
    return None


def kilobytes(text: str) -> int:
    """Return the number of "  1234 kB"."""
    return int(text.split(maxsplit=1)[0])


def read_cpu(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that processes have used; 0 for those that cannot be seen."""
    return sum(read_cpu_of(pid) for pid in pids)


def read_cpu_of(pid: int) -> float:
    """Return the seconds of one process, user and system."""
    with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
        stat = Path(f"/proc/{pid}/stat").read_text()
        fields = stat[stat.rindex(")") + 2 :].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def read_running(pid: int) -> float:
    """Return the seconds that one process has run, to the nanosecond where the kernel tells; else as `read_cpu_of`."""
    with contextlib.suppress(OSError, ValueError, IndexError):  # no such file or figure here: the coarser one is read
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return read_cpu_of(pid)
