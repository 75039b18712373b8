"""Counts of what came in, as a transaction adds them: what is taken for new, and corrected where it was not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from analytics.registry.types import Flag
from analytics.store.event import AnyEvent

BOT, SKEWED = int(Flag.BOT), int(Flag.SKEWED)
FARTHEST_MS = 10**11  # three years: a clock that is off by more says nothing about lateness


class Tally(msgspec.Struct, kw_only=True, gc=False):
    """What came in of one key, door and client in one hour: a row of `analytics_ingest_tallies`."""

    hour: datetime
    source_key: UUID | None
    door: str
    client: str
    last_at: datetime
    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    dropped: int = 0
    bots: int = 0
    skewed: int = 0
    late_ms: int = 0
    clock_ms: int = 0
    clocked: int = 0


class Counted(msgspec.Struct, kw_only=True):
    """A tally that takes every one of `events` for new; those stored before are corrected in the same transaction."""

    tally: Tally
    events: list[AnyEvent] = []


def add_accepted(tally: Tally, events: Iterable[AnyEvent], sign: int = 1) -> None:
    """Count accepted events; with sign -1 take them back."""
    count = bots = skewed = late = clock = clocked = 0
    for event in events:
        count += 1
        if flags := event.flags:
            bots += (flags & BOT) != 0
            skewed += (flags & SKEWED) != 0
        if -FARTHEST_MS < (late_ms := event.late_ms) < FARTHEST_MS:
            late += late_ms
        if (clock_ms := event.clock_ms) is None:
            continue
        clocked += 1
        if -FARTHEST_MS < clock_ms < FARTHEST_MS:
            clock += clock_ms
    tally.accepted += sign * count
    tally.bots += sign * bots
    tally.skewed += sign * skewed
    tally.late_ms += sign * late
    tally.clocked += sign * clocked
    tally.clock_ms += sign * clock


def corrections(counts: Iterable[Counted], duplicates: set[UUID]) -> list[Counted]:
    """Return what takes back, of events that were stored before, all that was counted of them as new."""
    found = []
    for each in counts:
        doubles = [event for event in each.events if event.id in duplicates]
        if not doubles:
            continue
        tally = each.tally
        correction = Tally(
            hour=tally.hour, source_key=tally.source_key, door=tally.door, client=tally.client, last_at=tally.last_at
        )
        add_accepted(correction, doubles, sign=-1)
        correction.duplicate = len(doubles)
        found.append(Counted(tally=correction))
    return found
