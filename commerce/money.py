"""Amounts as people read them. Tables and services count in kobo: hundredths of the currency, whole numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

SYMBOLS = {"NGN": "₦", "USD": "$", "GBP": "£", "EUR": "€"}


class Money(TypedDict):
    """An amount in API answers: exact kobo, its currency, and the text to show."""

    kobo: int
    currency: str
    display: str


def format_money(kobo: int, currency: str = "NGN") -> str:
    """Return an amount to show: 550000 NGN is `₦5,500.00`; unknown currencies keep their code."""
    sign = "-" if kobo < 0 else ""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    whole, rest = divmod(abs(kobo), 100)
    return f"{sign}{symbol}{whole:,}.{rest:02d}"


def money(kobo: int, currency: str = "NGN") -> Money:
    """Return an amount in the form every API answer uses."""
    return {"kobo": kobo, "currency": currency, "display": format_money(kobo, currency)}


def naira_to_kobo(amount: Decimal) -> int:
    """Return whole kobo of an amount with at most two decimals."""
    return int(amount * 100)
