"""Moments as milliseconds since 1970, which is what the history reckons in."""

from __future__ import annotations

from datetime import UTC, datetime

HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def moment_of(millisecond: int) -> datetime:
    """Return the moment of milliseconds since 1970."""
    return datetime.fromtimestamp(millisecond / 1000, UTC)


def millisecond_of(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return round(moment.timestamp() * 1000)
