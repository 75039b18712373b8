"""Cells of sheets that people bring: what cannot be read is refused with what to write instead."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

MOST_NAIRA = Decimal(1_000_000_000_000)
# A comma parts thousands. Where it stands for the point, as in 5500,50, dropping it would ask a hundred times as much.
AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?", re.ASCII)
# What a spreadsheet shows where a formula failed.
FAILED_CELLS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


class BadCell(ValueError):  # noqa: N818 - it is the cell that is bad; the text says what to write
    """A cell cannot be read; the text says what to write instead."""


def check_cell(value: Any) -> None:
    """Refuse what a spreadsheet made of a cell, from which nobody can tell what was written. Raises `BadCell`."""
    if isinstance(value, (date, time, timedelta)):
        raise BadCell("was made a date by the spreadsheet; format the column as text, and write it again")
    if value in FAILED_CELLS:
        raise BadCell("is a formula that failed; write its value")


def read_naira(text: str) -> int:
    """Return an amount in naira as kobo. Raises `BadCell`."""
    digits = text.removeprefix("₦").strip()
    if not AMOUNT.fullmatch(digits):
        raise BadCell("is no amount; write naira like 5500 or 5500.50")
    amount = Decimal(digits.replace(",", ""))
    if not 0 <= amount <= MOST_NAIRA or amount != amount.quantize(Decimal("0.01")):
        raise BadCell("is no amount; write naira like 5500 or 5500.50, not less than zero")
    return int(amount * 100)
