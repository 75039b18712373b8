"""Which of the products last shown are meant, and how many pieces."""

from __future__ import annotations

import re

from pets.understanding.lexicon import NUMBERS
from pets.understanding.normalizing import Said
from pets.understanding.records import Seen

ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "forth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
}
ORDINALS |= {"ninth": 9, "tenth": 10, "last": -1}
WRITTEN = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
HASHED = re.compile(r"#(\d{1,2})")
MOST_PICKS, MOST_PIECES = 20, 99
CALLED = frozenset({"number", "no", "option", "item", "product"})
POINTING = frozenset({"it", "this", "that", "one"})
UNITS = frozenset({"piece", "pieces", "pair", "pairs", "of", "copies", "units", "yards", "sets"})
JOINTS = frozenset({"and", "or", "with", "vs", "versus", "to", "is"})
TIMES = re.compile(r"x(\d{1,2})|(\d{1,2})x")
TIME_WORDS = frozenset(
    {"time", "order", "week", "month", "day", "name", "night", "year", "price", "purchase", "minute"}
)


def ordinal(word: str) -> int | None:
    """Return what place a word names."""
    if found := WRITTEN.fullmatch(word) or HASHED.fullmatch(word):
        return int(found[1])
    return ORDINALS.get(word)


def small_number(word: str) -> int | None:
    """Return a number that may count products on a screen."""
    number = int(word) if word.isdecimal() and len(word) <= 2 else NUMBERS.get(word)
    return number if number is not None and 1 <= number <= MOST_PICKS else None


def take_picks(said: Said, seen: Seen, *, is_comparing: bool) -> tuple[int, ...]:
    """Return the places of products: the second one, number 3, the first two, 1 and 3 (of a comparison), this one."""
    picks = take_ordinals(said, len(seen.products)) + take_called(said)
    if is_comparing:
        picks += take_numbers(said)
    return tuple(dict.fromkeys(picks)) or take_pointed(said, seen)


def take_ordinals(said: Said, shown: int) -> list[int]:
    """Return what ordinals name: `the first two`, `second and third`, `the last one`."""
    picks: list[int] = []
    for at, word in enumerate(said.words):
        place = ordinal(word)
        follows = said.words[at + 1] if at + 1 < len(said.words) else ""
        if place is None or not said.is_free(at, at + 1) or follows in TIME_WORDS or is_adverb(said, at):
            continue
        count = small_number(follows) if follows != "one" else None
        if count and place in (1, -1):
            picks += list(range(1, count + 1)) if place == 1 else list(range(max(shown - count, 0) + 1, shown + 1))
            said.take(at, at + 2)
        else:
            picks.append(place)
            said.take(at, at + 1)
    return picks


def is_adverb(said: Said, at: int) -> bool:
    """Say whether `first` or `last` tells no product: `first of all`, `show me first`, `which one go last`.

    Of a list they do: `first or second`.
    """
    follows = said.words[at + 1] if at + 1 < len(said.words) else ""
    before = said.words[at - 1] if at else ""
    after_joint = said.words[at + 2] if at + 2 < len(said.words) else ""
    is_listed = follows in {"and", "or"} and ordinal(after_joint) is not None
    is_noun = is_listed or before in {"the", "and", "or", "my"} or follows in {"one", "two", "three", "item", "product"}
    return said.words[at] in {"first", "last"} and not is_noun and len(said.words) > 1


def take_called(said: Said) -> list[int]:
    """Return what is called by number: number 2, no 3, option one; also `number 1 and 3`."""
    picks: list[int] = []
    for at, word in enumerate(said.words[:-1]):
        number = small_number(said.words[at + 1])
        is_joined = word in JOINTS and at - 1 in said.used and bool(picks)
        if number and (word in CALLED or is_joined) and said.is_free(at, at + 2):
            picks.append(number)
            said.take(at, at + 2)
    return picks


def take_numbers(said: Said) -> list[int]:
    """Return plain small numbers, as a comparison names products."""
    found = [
        (at, small_number(word)) for at, word in enumerate(said.words) if said.is_free(at, at + 1) and word != "one"
    ]
    picks = [(at, number) for at, number in found if number]
    if any(word == "two" for word in said.words) and len(picks) == 1:  # "compare the two"
        said.take(picks[0][0], picks[0][0] + 1)
        return [1, 2]
    for at, _ in picks:
        said.take(at, at + 1)
    return [number for _, number in picks]


def take_pointed(said: Said, seen: Seen) -> tuple[int, ...]:
    """Return the only product shown where somebody says `it` or `this one`; both of two where `both`."""
    shown = len(seen.products)
    if shown == 2 and "both" in said.words:
        return (1, 2)
    return (1,) if shown == 1 and points(said) else ()


def points(said: Said) -> bool:
    """Say whether somebody points at something: it, this, that one."""
    return not POINTING.isdisjoint(said.words)


def take_quantity(said: Said) -> int | None:
    """Return how many pieces are wanted: two of them, 3 pieces, x2, add 2."""
    for at, word in enumerate(said.words):
        if not said.is_free(at, at + 1):
            continue
        if found := TIMES.fullmatch(word):
            said.take(at, at + 1)
            return int(found[1] or found[2]) or None
        number = small_number(word)
        if number is None or word == "one":
            continue
        said.take(at, at + 1)
        return min(number, MOST_PIECES)
    return None
