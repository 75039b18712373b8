"""Prices: how much somebody wants to pay, as said in English and Pidgin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pets.understanding.lexicon import NUMBERS, SCALES
from pets.understanding.normalizing import MARKED, Said

DIGITS = re.compile(r"([₦#]?)(\d{1,12}(?:\.\d+)?)(k|m|thousand|naira|bucks)?")
CURRENCIES = {"naira", "bucks", "ngn"}
KOBO = 100
MOST_KOBO = 10**13
SMALLEST_PRICE = 100  # naira; a smaller number beside a word for a price is thousands: "under 20"
BARE_PRICE = 1_000  # a number alone is a price from here on
TENS = range(20, 100, 10)
NEAR_BY = 20  # percent that "around" leaves on both sides
Cues = tuple[tuple[str, ...], ...]


def _phrases(text: str) -> Cues:
    """Read phrases between slashes, the longest first."""
    return tuple(sorted((tuple(each.split()) for each in text.split("/")), key=len, reverse=True))


MOST = _phrases(
    "under/below/beneath/less than/lower than/cheaper than/smaller than/not more than/no more than/not above/no above"
    "/not over/max/maximum/at most/up to/within/no pass/not pass/no go pass/no exceed/not exceed/not exceeding/no cross"
    "/no reach/not reach/budget is/my budget/budget of/budget/</i have/i get/i hold/i can pay/i can spend/spend"
    "/i can afford/no cost pass/inside/not beyond/with/for"
)
LEAST = _phrases(
    "above/over/more than/from/at least/minimum/min/pass/starting from/starting at/higher than/>/upwards of/beyond"
    "/reach"
)
LEAST_AFTER = _phrases("and above/above/upward/upwards/plus/+/and up/or more/and more/up")
MOST_AFTER = _phrases(
    "and below/down/downward/downwards/max/maximum/or less/and under/or below/is my budget/budget/i have/i get/i hold"
)
NEAR = _phrases("around/roughly/close to/near/approximately/in the region of")
PRICE_WORDS = frozenset(word for cues in (MOST, LEAST, LEAST_AFTER, MOST_AFTER, NEAR) for cue in cues for word in cue)
SOFT = frozenset({"the", "of", "is", "a", "just", "only", "about", "like", "price", "something", "say", "go", "it"})
WEAK = {
    ("with",),
    ("for",),
    ("from",),
    ("inside",),
    ("i", "have"),
    ("i", "get"),
    ("i", "hold"),
    ("pass",),
}  # need plain money


@dataclass(slots=True)
class Amount:
    """A number with its place: words from `start` to before `end`. `is_money` where it says that it is."""

    start: int
    end: int
    value: float
    is_money: bool = False

    @property
    def naira(self) -> float:
        """Return naira: small numbers beside a word for a price are thousands."""
        return self.value * 1_000 if not self.is_money and self.value < SMALLEST_PRICE else self.value


@dataclass(slots=True)
class Range:
    """What somebody wants to pay, in kobo, both ends included."""

    low: int | None = None
    high: int | None = None


def read_number(words: list[str], at: int) -> Amount | None:
    """Return the number that begins at a place: 5000, ₦5k, five thousand, twenty five k."""
    word = words[at]
    if found := DIGITS.fullmatch(word):
        sign, digits, unit = found.groups()
        amount = Amount(at, at + 1, float(digits) * SCALES.get(unit or "", 1), bool(unit) or sign in (MARKED, "#"))
    elif word in NUMBERS:
        amount = Amount(at, at + 1, NUMBERS[word])
        follows = NUMBERS.get(words[at + 1], 10) if at + 1 < len(words) else 10
        if NUMBERS[word] in TENS and follows < TENS.start // 2:
            amount.value, amount.end = amount.value + follows, at + 2
    else:
        return None
    while amount.end < len(words) and words[amount.end] in SCALES:
        amount.value *= SCALES[words[amount.end]]
        amount.end, amount.is_money = amount.end + 1, True
    if amount.end < len(words) and words[amount.end] in CURRENCIES:
        amount.end, amount.is_money = amount.end + 1, True
    return amount


def read_amounts(said: Said) -> list[Amount]:
    """Return the numbers that mean nothing else yet, in order."""
    found: list[Amount] = []
    at = 0
    while at < len(said.words):
        amount = read_number(said.words, at) if said.is_free(at, at + 1) else None
        if amount:
            found.append(amount)
        at = amount.end if amount else at + 1
    return found


def before(said: Said, amount: Amount, cues: Cues) -> int | None:
    """Return where a cue begins that stands before an amount, small words between them left out."""
    end = amount.start
    while True:
        for cue in cues:
            if said.phrase_ends_at(end, cue) and (amount.is_money or amount.value >= BARE_PRICE or cue not in WEAK):
                return end - len(cue)
        if end == 0 or said.words[end - 1] not in SOFT:
            return None
        end -= 1


def after(said: Said, amount: Amount, cues: Cues) -> int | None:
    """Return where a cue ends that stands right after an amount."""
    ends = (amount.end + len(cue) for cue in cues if tuple(said.words[amount.end : amount.end + len(cue)]) == cue)
    return next(ends, None)


def take_range(said: Said) -> Range:
    """Return the prices that somebody names, and mark their words as understood."""
    amounts = read_amounts(said)
    for low, high in pairwise(amounts):
        if pair := read_pair(said, low, high):
            return pair
    price = Range()
    for amount in amounts:
        for start, end, part in read_sides(said, amount):
            said.take(start, end)
            price.low, price.high = part.low or price.low, part.high or price.high
            break
    return price


def read_pair(said: Said, low: Amount, high: Amount) -> Range | None:
    """Return the range of two numbers: between 5 and 10k, 5k-10k, from 5 to 10 thousand."""
    joint = said.words[low.end : high.start]
    start = low.start
    is_between = start > 0 and said.words[start - 1] in {"between", "from"}
    if joint not in (["-"], ["to"], ["and"], ["till"], ["reach"]) or (joint == ["and"] and not is_between):
        return None
    if not (low.is_money or high.is_money or high.value >= BARE_PRICE or (is_between and low.value >= SMALLEST_PRICE)):
        return None
    if high.is_money and not low.is_money and low.value < high.value / SMALLEST_PRICE:
        low.value, low.is_money = low.naira, True
    said.take(start - 1 if is_between else start, high.end)
    ends = sorted((kobo(low.value), kobo(high.value)))
    return Range(*ends)


def read_sides(said: Said, amount: Amount) -> Iterator[tuple[int, int, Range]]:
    """Yield what an amount alone may mean, the plainest first, with the words that say so."""
    value = kobo(amount.naira)
    if (start := before(said, amount, NEAR)) is not None:
        yield start, amount.end, Range(value * (100 - NEAR_BY) // 100, value * (100 + NEAR_BY) // 100)
    if (end := after(said, amount, LEAST_AFTER)) is not None and is_price(amount):
        yield amount.start, end, Range(low=value)
    if (start := before(said, amount, MOST)) is not None and is_price(amount, is_cued=True):
        yield start, amount.end, Range(high=value)
    if (end := after(said, amount, MOST_AFTER)) is not None:
        yield amount.start, end, Range(high=value)
    if (start := before(said, amount, LEAST)) is not None and is_price(amount, is_cued=True):
        yield start, amount.end, Range(low=value)
    if amount.is_money or amount.value >= BARE_PRICE:
        yield amount.start, amount.end, Range(high=kobo(amount.value))


def is_price(amount: Amount, *, is_cued: bool = False) -> bool:
    """Say whether a number may be a price: beside a word for one, small ones may be thousands."""
    return amount.is_money or amount.value >= SMALLEST_PRICE or (is_cued and amount.value >= 1)


def kobo(naira: float) -> int:
    """Return an amount in kobo, kept to what a column holds."""
    return min(round(naira * KOBO), MOST_KOBO)
