"""Numbers of payment cards among other numbers: "order 5 4111 1111 1111 1111 12/28" holds one."""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST = 14
# Digits that single spaces or hyphens may part; not inside a word, an id or the fraction of a number.
NUMBERS = re.compile(rf"(?<![\w-])(?<!\d\.)\d(?:[ -]?\d){{{SHORTEST - 1},}}(?![\w-])", re.ASCII)
GROUP = re.compile(r"\d+", re.ASCII)
# What issuers give out (ISO/IEC 7812): Visa, Mastercard, American Express, Diners, JCB, and those of 16 to 19 digits,
# among which are Verve, UnionPay, Discover and Maestro.
ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}|(?:5[06-8]|6\d)\d{14,17}",
    re.ASCII,
)
# How cards are printed and typed; of numbers in other groups too many pass by chance.
PRINTED = frozenset(((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (8, 8), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3)))
MOST_GROUPS = max(map(len, PRINTED))
Span = tuple[int, int]


def passes_luhn(digits: str) -> bool:
    """Say whether the last digit fits the others, as on payment cards (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """Say whether digits may be a card's number."""
    return ISSUED.fullmatch(digits) is not None and passes_luhn(digits)


def printed_spans(numbers: str, groups: list[Span]) -> Iterator[Span]:
    """Return where one group, or groups as they are printed, may be a card's number."""
    for first, (start, _) in enumerate(groups):
        lengths: tuple[int, ...] = ()
        for begin, end in groups[first : first + MOST_GROUPS]:
            lengths = (*lengths, end - begin)
            is_known = lengths in PRINTED or (len(lengths) == 1 and end - begin >= SHORTEST)
            if is_known and is_card(re.sub(r"[ -]", "", numbers[start:end])):
                yield start, end


def hide_cards(match: re.Match[str]) -> str:
    """Return what NUMBERS found, without cards. Where two may overlap, both are hidden."""
    numbers = match[0]
    groups = [each.span() for each in GROUP.finditer(numbers)]
    pieces: list[str] = []
    done = 0
    for start, end in printed_spans(numbers, groups):
        if start >= done:
            pieces += [numbers[done:start], "[card]"]
        done = max(done, end)
    return "".join([*pieces, numbers[done:]])
