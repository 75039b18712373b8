"""What a game is declared as."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

State = dict[str, Any]
Result = Mapping[str, Any]


class Implausible(Exception):  # noqa: N818 - a verdict, not an error
    """A result that nobody can have played; the words are kept with the play, and shown to staff."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a result is worth, and what its player is shown of how it came about."""

    score: int
    shown: State


def deal_nothing(_draw: Random) -> State:
    """Deal nothing: the game makes its own chances."""
    return {}


def show_nothing(_state: State) -> State:
    """Show nothing of what was dealt."""
    return {}


@dataclass(frozen=True, slots=True)
class Game:
    """A game: how it is dealt and judged, and what a score earns.

    `deal` makes the state of a play, `show` what of it the player may see, `judge` the score of a result that came
    after so many seconds; it raises `Implausible`. A play takes `min_seconds` at least, and no result is taken after
    `max_seconds`. `steps` are (score from which on, points), the highest first. A game that `resumes` gives an
    unfinished play again in place of a new one, so that nobody draws until they like what they see.
    """

    name: str
    title: str
    text: str
    judge: Callable[[State, Result, float], Verdict]
    min_seconds: float
    max_seconds: int
    plays_a_day: int
    max_score: int
    steps: Sequence[tuple[int, int]]
    deal: Callable[[Random], State] = deal_nothing
    show: Callable[[State], State] = show_nothing
    is_ranked: bool = True
    resumes: bool = False

    def points_of(self, score: int) -> int:
        """Return the points that a score earns."""
        return next((points for least, points in self.steps if score >= least), 0)


def whole_number(result: Result, name: str) -> int:
    """Return a whole number of a result. Raises `Implausible`."""
    value = result.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Implausible(f"{name} is not a whole number.")
    return value


def whole_numbers(result: Result, name: str, *, most: int, below: int) -> list[int]:
    """Return up to so many whole numbers of a result, each below a limit. Raises `Implausible`."""
    values = result.get(name)
    if not isinstance(values, list) or len(values) > most:
        raise Implausible(f"{name} is not a list of at most {most} numbers.")
    if not all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each < below for each in values):
        raise Implausible(f"{name} holds something else than numbers from 0 to {below - 1}.")
    return values
