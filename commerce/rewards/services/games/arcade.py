"""Games that run in the player's browser alone: of their scores only what is possible is known."""

from __future__ import annotations

from commerce.rewards.services.games.forms import Game, Implausible, Result, State, Verdict, whole_number

SNAKE_A_SECOND, TETRIS_A_SECOND = 15, 120


def judge_snake(_state: State, result: Result, seconds: float) -> Verdict:
    """Take a score of ten for each bite, of which there are no more than one and a half a second."""
    score = whole_number(result, "score")
    if score % 10:
        raise Implausible(f"Snake counts in tens, not {score}.")
    return paced(score, seconds, most=SNAKE_A_SECOND)


def judge_tetris(_state: State, result: Result, seconds: float) -> Verdict:
    """Take a score that four lines at once, as fast as pieces fall, could reach."""
    return paced(whole_number(result, "score"), seconds, most=TETRIS_A_SECOND)


def paced(score: int, seconds: float, *, most: int) -> Verdict:
    """Return a score unless it came faster than so many a second. Raises `Implausible`."""
    if score > most * seconds:
        raise Implausible(f"{score} in {seconds:.0f} seconds; {most} a second are possible.")
    return Verdict(score, {})


SNAKE = Game(
    name="snake",
    title="Snake",
    text="Eat, grow, and do not bite yourself. Ten for each bite.",
    judge=judge_snake,
    min_seconds=5,
    max_seconds=1800,
    plays_a_day=30,
    max_score=4_000,
    steps=((600, 10), (300, 6), (100, 3)),
)
TETRIS = Game(
    name="tetris",
    title="Tetris",
    text="Fill whole rows. More at once count more.",
    judge=judge_tetris,
    min_seconds=10,
    max_seconds=3600,
    plays_a_day=30,
    max_score=400_000,
    steps=((20_000, 10), (8_000, 6), (2_000, 3)),
)
