"""Games and points."""

from __future__ import annotations

from analytics.registry.types import Amount, EventType, Payload, Said, Text


class Game(Payload):
    """Which game, how far."""

    game: Text | None = None
    level: Text | int | None = None
    score: Amount | None = None


class Points(Payload):
    """Points and why; points are whole."""

    points: int | None = None
    source_type: Text | None = None


GAMES = (
    ("game.started", "A game began.", ("level_start",)),
    ("game.finished", "A game ended.", ("level_end",)),
    ("game.score_posted", "A score was posted.", ("post_score",)),
    ("game.levelled_up", "A level was reached.", ("level_up",)),
    ("achievement.unlocked", "An achievement was unlocked.", ("unlock_achievement",)),
)
POINTS = (
    ("points.earned", "Points were earned.", ("earn_virtual_currency",)),
    ("points.spent", "Points were spent.", ("spend_virtual_currency",)),
)
TYPES = (
    *(
        EventType(name, text, Game, {"game": "snake", "score": 120}, {"score": "high"}, aliases)
        for name, text, aliases in GAMES
    ),
    *(
        EventType(name, text, Points, {"points": 50}, {"points": "some"}, aliases, Said.CLAIM)
        for name, text, aliases in POINTS
    ),
)
