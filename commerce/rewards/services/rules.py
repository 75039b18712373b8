"""For what points and XP come and go, and the achievements and levels they lead to: four tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of change: what customers and staff call it, and how much one is where that is always the same.

    `xp` of a kind whose amount differs is a tenth of its points: see `xp_for`. `a_day` is the most points of it that
    a customer gets a day. What is not `earns` gives no XP and is no event of earning.
    """

    name: str
    title: str
    text: str
    points: int = 0
    xp: int = 0
    earns: bool = True
    a_day: int | None = None


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "order",
            "An order",
            "POINTS_BACK_PERCENT of what was paid for the goods that are kept, when nothing can be sent back any more.",
        ),
        Rule("review", "A review", "Of a product that was bought here; each product once.", points=20, xp=20),
        Rule("referral", "A friend came", "The friend's first order is paid and kept.", points=500, xp=100),
        Rule("welcome", "Came by a friend", "Their own first order is paid and kept.", points=300, xp=50),
        Rule("game", "A game", "By the game's own table, up to so many a day.", a_day=100),
        Rule("streak", "Days in a row", "Once a day: 5 points, and 25 on each seventh day in a row.", points=5, xp=5),
        Rule("checkout", "Paid with points", "What points pay for at checkout.", earns=False),
        Rule("checkout_back", "Points came back", "Of goods that were cancelled, refused or sent back.", earns=False),
        Rule("order_back", "An order went back", "What it had earned, in proportion; never below zero.", earns=False),
        Rule("review_back", "A review was removed", "What it had earned; never below zero.", earns=False),
        Rule("reward", "A reward", "Points that a customer gave for a reward.", earns=False),
        Rule("lapse", "Lapsed", "Points that were not spent within POINTS_VALID_DAYS.", earns=False),
        Rule("adjustment", "By staff", "Given or taken by staff, with their reason.", earns=False),
    )
}
SEVENTH_DAY = 25


@dataclass(frozen=True, slots=True)
class Level:
    """A gem level and the XP from which on somebody has it."""

    name: str
    title: str
    xp: int


LEVELS: tuple[Level, ...] = (
    Level("quartz", "Quartz", 0),
    Level("sapphire", "Sapphire", 250),
    Level("ruby", "Ruby", 1_000),
    Level("emerald", "Emerald", 3_000),
    Level("diamond", "Diamond", 10_000),
)


@dataclass(frozen=True, slots=True)
class Achievement:
    """What is unlocked by the so-manieth change of a kind."""

    name: str
    title: str
    source_type: str
    count: int


ACHIEVEMENTS: tuple[Achievement, ...] = (
    Achievement("first_order", "First order", "order", 1),
    Achievement("tenth_order", "Ten orders", "order", 10),
    Achievement("first_review", "First review", "review", 1),
    Achievement("first_friend", "First friend", "referral", 1),
    Achievement("first_game", "First game", "game", 1),
    Achievement("hundred_games", "A hundred games", "game", 100),
)


def level_at(xp: int) -> Level:
    """Return the highest level that so much XP reaches."""
    return next(level for level in reversed(LEVELS) if xp >= level.xp)


def level_after(name: str) -> Level | None:
    """Return the level above one; None above the highest."""
    place = [level.name for level in LEVELS].index(name)
    return LEVELS[place + 1] if place + 1 < len(LEVELS) else None


def xp_for(points: int) -> int:
    """Return the XP of points whose amount differs: a tenth, and 1 at least."""
    return max(points // 10, 1)
