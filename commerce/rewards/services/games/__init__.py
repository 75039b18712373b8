"""The shop's games, in one table: the API, docs, leaderboards and checks derive from it."""

from __future__ import annotations

from collections.abc import Mapping

from commerce.rewards.services.games.arcade import SNAKE, TETRIS
from commerce.rewards.services.games.forms import Game, Implausible
from commerce.rewards.services.games.memory import MEMORY
from commerce.rewards.services.games.quiz import QUIZ
from commerce.rewards.services.games.wheel import WHEEL
from zuka.platform.errors import Refused

__all__ = ["GAMES", "Game", "Implausible", "UnknownGame", "find_game"]

GAMES: Mapping[str, Game] = {game.name: game for game in (MEMORY, WHEEL, QUIZ, SNAKE, TETRIS)}


class UnknownGame(Refused):
    """There is no such game, or it has no leaderboard."""

    status = 404
    code = "not_found"


def find_game(name: str) -> Game:
    """Return a game by its name. Raises `UnknownGame`."""
    if name not in GAMES:
        raise UnknownGame("There is no such game.")
    return GAMES[name]
