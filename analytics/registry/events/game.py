"""Games and points."""

from __future__ import annotations

from analytics.registry.types import Amount, EventType, Payload, Said, Text


class Game(Payload):
    """Which game, how far."""

    game: Text | None = None
    level: Text | int | None = None
    score: Amount | None = None


class Referral(Payload):
    """Which referral."""

    referral_id: Text | None = None


class Achievement(Payload):
    """What was unlocked."""

    achievement: Text | None = None


class Points(Payload):
    """Points and why; points are whole."""

    points: int | None = None
    source_type: Text | None = None


GAMES = (
    ("game.started", "A game began.", ("level_start",)),
    ("game.finished", "A game ended.", ("level_end",)),
    ("game.score_posted", "A score was posted.", ("post_score",)),
    ("game.levelled_up", "A level was reached.", ("level_up",)),
)
POINTS = (
    ("points.earned", "Points were earned.", ("earn_virtual_currency",)),
    ("points.spent", "Points were spent.", ("spend_virtual_currency",)),
    ("points.expired", "Points lapsed that nobody spent.", ()),
)
REFERRALS = (
    ("referral.joined", "Somebody came by a friend's code.", True),
    ("referral.rewarded", "A friend's first order was kept, and both were given points.", False),
)
TYPES = (
    *(
        EventType(name, text, Game, {"game": "snake", "score": 120}, {"score": "high"}, aliases)
        for name, text, aliases in GAMES
    ),
    *(
        # Nobody need be there: what an order earns comes weeks after it, and points lapse by a job.
        EventType(name, text, Points, {"points": 50}, {"points": "some"}, aliases, Said.CLAIM, is_visit=False)
        for name, text, aliases in POINTS
    ),
    EventType(
        "achievement.unlocked",
        "An achievement was unlocked.",
        Achievement,
        {"achievement": "first_order"},
        {"achievement": []},
        ("unlock_achievement",),
    ),
    *(
        EventType(name, text, Referral, {"referral_id": "7"}, {"referral_id": []}, (), Said.SERVER, is_visit=is_visit)
        for name, text, is_visit in REFERRALS
    ),
)
