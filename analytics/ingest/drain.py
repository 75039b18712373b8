"""Draining the spool: what waited on disk is stored, oldest first, as soon as PostgreSQL is back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
import psycopg
import structlog

from analytics.ingest.pipeline import Sorted
from analytics.ingest.products import resolve_product
from analytics.ingest.received import Accepted
from analytics.ingest.spool import (
    Spool,
    SpoolRecord,
    Waiting,
    mark_stored,
    read_records,
    set_aside_damaged,
    try_lock,
)
from analytics.store.engine import StoreBroken, StoreUnavailable
from analytics.store.event import EPOCH
from analytics.store.postgres import PostgresStore
from zuka.platform.db.files import load_sql
from zuka.platform.disk import sync_path

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
GROUP_EVENTS, GROUP_REQUESTS = 1_000, 200
FIND_ARRIVED = Path(__file__).parent.parent / "store" / "sql" / "ingest" / "find_arrived.sql"
Store = Callable[[list[Sorted]], None]
Arrived = dict[UUID, datetime]


def drain_spool(spool: Spool, store: Store) -> int:
    """Store what waits and return how many requests that were. Raises StoreUnavailable while PostgreSQL is away.

    `store` takes some requests at a time, all or none. Files that a living process still appends to are left alone; a
    file is removed when all of it is stored.
    """
    return sum(drain_file(path, store) for path in spool.files())


def drain_file(path: Path, store: Store) -> int:
    """Store one file's requests in order and remove it; return their number, 0 when somebody else has it.

    Where some cannot be stored, the others are, and the file is set aside with them.
    """
    try:
        file = path.open("r+b")
    except FileNotFoundError:  # another process has drained it
        return 0
    with file:
        if not try_lock(file) or not path.exists():
            return 0
        number = left = 0
        for group in grouped(read_records(file)):
            stored = store_group([each for each in group if each.record], store)
            mark_stored(file, stored)
            number += len(stored)
            left += len(group) - len(stored)
        if left:
            set_aside_damaged(path, left=left)
        else:
            path.unlink()
        sync_path(path.parent)
    return number


def grouped(records: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Return records in groups that are worth a transaction: of many events, or of many requests."""
    group: list[Waiting] = []
    events = 0
    for each in records:
        group.append(each)
        events += len(each.record.accepted) if each.record else 0
        if events >= GROUP_EVENTS or len(group) >= GROUP_REQUESTS:
            yield group
            group, events = [], 0
    if group:
        yield group


def store_group(group: list[Waiting], store: Store) -> list[Waiting]:
    """Store a group in one transaction, one by one where that fails for good; return those that are stored."""
    if not group:
        return []
    try:
        store([outcome_of(each.record) for each in group if each.record])
    except StoreBroken:
        if len(group) > 1:
            return [each for one in group for each in store_group([one], store)]
        log.exception("spool.refused", position=group[0].position)
        return []
    return group


def outcome_of(record: SpoolRecord) -> Sorted:
    """Return the outcome of a request that waited; what products its events mean could not be asked before."""
    accepted = [with_product(each) for each in record.accepted]
    places = [0] * len(record.rejected)
    return Sorted(record.source, accepted=accepted, rejected=record.rejected, places=places, dropped=record.dropped)


def with_product(each: Accepted) -> Accepted:
    """Return an event whose product reference is resolved."""
    event = each.whole
    if event.product_ref is None:
        return each
    event = msgspec.structs.replace(event, product_ref=resolve_product(event.product_ref))
    return msgspec.structs.replace(each, event=event)


def without_arrived(store: PostgresStore, outcomes: Sequence[Sorted]) -> list[Sorted]:
    """Leave out what these very requests have stored already, and counted: their commit was heard by nobody, because
    PostgreSQL or this program ended in between. What another request stored of the same ids is a duplicate and stays.

    A request is known by its moment of arrival, which each of its rows carries. Raises StoreUnavailable.
    """
    events = [each.event for outcome in outcomes for each in outcome.accepted]
    ids = [event.id for event in events]
    times = [event.occurred_at for event in events] or [EPOCH]
    params = {
        "ids": ids,
        "times": times[: len(events)],
        "first": min(times),
        "last": max(times),
        "moments": [outcome.source.received_at for outcome in outcomes],
        "refused": [*ids, *(row.id for outcome in outcomes for row in outcome.rejected)],
    }
    try:
        with store.open().cursor() as cursor:
            cursor.execute(load_sql(FIND_ARRIVED).encode(), params)
            arrived: Arrived = {row[0]: row[1] for row in cursor.fetchall()}
    except psycopg.Error as error:
        raise StoreUnavailable(str(error)) from error
    return [remaining(outcome, arrived) for outcome in outcomes] if arrived else list(outcomes)


def remaining(outcome: Sorted, arrived: Arrived) -> Sorted:
    """Return what of a request is not stored. Displaced events have a transaction of their own, before all others."""
    moment = outcome.source.received_at
    displaced = [each for each in outcome.accepted if each.is_displaced]
    prompt = [each for each in outcome.accepted if not each.is_displaced]
    own_displaced = any(arrived.get(each.event.id) == moment for each in displaced)
    rejected = [row for row in outcome.rejected if arrived.get(row.id) != moment]
    own = any(arrived.get(each.event.id) == moment for each in prompt) or len(rejected) < len(outcome.rejected)
    gone = {each.event.id for each in (*displaced * own_displaced, *prompt * own) if each.event.id in arrived}
    return replace(
        outcome,
        accepted=[each for each in outcome.accepted if each.event.id not in gone],
        rejected=rejected,
        places=[0] * len(rejected),
        dropped=0 if own else outcome.dropped,
    )


class Drainer:
    """A thread that looks once a second whether anything waits, and has it stored."""

    def __init__(self, drain: Callable[[], int]) -> None:
        self.drain = drain
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self.run, name="spool-drainer", daemon=True)
        self.thread.start()

    def run(self) -> None:
        """Drain until closed; while PostgreSQL is away, try again later."""
        while not self.closing.wait(LOOK_SECONDS):
            try:
                if number := self.drain():
                    log.warning("spool.drained", requests=number)
            except StoreUnavailable:  # still away: what waits goes on waiting
                continue
            except Exception:
                log.exception("spool.drain_failed")

    def close(self) -> None:
        """Stop the thread."""
        self.closing.set()
        self.thread.join()
