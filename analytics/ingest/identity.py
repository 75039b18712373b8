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
from typing import Any
from uuid import UUID, SafeUUID

VERSION_8 = 0x8 << 76
VERSION_7 = 0x7 << 76
VARIANT = 0x2 << 62
HASHED = 0xFFF << 64 | (1 << 62) - 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A UUID forbids to set its fields, and `__init__` looks at six forms of it.
_new: Any = object.__new__
_fields: Any = UUID
UNKNOWN = SafeUUID.unknown
_set_int, _set_safe = _fields.int.__set__, _fields.is_safe.__set__


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970, never negative. By parts: half the time of dividing by a timedelta."""
    since = moment - EPOCH
    return max(since.days * 86_400_000 + since.seconds * 1_000 + since.microseconds // 1_000, 0)


def compose(millisecond: int, bits: int, version: int) -> int:
    """Return the number of a uuid of 48 bits of time and 74 of `bits`."""
    return (millisecond & 0xFFFFFFFFFFFF) << 80 | version | VARIANT | bits & HASHED


def stable_id(*, source: bytes, message_id: str, client_at: datetime | None) -> UUID:
    """Return the id of an event with a message id: a pure function of what the client sent."""
    return hashed_id(keyed_hash(source), message_id=message_id, client_at=client_at)


def keyed_hash(source: bytes) -> blake2b:
    """Return the hash that the ids of a source's events begin with. To be copied: a third less than one anew."""
    return blake2b(digest_size=16, key=source)


def hashed_id(begun: blake2b, *, message_id: str, client_at: datetime | None) -> UUID:
    """Return the id of an event with a message id, by the hash of its source."""
    told = begun.copy()
    told.update(message_id.encode("utf-8", "replace"))
    millisecond = milliseconds(client_at) if client_at else 0
    return make_uuid(compose(millisecond, int.from_bytes(told.digest()), VERSION_8))


def make_uuid(number: int) -> UUID:
    """Return `UUID(int=number)` in half its time: it is known to be one."""
    made: UUID = _new(UUID)
    _set_int(made, number)
    _set_safe(made, UNKNOWN)
    return made


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
