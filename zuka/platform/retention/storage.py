"""What packages above say of the disk, and of tables that lie in tiers: the page of what is kept shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk as it was last measured. `source` says by what `free_bytes` is known; it is empty where it is not.

    Growth is in bytes a day. `days_left` is empty where growth or what is free is not known, or nothing grows.
    """

    day: date
    database_bytes: int
    free_bytes: int | None
    growth_bytes: float | None
    days_left: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of a large table: its name, what is in it, bytes in the database and elsewhere, and what comes next."""

    name: str
    text: str
    months: int
    bytes: int
    stored_bytes: int = 0
    next: str = ""


_disk: list[Callable[[], Disk | None]] = []
_tiers: list[Callable[[], Sequence[Tier]]] = []


def bind_disk(read: Callable[[], Disk | None]) -> None:
    """Say what reads the disk. Called once, when a package's app is ready."""
    _disk[:] = [read]


def bind_tiers(read: Callable[[], Sequence[Tier]]) -> None:
    """Say what reads the tiers of events and counts, cheaply. Called once, when a package's app is ready."""
    _tiers[:] = [read]


def read_disk() -> Disk | None:
    """Return the disk as it was last measured; None where it never was."""
    return _disk[0]() if _disk else None


def read_tiers() -> Sequence[Tier]:
    """Return the tiers of events and counts, none where nothing lies in tiers."""
    return _tiers[0]() if _tiers else ()
