"""Papers as PDF files: what one is. `sheet` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format

from zuka.platform.clock import local_day


@dataclass(frozen=True, slots=True)
class Paper:
    """A finished file: its name, and what is in it."""

    filename: str
    content: bytes


def day_of(moment: datetime) -> str:
    """Return the shop's day of a moment, in words: `10 March 2026`."""
    return date_format(local_day(moment), "j F Y")
