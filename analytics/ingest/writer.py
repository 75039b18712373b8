"""Group commit: concurrent requests of a process share one transaction, and are answered after it (never before).

One thread writes for all small requests; while it commits, the next group gathers, so there is no timer. A request of
50 events or more is worth its own COPY, on a small pool of connections.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from queue import LifoQueue
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from analytics.ingest.counting import make_batch
from analytics.ingest.pipeline import Sorted, payload_text, reading_text
from analytics.ingest.received import Accepted
from analytics.registry.types import Reason
from analytics.store.engine import StoreEngine, StoreRefused, StoreUnavailable
from analytics.store.event import Event, RejectedRow
from analytics.store.postgres import PostgresStore

log = structlog.get_logger(__name__)
LARGE = 50
ANSWER_SECONDS = 30.0
DJANGOS_OWN = frozenset(("client_encoding", "cursor_factory", "context", "prepare_threshold", "pool"))


class Receipt:
    """What became of a request's events, once they are committed: the ids stored before, and late rejections."""

    def __init__(self, outcome: Sorted) -> None:
        self.outcome = outcome
        self.received = len(outcome.accepted) + len(outcome.rejected) + outcome.dropped
        self.places = {each.event.id: each.raw.place for each in reversed(outcome.accepted)}
        self.duplicates: set[UUID] = set()
        self.refused: list[RejectedRow] = []
        self.error: StoreUnavailable | None = None
        self.done = threading.Event()

    def wait(self) -> Receipt:
        """Wait for the commit. Raises StoreUnavailable when there was none."""
        if not self.done.wait(ANSWER_SECONDS):
            raise StoreUnavailable("the writer did not answer")
        if self.error:
            raise self.error
        return self


def late_rejection(
    each: Accepted, *, message: str, reason: Reason = Reason.STORAGE_ERROR, field: str | None = None
) -> RejectedRow:
    """Return the row of an event that passed the steps and that the store would not take, as it was sent."""
    event = each.event
    return RejectedRow(
        id=event.id,
        stage="writer",
        reason=reason.value,
        message=message[:500],
        field=field,
        door=each.door,
        source_key=event.source_key,
        message_id=event.message_id,
        source_name=event.source_name,
        received_at=event.received_at,
        payload=payload_text(each.raw.original),
        reading=reading_text(each.raw),
    )


def no_partition(each: Accepted) -> RejectedRow:
    """Return the row of an event whose month has no partition."""
    message = f"There is no room for {each.event.occurred_at:%Y-%m}: its month is not kept."
    return late_rejection(each, message=message, reason=Reason.NO_PARTITION, field="occurred_at")


def set_aside(store: StoreEngine, outcome: Sorted) -> list[RejectedRow]:
    """Take events whose month has no partition out of an outcome: one of them would abort the whole COPY."""
    if not outcome.accepted:
        return []
    months = store.months()
    times = [each.event.occurred_at for each in outcome.accepted]
    earliest, latest = min(times), max(times)
    if any(start <= earliest and latest < end for start, end in months):
        return []

    def has_room(event: Event) -> bool:
        return any(start <= event.occurred_at < end for start, end in months)

    refused = [each for each in outcome.accepted if not has_room(each.event)]
    if refused:
        outcome.accepted = [each for each in outcome.accepted if has_room(each.event)]
        outcome.refused += len(refused)
    return [no_partition(each) for each in refused]


def store_singly(store: StoreEngine, receipt: Receipt) -> None:
    """Store a request event by event, after its batch was refused: what cannot be stored is kept as rejected."""
    outcome = receipt.outcome
    singles = {each.event.id: each for each in reversed(outcome.accepted)}
    rest = replace(outcome, accepted=[], doubles=len(outcome.accepted) - len(singles))
    for each in singles.values():
        try:
            receipt.duplicates |= store.store_batch(make_batch([Sorted(outcome.source, accepted=[each])]))
        except StoreRefused as error:
            receipt.refused.append(late_rejection(each, message=str(error)))
            rest.refused += 1
    store.store_batch(make_batch([rest], receipt.refused))


