"""Figures for Prometheus that are read when it asks; each package declares its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

Sample = tuple[tuple[str, ...], float]


class Kind(StrEnum):
    """A counter only grows, but for a restart or old rows that are forgotten; a gauge is what is the case now."""

    COUNTER = "counter"
    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name with unit, what it says, its labels, and what reads one value for each set of label values.

    `read` may raise: the figure is left out of that answer, which says so.
    """

    name: str
    kind: Kind
    text: str
    read: Callable[[], Iterable[Sample]]
    labels: tuple[str, ...] = ()


_figures: dict[str, Figure] = {}


def add_figures(*figures: Figure) -> None:
    """Add figures. Called when a package's app is ready; a second call with a name replaces it."""
    _figures.update({figure.name: figure for figure in figures})


def declared_figures() -> list[Figure]:
    """Return every figure by its name."""
    return [_figures[name] for name in sorted(_figures)]


def one(value: float | None) -> list[Sample]:
    """Return the only value of a figure without labels; none where it is not known."""
    return [] if value is None else [((), float(value))]
