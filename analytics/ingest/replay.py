"""Mending rejected events and replaying them: read again from what their door made of them, by the rules of today.

An event that is accepted now is stored with the id that its client's message gives it, so a replay, a second replay
and the client's own retry are one event. What is refused again stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import RawEvent
from analytics.ingest.rights import source_by
from analytics.ingest.storing import set_aside
from analytics.store.engine import Displaced
from analytics.store.event import RejectedRow
from analytics.store.models import RejectedEvent
from analytics.store.partitioning import event_months
from analytics.store.postgres import raw_connection, store_displaced, store_prompt
from analytics.store.tallies import Counted, Tally
from zuka.platform.clock import hour_start
from zuka.platform.keys.finding import Grant, grant_of
from zuka.platform.models import ApiKey

AT_ONCE = 500
_decode = msgspec.json.Decoder(RawEvent).decode


@dataclass(frozen=True, slots=True)
class Mend:
    """How rejected events are mended before they are read again.

    `rename` gives them another name, which `remember` keeps as their key's own name for it, so that later ones are
    taken at once. `drop_field` leaves a property out (`address.street` inside another).
    """

    rename: str = ""
    remember: bool = False
    drop_field: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a replay: counts of events, and why those that were refused again were."""

    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    skipped: int = 0
    problems: tuple[str, ...] = ()


def mended(raw: RawEvent, mend: Mend) -> RawEvent:
    """Return an event as it is to be read."""
    if mend.rename:
        raw.name = mend.rename
    if mend.drop_field and isinstance(raw.properties, dict):
        *parents, last = mend.drop_field.removeprefix("properties.").split(".")
        place = raw.properties
        for parent in parents:
            inner = place.get(parent)
            if not isinstance(inner, dict):
                return raw
            place = inner
        place.pop(last, None)
    return raw


def reading_of(row: RejectedEvent, mend: Mend) -> RawEvent | None:
    """Return what a rejected event's door made of it, mended; None where it could make nothing of it."""
    if not row.reading:
        return None
    raw = mended(_decode(row.reading), mend)
    raw.message_id = raw.message_id or row.message_id or f"rejected:{row.id}"
    raw.original = {"replayed": str(row.id)}
    return raw


def grants_of(rows: Iterable[RejectedEvent]) -> dict[UUID, Grant]:
    """Return what the keys of rejected events allow, whether they still work or not."""
    keys = {row.source_key for row in rows if row.source_key}
    return {key.id: grant_of(key) for key in ApiKey.objects.filter(id__in=keys)}


def try_events(rows: list[RejectedEvent], mend: Mend) -> list[tuple[RejectedEvent, Sorted | None]]:
    """Return what would become of rejected events, without storing anything; None for what cannot be read."""
    grants = grants_of(rows)
    tried: list[tuple[RejectedEvent, Sorted | None]] = []
    for row in rows:
        raw = reading_of(row, mend)
        is_orphan = row.source_key is not None and row.source_key not in grants
        if raw is None or is_orphan:
            tried.append((row, None))
            continue
        # When it came, with what its key allows today.
        grant = grants[row.source_key] if row.source_key else None
        source = source_by(grant, door=row.door, received_at=row.received_at, client="replay")
        tried.append((row, sort_events([raw], source)))
    return tried


def replay_events(*, ids: Iterable[UUID], mend: Mend, at: datetime) -> Replayed:
    """Mend and replay rejected events, 500 in a transaction. Those replayed before are left alone."""
    total = Replayed()
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        done = replay_chunk(wanted[start : start + AT_ONCE], mend=mend, at=at)
        total = Replayed(
            accepted=total.accepted + done.accepted,
            duplicate=total.duplicate + done.duplicate,
            refused=total.refused + done.refused,
            skipped=total.skipped + done.skipped,
            problems=tuple(dict.fromkeys((*total.problems, *done.problems)))[:10],
        )
    return total


@transaction.atomic
def replay_chunk(ids: list[UUID], *, mend: Mend, at: datetime) -> Replayed:
    """Replay some rejected events; two replays at once wait for one another, and the second finds them done."""
    rows = list(RejectedEvent.objects.select_for_update().filter(id__in=ids, replayed_at=None).order_by("id"))
    counts = {"accepted": 0, "duplicate": 0, "refused": 0, "skipped": len(ids) - len(rows)}
    problems: list[str] = []
    if mend.rename and mend.remember:
        remember_names(rows, mend.rename)
    for row, outcome in try_events(rows, mend):
        if outcome is None or refused_rows(outcome) or not outcome.accepted:
            counts["refused"] += 1
            problems.append(problem_of(outcome))
            continue
        result = store_again(row, outcome)
        counts[result] += 1
        RejectedEvent.objects.filter(pk=row.pk).update(replayed_at=at, replay=result)
    return Replayed(**counts, problems=tuple(dict.fromkeys(problems)))


def remember_names(rows: list[RejectedEvent], name: str) -> None:
    """Keep what rejected events were called as their keys' own names of an event type."""
    named: dict[UUID, set[str]] = {}
    for row in rows:
        if row.source_key and row.source_name:
            named.setdefault(row.source_key, set()).add(row.source_name)
    for key in ApiKey.objects.select_for_update().filter(id__in=named).order_by("id"):
        key.event_aliases = {**key.event_aliases, **dict.fromkeys(sorted(named[key.id]), name)}
        key.save(update_fields=["event_aliases", "updated_at"])


def refused_rows(outcome: Sorted) -> list[RejectedRow]:
    """Return what is refused again: by a step, or because its month has no room."""
    return [*outcome.rejected, *set_aside(event_months, outcome)]


def problem_of(outcome: Sorted | None) -> str:
    """Return why an event is refused again."""
    if outcome is None:
        return "It could not be read, or its key is gone."
    if outcome.rejected:
        return outcome.rejected[0].message
    return "Its person has not agreed to be tracked." if outcome.dropped else "There is no room for its month."


def store_again(row: RejectedEvent, outcome: Sorted) -> str:
    """Store a mended event in the current transaction, and move it from rejected to what it is now in the counts."""
    [each] = outcome.accepted
    connection = raw_connection()
    if each.is_displaced:
        displaced = [Displaced(event=each.whole, client_at=each.client_at)]
        doubles = store_displaced(connection, displaced, months=event_months())
    else:
        doubles = store_prompt(connection, [each.event])
    result = "duplicate" if doubles else "accepted"
    tally = Tally(
        hour=hour_start(row.received_at),
        source_key=row.source_key,
        door=row.door,
        client="replay",
        last_at=row.received_at,
        rejected=-1,
        **{result: 1},
    )
    store_prompt(connection, [], counts=[Counted(tally=tally)])
    return result
