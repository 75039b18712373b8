"""The id of an event (decision 14): time-ordered, and the same for every retry.

A UUID of version 8 (RFC 9562): 48 bits are the client's own millisecond, 74 bits a hash of (source key, message id).
Where the client gives no time at all, the time bits are zero instead of arrival, which would differ between retries;
such an event is told apart by the hash alone and takes the slower dedupe.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

VERSION_8 = 0x8 << 76
VERSION_7 = 0x7 << 76
VARIANT = 0x2 << 62
HASHED = 0xFFF << 64 | (1 << 62) - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970, never negative."""
    return max((moment - EPOCH) // MILLISECOND, 0)


def compose(millisecond: int, bits: int, version: int) -> int:
    """Return the number of a uuid of 48 bits of time and 74 of `bits`."""
    return (millisecond & 0xFFFFFFFFFFFF) << 80 | version | VARIANT | bits & HASHED


def stable_id(*, source: bytes, message_id: str, client_at: datetime | None) -> UUID:
    """Return the id of an event with a message id: a pure function of what the client sent."""
    bits = int.from_bytes(blake2b(message_id.encode("utf-8", "replace"), digest_size=16, key=source).digest())
    millisecond = milliseconds(client_at) if client_at else 0
    return UUID(int=compose(millisecond, bits, VERSION_8))


def fresh_id(moment: datetime) -> UUID:
    """Return a new id (UUID version 7) for an event that carries no message id and so cannot be deduplicated."""
    return UUID(int=compose(milliseconds(moment), int.from_bytes(os.urandom(16)), VERSION_7))


def uuid7_moment(text: str) -> datetime | None:
    """Return the moment inside a UUID of version 7; None for any other text, or one in the far future."""
    if len(text) != 36 or text[14] != "7":
        return None
    try:
        seconds = (UUID(text).int >> 80) / 1000
    except ValueError:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds < time.time() + 86_400 else None
