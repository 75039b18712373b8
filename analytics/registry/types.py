"""The forms of declarations: what an event type, a rollup, a metric and a report are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntFlag
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(max_length=8192)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Amount = Annotated[float, Meta(ge=-1e13, le=1e13)]


class Payload(msgspec.Struct, kw_only=True, gc=False):
    """Properties of an event type. Declared fields are checked, unknown ones are kept as sent."""


class Flag(IntFlag):
    """Marks on a stored event, a smallint bit set (decision 24)."""

    BOT = 1
    SKEWED = 2
    CLAIMED = 4
    IMPORTED = 8
    RENAMED = 16


class Said(Enum):
    """Who may say it: the shop alone (a client's word is renamed), or a client too, as a claim or as its own fact."""

    SERVER = "server"
    CLAIM = "claim"
    ANYONE = "anyone"


class Reason(Enum):
    """Why an event is rejected: a closed list, each with a test."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    MISSING_ACTOR = "missing_actor"
    MISSING_TYPE = "missing_type"
    UNKNOWN_TYPE = "unknown_type"
    INVALID_PROPERTY = "invalid_property"
    NOT_ALLOWED_FOR_KEY = "not_allowed_for_key"
    TOO_OLD = "too_old"
    NO_PARTITION = "no_partition"
    STORAGE_ERROR = "storage_error"


@dataclass(frozen=True, slots=True)
class EventType:
    """A canonical event type.

    `aliases` are the names other vocabularies use; `example` are properties that pass, `broken` ones that are
    rejected as `invalid_property`; `value` names the properties that hold its amount, first one wins; `hidden`
    properties are not kept (free text of people); `is_visit` is False when nobody is there as it happens.
    """

    name: str
    text: str
    payload: type[Payload]
    example: Mapping[str, Any]
    broken: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    said: Said = Said.ANYONE
    value: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    is_visit: bool = True


@dataclass(frozen=True, slots=True)
class Rollup:
    """A table with one row a day and entity. Its SQL file selects one day's rows, in the order of `columns`.

    `keys` identify a row beside the day; `unsummable` are measures that must never be added over days. One that
    `compacts` is kept by month, then by year, once it is old (`lifecycle/compaction/`); of what is unsummable nothing
    is known then.
    """

    name: str
    table: str
    text: str
    keys: tuple[str, ...]
    measures: tuple[str, ...]
    unsummable: tuple[str, ...] = ()
    compacts: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of a row, in the order the SQL file selects them."""
        return ("day", *self.keys, *self.measures)


@dataclass(frozen=True, slots=True)
class MaterializedView:
    """A view that is refreshed CONCURRENTLY on a schedule; `unique` are the plain columns of its unique index."""

    name: str
    text: str
    unique: tuple[str, ...]
