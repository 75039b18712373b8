"""Conservation: received = accepted + duplicate + rejected + dropped, counted in the transaction that stores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from analytics.ingest.context import CLIENT_LENGTH
from analytics.ingest.pipeline import Sorted
from analytics.ingest.received import Accepted, Source
from analytics.store.engine import Batch, Displaced
from analytics.store.event import AnyEvent, Event, RejectedRow
from analytics.store.tallies import Counted, Tally, add_accepted
from zuka.platform.clock import hour_start

Key = tuple[datetime, UUID | None, str, str]


class Counter:
    """Adds up what one transaction stores: one tally for each hour, key, door and client."""

    def __init__(self) -> None:
        self.counted: dict[Key, Counted] = {}

    def of(self, source: Source) -> Counted:
        """Return the tally that a source's events belong to."""
        key = (hour_start(source.received_at), source.key_id, source.door, source.client)
        found = self.counted.get(key)
        if found is None:
            tally = Tally(
                hour=key[0],
                source_key=source.key_id,
                door=source.door,
                client=source.client[:CLIENT_LENGTH],
                last_at=source.received_at,
            )
            found = self.counted[key] = Counted(tally=tally)
        found.tally.last_at = max(found.tally.last_at, source.received_at)
        return found

    def add(self, source: Source, *, duplicate: int = 0, rejected: int = 0, dropped: int = 0) -> None:
        """Count events that are not stored as accepted ones."""
        if not duplicate + rejected + dropped:
            return
        tally = self.of(source).tally
        tally.received += duplicate + rejected + dropped
        tally.duplicate += duplicate
        tally.rejected += rejected
        tally.dropped += dropped

    def add_events(self, source: Source, events: Sequence[AnyEvent]) -> None:
        """Count events that are taken for new."""
        if not events:
            return
        counted = self.of(source)
        counted.tally.received += len(events)
        add_accepted(counted.tally, events)
        counted.events += events


def distinct(accepted: list[Accepted], seen: set[str]) -> list[Accepted]:
    """Return the accepted events whose ids were not seen yet, each once; now they are."""
    ids = {each.event.key for each in accepted}
    if len(ids) == len(accepted) and seen.isdisjoint(ids):
        seen |= ids
        return accepted
    new = []
    for each in accepted:
        if each.event.key not in seen:
            seen.add(each.event.key)
            new.append(each)
    return new


def make_batch(outcomes: Sequence[Sorted], refused: Iterable[RejectedRow] = ()) -> Batch:
    """Return the batch of some requests, in which each id stands once, with what came in counted.

    `refused` are events of these requests that the store would not take: they are already out of `accepted`.
    """
    batch = Batch(rejected=[*(row for outcome in outcomes for row in outcome.rejected), *refused])
    prompt, displaced = Counter(), Counter()
    seen: set[str] = set()
    for outcome in outcomes:
        source = outcome.source
        new = distinct(outcome.accepted, seen)
        late = [Displaced(event=each.whole, client_at=each.client_at) for each in new if each.is_displaced]
        timely = [each.event for each in new if not each.is_displaced]
        displaced.add_events(source, [each.event for each in late])
        prompt.add_events(source, timely)
        batch.displaced += late
        batch.prompt += timely
        batch.repeated += len(outcome.accepted) - len(new)
        doubles = len(outcome.accepted) - len(new) + outcome.doubles
        prompt.add(source, duplicate=doubles, rejected=len(outcome.rejected) + outcome.refused, dropped=outcome.dropped)
    batch.counts = list(prompt.counted.values())
    batch.displaced_counts = list(displaced.counted.values())
    return batch


def count_loaded(events: Sequence[Event]) -> list[Counted]:
    """Return what a load of ready events brings, by the hour and key they say they came with."""
    tallies: dict[tuple[datetime, UUID | None], Tally] = {}
    for event in events:
        key = (hour_start(event.received_at), event.source_key)
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = Tally(
                hour=key[0], source_key=key[1], door="load", client="zuka", last_at=event.received_at
            )
        tally.last_at = max(tally.last_at, event.received_at)
        tally.received += 1
        add_accepted(tally, [event])
    return [Counted(tally=tally) for tally in tallies.values()]
