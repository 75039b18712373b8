"""Text in files that spreadsheets open: none of it runs as a formula, and reading it back gives what was written."""

from __future__ import annotations

import re
from typing import Any

# A spreadsheet runs text that begins with one of these as a formula (CWE-1236); full-width forms are read alike.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What XML, and so XLSX, cannot hold.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def starts_formula(text: str) -> bool:
    """Say whether a spreadsheet could take a text for a formula, also behind spaces and quotes."""
    return text.lstrip(" \"'").startswith(FORMULA_STARTS)


def guard_text(text: str) -> str:
    """Return a text that starts no formula: with a quote before it where it would."""
    return f"'{text}" if starts_formula(text) else text


def unguard_text(text: str) -> str:
    """Return a text as it was before `guard_text`."""
    return text[1:] if text.startswith("'") and starts_formula(text[1:]) else text


def plain_text(value: Any) -> str:
    """Return a cell as text: what spreadsheets make of numbers, truths and line ends is undone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = UNWRITABLE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", ""))
    return text.strip()
