"""When an event happened (decision 15): the client's clock where it agrees with ours, else corrected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

AGREE = timedelta(minutes=10)
LONGEST_REMEMBERED = 40
EPOCH_MILLISECONDS = 100_000_000_000  # numbers from 1973 on, in ms; below it they are seconds


class Unreadable(ValueError):  # noqa: N818 - it is the value that cannot be read
    """A value that is neither an ISO 8601 moment nor a number of seconds or milliseconds since 1970."""


def read_moment(value: Any) -> datetime | None:
    """Return a client's moment as aware UTC; None when absent. Without a zone it is UTC. Raises Unreadable."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value >= EPOCH_MILLISECONDS else value, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(str(value)[:100]) from error
    raise Unreadable(str(value)[:100])


@lru_cache(maxsize=256)
def remembered_moment(value: str) -> datetime | None:
    """Return a moment's text as a moment, remembered. Raises Unreadable."""
    return read_moment(value)


def read_sent(value: Any) -> datetime | None:
    """Return the moment a request was sent, which is the same for all of its events. Raises Unreadable."""
    return remembered_moment(value) if type(value) is str and len(value) <= LONGEST_REMEMBERED else read_moment(value)


def clocks_agree(sent_at: datetime | None, received_at: datetime) -> bool:
    """Say whether the client's clock agrees with ours; one that is not told is believed."""
    return sent_at is None or abs(received_at - sent_at) <= AGREE


def settle_time(
    *, client_at: datetime | None, sent_at: datetime | None, received_at: datetime
) -> tuple[datetime, bool]:
    """Return (when it happened, whether the client's clock was corrected). Never later than `received_at`."""
    if client_at is None:
        return received_at, False
    if clocks_agree(sent_at, received_at):
        return (client_at, False) if client_at <= received_at else (received_at, True)
    elapsed = max((sent_at or client_at) - client_at, timedelta(0))
    try:
        return received_at - elapsed, True
    except OverflowError:  # from the year 1 to the year 9999
        return datetime.min.replace(tzinfo=UTC), True
