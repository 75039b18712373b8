"""What the person has earned, and who plays best. Of others a board has nicknames and initials, and so has the pet."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from commerce.money import money
from commerce.rewards.services import GAMES, BoardRow, points_of, read_leaderboard
from pets.models import MessageKind
from pets.tools.forms import Arguments, Context, Data, Nothing, Outcome, Tool

SHOWN = 5
RANKED = tuple(game.name for game in GAMES.values() if game.is_ranked)
Game = Annotated[
    str,
    msgspec.Meta(max_length=30, description=f"One of {', '.join(RANKED)}.", extra_json_schema={"enum": list(RANKED)}),
]


class Which(Arguments):
    """A board: of which game, and of which time. Weeks begin on Monday."""

    game: Game = RANKED[0]
    period: Literal["day", "week", "all"] = "week"


def points(context: Context, _asked: Nothing) -> Outcome:
    """Return the person's points with their worth, what of them lapses soon, their level and XP."""
    state = points_of(user=context.user, at=context.at)
    shown: Data = {
        "points": state.points,
        "worth": money(state.value_kobo, state.currency),
        "expiring_points": state.expiring_points,
        "expiring_at": in_json(state.expiring_at),
        "xp": state.xp,
        "level": state.level_title,
        "next_level": state.next_level_title,
        "xp_to_next": state.xp_to_next,
        "streak_days": state.streak_days,
    }
    return Outcome(MessageKind.POINTS, {"points": shown})


def leaderboard(context: Context, asked: Which) -> Outcome:
    """Return the first of a board, and where the person stands. Raises `UnknownGame`, also for one without boards."""
    found = read_leaderboard(
        game=asked.game.replace("\x00", "").casefold(),
        period=asked.period,
        limit=SHOWN,
        at=context.at,
        user=context.user,
    )
    shown: Data = {
        "game": found.game,
        "title": found.title,
        "period": found.period,
        "rows": [row_json(each) for each in found.rows],
        "you": row_json(found.you) if found.you else None,
    }
    return Outcome(MessageKind.POINTS, {"board": shown})


def row_json(row: BoardRow) -> Data:
    """Return a row of a board."""
    return {"position": row.position, "name": row.name, "score": row.score, "is_you": row.is_you}


def in_json(moment: datetime | None) -> str | None:
    """Return a moment as JSON has it."""
    return moment.isoformat() if moment else None


TOOLS = (
    Tool("points", "Read the person's points, what they are worth, XP and level.", Nothing, points),
    Tool("leaderboard", "Read who is best at a game, and where the person stands.", Which, leaderboard),
)
