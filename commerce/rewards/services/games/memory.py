"""Pairs of patterns, face down. The shop deals them and plays each turn of the cards again to count the score."""

from __future__ import annotations

from random import Random

from commerce.rewards.services.games.forms import Game, Implausible, Result, State, Verdict, whole_numbers

PATTERNS = ("ankara", "adire", "aso-oke", "lace", "beads", "gele", "agbada", "fila")
CARDS = 2 * len(PATTERNS)
MOST_FLIPS = 400
SECONDS_A_FLIP = 0.25  # quicker than a person turns cards over, also on a good day
WHOLE, A_TURN, A_SECOND, LEAST = 1000, 20, 2, 100


def deal_memory(draw: Random) -> State:
    """Deal the cards in a new order."""
    cards = [*PATTERNS, *PATTERNS]
    draw.shuffle(cards)
    return {"cards": cards}


def show_memory(state: State) -> State:
    """Show the cards: the page has to turn them over."""
    return {"cards": state["cards"]}


def judge_memory(state: State, result: Result, seconds: float) -> Verdict:
    """Play the turned cards again: every pair has to be found, two cards a turn, none twice.

    A round without a mistake and in no time counts 1,000; each turn more than needed takes 20 off, each second 2; who
    ends has 100 at least.
    """
    flips = whole_numbers(result, "flips", most=MOST_FLIPS, below=CARDS)
    if len(flips) * SECONDS_A_FLIP > seconds:
        raise Implausible(f"{len(flips)} cards in {seconds:.0f} seconds; nobody is that quick.")
    found = play_again(state["cards"], flips)
    if found != len(PATTERNS):
        raise Implausible(f"{found} of {len(PATTERNS)} pairs were found.")
    turns = len(flips) // 2
    score = max(WHOLE - A_TURN * (turns - len(PATTERNS)) - A_SECOND * int(seconds), LEAST)
    return Verdict(score, {"turns": turns, "seconds": int(seconds)})


def play_again(cards: list[str], flips: list[int]) -> int:
    """Return how many pairs some turned cards find. Raises `Implausible` for cards that cannot be turned."""
    if len(flips) % 2:
        raise Implausible("The last turn has one card.")
    gone: set[int] = set()
    for first, second in zip(flips[::2], flips[1::2], strict=True):
        if first == second or first in gone or second in gone:
            raise Implausible("A card was turned that lay open or was gone.")
        if cards[first] == cards[second]:
            gone |= {first, second}
    return len(gone) // 2


MEMORY = Game(
    name="memory",
    title="Memory",
    text="Find the pairs of patterns in as few turns and as little time as you can.",
    judge=judge_memory,
    min_seconds=CARDS * SECONDS_A_FLIP,
    max_seconds=900,
    plays_a_day=20,
    max_score=WHOLE,
    steps=((700, 10), (400, 6), (0, 3)),
    deal=deal_memory,
    show=show_memory,
)
