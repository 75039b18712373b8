"""Amounts in API answers. Tables and services count in kobo: hundredths of the currency, whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TypedDict

from zuka.platform.money import format_money


class Money(TypedDict):
    """An amount in API answers: exact kobo, its currency, and the text to show."""

    kobo: int
    currency: str
    display: str


def money(kobo: int, currency: str = "NGN") -> Money:
    """Return an amount in the form every API answer uses."""
    return {"kobo": kobo, "currency": currency, "display": format_money(kobo, currency)}


def naira_to_kobo(amount: Decimal) -> int:
    """Return whole kobo of an amount with at most two decimals."""
    return int(amount * 100)


def spread_kobo(amount: int, weights: Sequence[int]) -> list[int]:
    """Return an amount in whole shares in proportion to weights, which add up to it; no weight, no share.

    With an amount up to their sum no share is larger than its weight.
    """
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    ends = (amount * end // whole for end in accumulate(weights, initial=0))
    return [after - before for before, after in pairwise(ends)]
