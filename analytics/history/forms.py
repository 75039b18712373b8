"""What a format of history is: a record of small functions, and what a shop owner should know of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from django.http import HttpRequest

from analytics.ingest.doors.door import Call
from analytics.ingest.received import RawEvent

Value = Mapping[str, Any]
# For doors that look at a request: history came by none.
NO_CALL = Call("history", HttpRequest(), datetime(1970, 1, 1, tzinfo=UTC))


class Shape(Enum):
    """How a file holds its records: as rows whose cells are text, or as objects with values of their own."""

    TABLE = "table"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What a product counted on a day: different visitors, visits, page views, visits of one page, seconds of all."""

    day: date
    visitors: int
    visits: int
    pageviews: int
    bounces: int
    visit_seconds: int


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that holds history.

    `patterns` are the files it is made of inside a zip; `needs` the names that the first record of one has, by which it
    is recognised, in a file of its `shape`. `read` turns a record into raw events, one or more, or `read_day` into what
    was counted on a day.
    `fields` are what of it becomes what of an event. `keeps_ids`: its ids are those of events of Zuka. `get` is how to
    get the file, `kept` and `lost` what of it is kept and what is not; `facts` where its makers describe it.
    """

    id: str
    title: str
    files: str
    patterns: tuple[str, ...]
    needs: frozenset[str]
    get: str
    kept: str
    lost: str
    facts: str
    fields: tuple[tuple[str, str], ...]
    shape: Shape
    read: Callable[[dict[str, Any]], list[RawEvent]] | None = None
    read_day: Callable[[dict[str, Any]], DayTotal] | None = None
    keeps_ids: bool = False


class Unreadable(ValueError):  # noqa: N818 - it is the record that cannot be read
    """A record that says nothing that can be kept; the message says why."""


def whole(value: Value, name: str) -> int:
    """Return a count of a record; empty is none. Raises Unreadable."""
    text = str(value.get(name) or "0").strip()
    if not text.isdecimal() or len(text) > 15:
        raise Unreadable(f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text)


def said(context: dict[str, Any] | None, **columns: Any) -> dict[str, Any]:
    """Return a context with what columns of a record say of device and place; empty ones say nothing."""
    return {**(context or {}), **{name: value for name, value in columns.items() if value not in (None, "")}}
