"""PUBLIC WRITE: the shop's facts, recorded in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
import structlog
from django.db import DatabaseError, transaction

from analytics.ingest.counting import count_loaded, make_batch
from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.storing import late_rejection, no_partition
from analytics.lifecycle.archive.room import make_room
from analytics.store.engine import Batch
from analytics.store.event import Event, RejectedRow
from analytics.store.facts import store_fact
from analytics.store.partitioning import TABLE
from analytics.store.postgres import by_id, copy_events, raw_connection, remember_days, store_prompt
from zuka.platform import clock
from zuka.platform.actor import Actor
from zuka.platform.db.partitions import ensure_partitions

log = structlog.get_logger(__name__)
CHUNK = 5_000


def track(event_type: str, *, actor: Actor, at: datetime, message_id: str | None = None, **payload: Any) -> None:
    """Record a fact of the shop in the caller's transaction, beside its cause.

    `event_type` is a canonical name (`order.paid`); `message_id` makes it idempotent (`order.paid:ZUKA-2026-000123`);
    `payload` holds the type's properties, amounts in naira or in kobo as `value_kobo`. Never raises for a bad event:
    what cannot be stored is kept as rejected, and the caller's fact stands.
    """
    raw = RawEvent(
        name=event_type,
        message_id=message_id,
        user_id=actor.user_id,
        visitor_id=actor.visitor_id,
        session_id=actor.session_id,
        occurred_at=at.isoformat(),
        properties=payload,
        context=actor.utm or None,
        original={"type": event_type, "user_id": actor.user_id, "visitor_id": actor.visitor_id, "properties": payload},
    )
    try:
        source = Source(door="track", received_at=max(at, clock.now()), is_server=True, client="zuka")
        keep(sort_events([raw], source))
    except Exception:
        log.exception("track.failed", event_type=event_type, message_id=message_id)


def keep(outcome: Sorted) -> None:
    """Store an outcome in the current transaction. An event the database refuses is kept as rejected instead."""
    for result in outcome.accepted:
        try:
            store_one(make_batch([outcome]))
        except psycopg.errors.CheckViolation:
            keep_rejected(outcome.source, [no_partition(result)])
        except (DatabaseError, psycopg.Error) as error:
            keep_rejected(outcome.source, [late_rejection(result, message=str(error))])
    if outcome.rejected:
        keep_rejected(outcome.source, outcome.rejected)


def store_one(batch: Batch) -> None:
    """Store a fact: one with a message id claims it first, so that the same fact at another moment is not another."""
    if batch.displaced:
        store_fact(batch.displaced[0], batch.displaced_counts)
    else:
        with transaction.atomic():
            store_prompt(raw_connection(), batch.prompt, counts=batch.counts)


def keep_rejected(source: Source, rows: list[RejectedRow]) -> None:
    """Keep rejected events, in the current transaction."""
    with transaction.atomic():
        batch = make_batch([Sorted(source, rejected=rows)])
        store_prompt(raw_connection(), [], batch.rejected, batch.counts)


def track_many(events: Iterable[Event]) -> int:
    """Load any number of ready events of any age by COPY and return how many (decision 6).

    For imports and demo data: months are created as needed, and archived ones restored, ids must be new, nothing is
    checked event by event.
    """
    total = 0
    chunk: list[Event] = []
    for event in events:
        chunk.append(event)
        if len(chunk) == CHUNK:
            total += load_chunk(chunk)
            chunk = []
    return total + (load_chunk(chunk) if chunk else 0)


def load_chunk(events: list[Event]) -> int:
    """Load one chunk in one transaction."""
    events = sorted(events, key=by_id)
    days = [clock.local_day(event.occurred_at) for event in (min(events, key=when), max(events, key=when))]
    make_room(first=days[0], last=days[1], at=clock.now())
    ensure_partitions(table=TABLE, first=days[0], last=days[1])
    with transaction.atomic(), raw_connection().cursor() as cursor:
        copy_events(cursor, events)
        remember_days(cursor, events, count_loaded(events))
    return len(events)


def when(event: Event) -> datetime:
    """Return when an event happened."""
    return event.occurred_at
