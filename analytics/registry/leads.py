"""Lead scores: how much somebody was here within the last days, best first. A person gets the first that fits."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Band:
    """A score: at least so many events of a human, on at least so many of the shop's days."""

    name: str
    events: int
    days: int


BANDS = (Band("hot", 20, 5), Band("warm", 10, 3), Band("cool", 5, 1), Band("cold", 0, 0))
NAMES = tuple(band.name for band in BANDS)
