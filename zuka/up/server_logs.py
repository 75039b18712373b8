"""Turn the end of a server's log into one line that says what to do."""

from __future__ import annotations

import re
from pathlib import Path

from zuka.up.refusals import Refusal, disk_full

NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded", re.IGNORECASE)
NO_MEMORY = re.compile(r"could not map anonymous shared memory|Cannot allocate memory|out of memory", re.IGNORECASE)
OLD_FORMAT = re.compile(
    r"database files are incompatible|was initialized by PostgreSQL version|Can't handle RDB format"
)
DAMAGED = re.compile(
    r"could not locate a valid checkpoint record|invalid checkpoint|Bad file format reading the append only"
)
SERIOUS = re.compile(r"(?:FATAL|PANIC|ERROR):\s*(.+)|# (.+)|initdb: error: (.+)")


def read_tail(path: Path, *, start: int = 0, size: int = 8000) -> str:
    """Return the end of a log, from a position on; empty when there is none."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            file.seek(max(start, end - size))
            return file.read().decode(errors="replace")
    except OSError:  # it has not written anything yet
        return ""


def log_size(path: Path) -> int:
    """Return the size of a log, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def explain(server: str, text: str, *, data: Path, log: Path) -> Refusal:
    """Return the refusal for a server that did not start, from what it wrote."""
    if NO_ROOM.search(text):
        return disk_full(data)
    if NO_MEMORY.search(text):
        return Refusal(f"{server} got too little memory", "Stop other programs; Zuka needs about 1 GB.")
    if OLD_FORMAT.search(text):
        return Refusal(
            f"{server}'s data in {data} were made by another version",
            "Start that version and dump them, or move the folder away for an empty shop.",
        )
    if DAMAGED.search(text):
        return Refusal(
            f"{server}'s data in {data} are damaged", "Restore a copy, or move the folder away for an empty shop."
        )
    return Refusal(f"{server} did not start: {last_problem(text)}", f"Its log is {log}.")


def last_problem(text: str) -> str:
    """Return the last serious line of a log, else its last line."""
    problems = ["".join(part or "" for part in match.groups()) for match in SERIOUS.finditer(text)]
    lines = [line for line in text.splitlines() if line.strip()]
    return (problems or lines or ["it said nothing"])[-1].strip().rstrip(".")
