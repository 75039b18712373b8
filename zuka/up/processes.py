"""Facts about processes of this machine: from /proc, else from `ps`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A living process. A pid is used again one day; pid and start together are not."""

    pid: int
    group: int
    started: str
    command: str


def find_process(pid: int) -> Process | None:
    """Return the process with this pid, or None when there is none or only its corpse."""
    return from_proc(pid) if (PROC / "self").exists() else from_ps(pid)


def from_proc(pid: int) -> Process | None:
    """Read a process from /proc."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
        command = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:  # it has ended
        return None
    # The name in brackets may hold spaces and brackets; fields are counted from the last one.
    fields = stat[stat.rindex(")") + 2 :].split()
    if fields[0] in {"Z", "X"}:
        return None
    words = command.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
    return Process(pid, int(fields[2]), fields[19], words or stat[stat.index("(") : stat.rindex(")") + 1])


def from_ps(pid: int) -> Process | None:
    """Read a process where there is no /proc."""
    listing = subprocess.run(
        ["ps", "-o", "pgid=,lstart=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    words = listing.stdout.strip().split(maxsplit=6)
    return Process(pid, int(words[0]), " ".join(words[1:6]), words[6]) if len(words) == 7 else None


def all_pids() -> list[int]:
    """Return the pids of all processes that can be seen."""
    if (PROC / "self").exists():
        return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
    listing = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, text=True, check=False)
    return [int(word) for word in listing.stdout.split()]


def find_group(group: int) -> list[Process]:
    """Return the living processes of a process group."""
    found = [find_process(pid) for pid in all_pids()]
    return [process for process in found if process and process.group == group]


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait for a process that is not our child to end; return whether it did."""
    end = time.monotonic() + seconds
    while find_process(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def wait_until_group_is_gone(group: int, *, seconds: float = 5) -> bool:
    """Wait for all processes of a group to end: a killed one takes a moment; return whether they did."""
    end = time.monotonic() + seconds
    while find_group(group):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def kill_group(group: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal a whole process group; one that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # gone already
        os.killpg(group, number)