def credit(receipts: Sequence[Receipt], duplicates: set[UUID]) -> None:
    """Tell each request which of its events were stored before, by an earlier one of the same group too."""
    seen: set[UUID] = set()
    for receipt in receipts:
        ids = {each.event.id for each in receipt.outcome.accepted}
        receipt.duplicates = ids & duplicates | ids & seen
        seen |= ids


def store_receipts(store: StoreEngine, receipts: Sequence[Receipt]) -> None:
    """Store a group of requests in one transaction and wake them; a bad value in one does not harm the others."""
    try:
        for receipt in receipts:
            receipt.refused = set_aside(store, receipt.outcome)
        refused = [row for receipt in receipts for row in receipt.refused]
        credit(receipts, store.store_batch(make_batch([receipt.outcome for receipt in receipts], refused)))
    except StoreRefused:
        store_apart(store, receipts)
    except StoreUnavailable as error:
        fail(receipts, error)
    except Exception as error:  # nobody may be told 200 for what was not stored, whatever went wrong
        log.exception("writer.failed")
        fail(receipts, StoreUnavailable(repr(error)))
    finally:
        for receipt in receipts:
            receipt.done.set()


def fail(receipts: Sequence[Receipt], error: StoreUnavailable) -> None:
    """Tell every request of a group that it was not stored."""
    for receipt in receipts:
        receipt.error = error


def store_apart(store: StoreEngine, receipts: Sequence[Receipt]) -> None:
    """Store each request of a refused group by itself, event by event."""
    for receipt in receipts:
        try:
            store_singly(store, receipt)
        except StoreUnavailable as error:
            receipt.error = error
        except StoreRefused as error:
            receipt.error = StoreUnavailable(str(error))


class GroupWriter:
    """The writer of a web process: a thread for groups, a pool for large requests. Started when first used."""

    def __init__(self, conninfo: str, *, connections_for_large: int, is_pooled: bool = False) -> None:
        self.waiting: list[Receipt] = []
        self.is_closing = False
        self.wake = threading.Condition()
        self.store = PostgresStore(conninfo, is_pooled=is_pooled)
        self.pool: LifoQueue[PostgresStore] = LifoQueue()
        for _ in range(max(connections_for_large, 1)):
            self.pool.put(PostgresStore(conninfo, is_pooled=is_pooled))
        self.thread = threading.Thread(target=self.run, name="event-writer", daemon=True)
        self.thread.start()

    def submit(self, outcome: Sorted) -> Receipt:
        """Store a request's events and return its receipt, after the commit. Raises StoreUnavailable."""
        receipt = Receipt(outcome)
        if len(outcome.accepted) >= LARGE:
            store = self.pool.get()
            try:
                store_receipts(store, [receipt])
            finally:
                self.pool.put(store)
            return receipt.wait()
        with self.wake:
            self.waiting.append(receipt)
            self.wake.notify()
        return receipt.wait()

    def close(self) -> None:
        """Write what is waiting, then stop the thread and close every connection."""
        with self.wake:
            self.is_closing = True
            self.wake.notify()
        self.thread.join()
        for store in (self.store, *(self.pool.get() for _ in range(self.pool.qsize()))):
            store.close()

    def run(self) -> None:
        """Write group after group, until the writer is closed."""
        while True:
            with self.wake:
                self.wake.wait_for(lambda: self.waiting or self.is_closing)
                group, self.waiting = self.waiting, []
            if not group:
                return
            store_receipts(self.store, group)


_writer: GroupWriter | None = None
_starting = threading.Lock()


def conninfo() -> str:
    """Return the connection string of Django's default database, which tests point at their own."""
    params = connections["default"].get_connection_params()
    return make_conninfo(**{key: value for key, value in params.items() if key not in DJANGOS_OWN and value})


def process_writer() -> GroupWriter:
    """Return the writer of this process."""
    global _writer  # noqa: PLW0603 - one a process, made after the server has forked
    with _starting:
        if _writer is None:
            _writer = GroupWriter(
                conninfo(), connections_for_large=settings.INGEST_CONNECTIONS, is_pooled=settings.DATABASE_POOLED
            )
    return _writer


def close_process_writer() -> None:
    """Close the writer of this process; the next event starts another."""
    global _writer  # noqa: PLW0603 - see above
    with _starting:
        if _writer is not None:
            _writer.close()
        _writer = None
