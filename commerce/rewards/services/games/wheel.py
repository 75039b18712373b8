"""A wheel that the shop turns: where it stops is drawn when it is turned, and the page only shows it."""

from __future__ import annotations

from random import SystemRandom

from commerce.rewards.services.games.forms import Game, Result, State, Verdict

SEGMENTS = (5, 10, 0, 20, 5, 15, 0, 50)  # points, clockwise from the top; each as likely as the other
_draw = SystemRandom()


def show_wheel(_state: State) -> State:
    """Show what is on the wheel."""
    return {"segments": list(SEGMENTS)}


def judge_wheel(_state: State, _result: Result, _seconds: float) -> Verdict:
    """Draw where the wheel stops; nothing that a page says has a part in it."""
    segment = _draw.randrange(len(SEGMENTS))
    return Verdict(SEGMENTS[segment], {"segment": segment})


WHEEL = Game(
    name="wheel",
    title="Wheel of points",
    text="One turn a day, up to 50 points.",
    judge=judge_wheel,
    min_seconds=0,
    max_seconds=24 * 3600,
    plays_a_day=1,
    max_score=max(SEGMENTS),
    steps=tuple((points, points) for points in sorted({*SEGMENTS}, reverse=True)),
    show=show_wheel,
    is_ranked=False,
    resumes=True,
)
