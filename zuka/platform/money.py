"""Amounts as people read them. Everything counts in kobo: hundredths of the currency, whole numbers."""

from __future__ import annotations

SYMBOLS = {"NGN": "₦", "USD": "$", "GBP": "£", "EUR": "€"}


def currency_symbol(currency: str) -> str:
    """Return the sign before an amount; currencies without one keep their code."""
    return SYMBOLS.get(currency, f"{currency} ")


def format_money(kobo: int, currency: str = "NGN") -> str:
    """Return an amount to show, to the kobo: 550000 NGN is `₦5,500.00`."""
    whole, rest = divmod(abs(kobo), 100)
    return f"{'-' if kobo < 0 else ''}{currency_symbol(currency)}{whole:,}.{rest:02d}"
