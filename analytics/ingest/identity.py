"""The id of an event (decision 14): time-ordered, and the same for every retry.

A UUID of version 8 (RFC 9562): 48 bits are the client's own millisecond, 74 bits a hash of (source key, message id).
Where the client gives no time at all, the time bits are zero instead of arrival, which would differ between retries;
such an event is told apart by the hash alone and takes the slower dedupe.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from analytics.store.event import milliseconds

VERSION_8 = 0x8 << 76
VERSION_7 = 0x7 << 76
VARIANT = 0x2 << 62
HASHED = 0xFFF << 64 | (1 << 62) - 1
# The first digit of a uuid's last half, whose two highest bits are its variant.
VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def compose(millisecond: int, bits: int, version: int) -> int:
    """Return the number of a uuid of 48 bits of time and 74 of `bits`."""
    return (millisecond & 0xFFFFFFFFFFFF) << 80 | version | VARIANT | bits & HASHED


def stable_id(*, source: bytes, message_id: str, client_at: datetime | None) -> UUID:
    """Return the id of an event with a message id: a pure function of what the client sent."""
    millisecond = milliseconds(client_at) if client_at else 0
    return UUID(hashed_key(keyed_hash(source), message_id=message_id, millisecond=millisecond))


def keyed_hash(source: bytes) -> blake2b:
    """Return the hash that the ids of a source's events begin with. To be copied: a third less than one anew."""
    return blake2b(digest_size=16, key=source)


def hashed_key(begun: blake2b, *, message_id: str, millisecond: int) -> str:
    """Return the id of an event with a message id as 32 digits, by the hash of its source. To put digits together takes
    a third of the time of a number and its UUID.
    """
    told = begun.copy()
    told.update(message_id.encode("utf-8", "replace"))
    digits = told.hexdigest()
    return f"{millisecond:012x}8{digits[13:16]}{VARIANTS[digits[16]]}{digits[17:]}"


def fresh_id(moment: datetime) -> UUID:
    """Return a new id (UUID version 7) for an event that carries no message id and so cannot be deduplicated."""
    return UUID(int=compose(milliseconds(moment), int.from_bytes(os.urandom(16)), VERSION_7))


def uuid7_moment(text: str) -> datetime | None:
    """Return the moment inside a UUID of version 7; None for any other text, or one in the far future."""
    if len(text) != 36 or text[14] != "7":
        return None
    try:
        seconds = (UUID(text).int >> 80) / 1000
    except ValueError:  # any other text of that length
        return None
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds < time.time() + 86_400 else None
