"""Where events rest, as a protocol: PostgreSQL by default; another engine is named by dotted path (decision 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from analytics.store.event import AnyEvent, Event, RejectedRow
from analytics.store.tallies import Counted


class Displaced(msgspec.Struct, kw_only=True, gc=False):
    """An event whose stored time is not its client's; `client_at` is None when the client gave none."""

    event: Event
    client_at: datetime | None


class Batch(msgspec.Struct, kw_only=True):
    """What one transaction writes. An id stands at most once in `prompt` and `displaced` together.

    `counts` count the prompt and rejected events, `displaced_counts` the displaced ones. Once displaced events are
    committed, whatever becomes of the others, they move to `stored`, and those that were there before to `doubles`.
    `repeated` events are not in it because their id stands in it already.
    """

    prompt: list[AnyEvent] = []
    displaced: list[Displaced] = []
    rejected: list[RejectedRow] = []
    counts: list[Counted] = []
    displaced_counts: list[Counted] = []
    repeated: int = 0
    stored: set[UUID] = set()
    doubles: set[UUID] = set()


class StoreEngine(Protocol):
    """What writers need of a place where events rest."""

    def store_batch(self, batch: Batch) -> set[UUID]:
        """Store a batch durably and return the ids that were stored before: the duplicates.

        Everything or nothing of it is stored. Raises `StoreUnavailable` when nothing can be stored now, and
        `StoreRefused` when this content cannot be stored ever (one bad value refuses the whole batch).
        """
        ...

    def months(self) -> Sequence[tuple[datetime, datetime]]:
        """Return `[start, end)` of the months that can take events, oldest first; what was read lately will do."""
        ...

    def months_anew(self) -> Sequence[tuple[datetime, datetime]]:
        """Return them as they are now, give or take a second."""
        ...


class StoreUnavailable(Exception):  # noqa: N818 - named for what is the case, answered with 503
    """The place where events rest cannot be reached, or has no room: try again later."""


class StoreBroken(StoreUnavailable):
    """Something failed that nobody foresaw: trying again later would fail again, so it does not wait on disk."""


class StoreRefused(Exception):  # noqa: N818 - named for what happened, leads to storage_error
    """A value that the place where events rest does not take; displaced events of its batch may be stored already."""

    def __init__(self, message: str, batch: Batch | None = None) -> None:
        super().__init__(message)
        self.stored = batch.stored if batch else set()
        self.doubles = batch.doubles if batch else set()
