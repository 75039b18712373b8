"""What customers do beside shopping: the games they play and how well, the rewards they take."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Habit:
    """How a game is played: its share of plays, the usual score, its step, and how many seconds a play takes."""

    game: str
    weight: float
    usual: int
    step: int
    seconds: tuple[int, int]


HABITS: tuple[Habit, ...] = (
    Habit("wheel", 34.0, 10, 5, (3, 9)),
    Habit("memory", 24.0, 620, 2, (45, 150)),
    Habit("quiz", 18.0, 300, 100, (20, 70)),
    Habit("snake", 16.0, 180, 10, (60, 240)),
    Habit("tetris", 8.0, 5_200, 40, (120, 300)),
)


@dataclass(frozen=True, slots=True)
class Prize:
    """A reward of the shop's catalogue: a share of the goods off one order."""

    name: str
    text: str
    points: int
    percent: Decimal


PRIZES: tuple[Prize, ...] = (
    Prize("5% off", "Five per cent off your next order.", 150, Decimal(5)),
    Prize("10% off", "Ten per cent off your next order.", 350, Decimal(10)),
)
CHANNELS = (("whatsapp", 76.0), ("copy", 14.0), ("sms", 10.0))
HELD_FOR = "The same address"
