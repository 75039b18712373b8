"""Group commit: concurrent requests of a process share one transaction, and are answered after it (never before).

One thread writes for all small requests; while it commits, the next group gathers, so there is no timer. A request of
50 events or more goes by COPY on a small pool of connections, together with those that wait for one meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from queue import LifoQueue
from uuid import UUID

import msgspec
import structlog
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from analytics.ingest.counting import make_batch
from analytics.ingest.drain import Drainer, drain_spool, without_arrived
from analytics.ingest.pipeline import Sorted, clean, original_of, payload_text, plain_event, reading_text
from analytics.ingest.received import Accepted
from analytics.ingest.spool import Spool
from analytics.registry.types import Reason
from analytics.store.engine import StoreBroken, StoreEngine, StoreRefused, StoreUnavailable
from analytics.store.event import AnyEvent, RejectedRow
from analytics.store.postgres import PostgresStore

log = structlog.get_logger(__name__)
LARGE = 50
COPY_EVENTS = 3_000
ANSWER_SECONDS = 30.0
AWAY_SECONDS = 1.0
# libpq waits for ever for a machine that went silent; a group of requests must not.
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
DJANGOS_OWN = frozenset(("client_encoding", "cursor_factory", "context", "prepare_threshold", "pool"))


Month = tuple[datetime, datetime]


class Receipt:
    """What became of a request's events, once they are committed: the ids stored before, and late rejections.

    `is_all_new`: every accepted event was stored, and none was there before.
    """

    def __init__(self, outcome: Sorted) -> None:
        self.outcome = outcome
        self.passed = outcome.accepted  # before those are taken out that the store refuses
        self.received = len(outcome.accepted) + len(outcome.rejected) + outcome.dropped
        self.duplicates: set[UUID] = set()
        self.is_all_new = False
        self.refused: list[RejectedRow] = []
        self.error: StoreUnavailable | None = None
        self.answered = threading.Lock()  # a quarter of an Event's time
        self.answered.acquire()

    @property
    def places(self) -> dict[UUID, int]:
        """Where in the request each accepted event stood first."""
        return {each.event.id: each.raw.place for each in reversed(self.passed)}

    @property
    def new(self) -> int:
        """How many events were stored that were not there before."""
        if self.is_all_new:
            return len(self.outcome.accepted)
        ids = {each.event.id for each in self.outcome.accepted}
        return len(ids - self.duplicates - {row.id for row in self.refused})

    def wait(self) -> Receipt:
        """Wait for the commit. Raises StoreUnavailable when there was none."""
        if not self.answered.acquire(timeout=ANSWER_SECONDS):
            raise StoreUnavailable("the writer did not answer")
        if self.error:
            raise self.error
        return self


def late_rejection(
    each: Accepted, *, message: str, reason: Reason = Reason.STORAGE_ERROR, field: str | None = None
) -> RejectedRow:
    """Return the row of an event that passed the steps and that the store would not take, as it was sent."""
    event = each.whole
    return RejectedRow(
        id=event.id,
        stage="writer",
        reason=reason.value,
        message=clean(message[:500]),
        field=field,
        door=each.door,
        source_key=event.source_key,
        message_id=clean(event.message_id) if event.message_id else None,
        source_name=clean(event.source_name),
        received_at=event.received_at,
        payload=payload_text(original_of(each.raw)),
        reading=reading_text(each.raw),
    )


def no_partition(each: Accepted) -> RejectedRow:
    """Return the row of an event whose month has no partition."""
    message = f"There is no room for {each.event.occurred_at:%Y-%m}: its month is not kept."
    return late_rejection(each, message=message, reason=Reason.NO_PARTITION, field="occurred_at")


def set_aside(read_months: Callable[[], Sequence[Month]], outcome: Sorted) -> list[RejectedRow]:
    """Take events whose month has no partition out of an outcome: one of them would abort the whole COPY."""
    if not outcome.accepted:
        return []
    months = read_months()
    times = [each.event.occurred_at for each in outcome.accepted]
    earliest, latest = min(times), max(times)
    if any(start <= earliest and latest < end for start, end in months):
        return []

    def has_room(event: AnyEvent) -> bool:
        return any(start <= event.occurred_at < end for start, end in months)

    refused = [each for each in outcome.accepted if not has_room(each.event)]
    if refused:
        outcome.accepted = [each for each in outcome.accepted if has_room(each.event)]
        outcome.refused += len(refused)
    return [no_partition(each) for each in refused]


def store_singly(store: StoreEngine, receipt: Receipt, *, stored: set[UUID], doubles: set[UUID]) -> None:
    """Store a request event by event, after its batch was refused: what cannot be stored is kept as rejected.

    Displaced events of the batch may be `stored` and counted already, `doubles` of them as duplicates.
    """
    outcome = receipt.outcome
    singles = {each.event.id: each for each in reversed(outcome.accepted)}
    rest = replace(outcome, accepted=[], doubles=len(outcome.accepted) - len(singles))
    for each in singles.values():
        if each.event.id in stored:
            stored.discard(each.event.id)
            receipt.duplicates |= {each.event.id} & doubles
            continue
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
    """Store a group of requests in one transaction; a bad value in one does not harm the others."""
    try:
        for receipt in receipts:
            receipt.refused = set_aside(store.months, receipt.outcome)
        refused = [row for receipt in receipts for row in receipt.refused]
        batch = make_batch([receipt.outcome for receipt in receipts], refused)
        duplicates = store.store_batch(batch)
        if duplicates or batch.repeated:
            credit(receipts, duplicates)
        else:
            for receipt in receipts:
                receipt.is_all_new = True
    except StoreRefused as refusal:
        store_apart(store, receipts, refusal)
    except StoreUnavailable as error:
        fail(receipts, error)
    except Exception as error:  # nobody may be told 200 for what was not stored, whatever went wrong
        log.exception("writer.failed")
        fail(receipts, StoreBroken(repr(error)))


def fail(receipts: Sequence[Receipt], error: StoreUnavailable) -> None:
    """Tell every request of a group that it was not stored."""
    for receipt in receipts:
        receipt.error = error


def store_apart(store: StoreEngine, receipts: Sequence[Receipt], refusal: StoreRefused) -> None:
    """Store each request of a refused group by itself, event by event, but for what is stored already."""
    stored = set(refusal.stored)
    for receipt in receipts:
        try:
            store_singly(store, receipt, stored=stored, doubles=refusal.doubles)
        except StoreUnavailable as error:
            receipt.error = error
        except StoreRefused as error:
            receipt.error = StoreBroken(str(error))
        except Exception as error:  # as in `store_receipts`
            log.exception("writer.failed")
            receipt.error = StoreBroken(repr(error))


def waiting_outcome(receipt: Receipt) -> Sorted:
    """Return what of a request that could not be stored is to wait: with what the store refused among the rejected."""
    outcome, refused = receipt.outcome, {row.id for row in receipt.refused}
    accepted = [
        msgspec.structs.replace(each, event=each.whole, raw=plain_event(each.raw))
        for each in outcome.accepted
        if each.event.id not in refused
    ]
    return replace(outcome, accepted=accepted, rejected=[*outcome.rejected, *receipt.refused], refused=0)


def store_arrivals(store: PostgresStore, outcomes: Sequence[Sorted]) -> None:
    """Store requests that waited on disk, but for what they have stored already. Raises StoreUnavailable."""
    receipts = [Receipt(outcome) for outcome in without_arrived(store, outcomes)]
    store_receipts(store, receipts)
    for receipt in receipts:
        if receipt.error:
            raise receipt.error


class GroupWriter:
    """The writer of a web process: a thread for groups, a pool for large requests. Started when first used."""

    def __init__(
        self, conninfo: str, *, connections_for_large: int, is_pooled: bool = False, spool: Spool | None = None
    ) -> None:
        self.waiting: list[Receipt] = []
        self.large: deque[Receipt] = deque()
        self.taking = threading.Lock()
        self.is_closing = False
        self.wake = threading.Condition()
        self.away_until = 0.0
        self.spooling = threading.Lock()
        self.spool = spool
        self.conninfo, self.is_pooled = conninfo, is_pooled
        self.store = PostgresStore(conninfo, is_pooled=is_pooled)
        self.pool: LifoQueue[PostgresStore] = LifoQueue()
        for _ in range(max(connections_for_large, 1)):
            self.pool.put(PostgresStore(conninfo, is_pooled=is_pooled))
        self.thread = threading.Thread(target=self.run, name="event-writer", daemon=True)
        self.thread.start()
        self.drainer = Drainer(self.drain) if spool else None

    def submit(self, outcome: Sorted) -> Receipt:
        """Store a request's events and return its receipt, after the commit. Raises StoreUnavailable."""
        receipt = Receipt(outcome)
        if len(outcome.accepted) >= LARGE:
            self.submit_large(receipt)
            return receipt.wait()
        with self.wake:
            self.waiting.append(receipt)
            self.wake.notify()
        return receipt.wait()

    def submit_large(self, receipt: Receipt) -> None:
        """Store a large request on a connection of the pool, and with it those that wait for one: they are stored by
        whoever gets the next. Each request gets a turn, and each turn takes at least one, so none is left behind.
        """
        with self.taking:
            self.large.append(receipt)
        store = self.pool.get()
        try:
            if group := self.take_large():
                self.keep(store, group)
        finally:
            self.pool.put(store)

    def take_large(self) -> list[Receipt]:
        """Take the large requests that have waited longest, as many as make a good COPY."""
        group: list[Receipt] = []
        events = 0
        with self.taking:
            while self.large and (not group or events + len(self.large[0].outcome.accepted) <= COPY_EVENTS):
                group.append(self.large.popleft())
                events += len(group[-1].outcome.accepted)
        return group

    def keep(self, store: StoreEngine, receipts: Sequence[Receipt]) -> None:
        """Store a group, or let it wait on disk while PostgreSQL is away; then wake its requests."""
        try:
            if self.spool and time.monotonic() < self.away_until:
                fail(receipts, StoreUnavailable("PostgreSQL was away a moment ago"))
            else:
                store_receipts(store, receipts)
            failed = [each for each in receipts if each.error and not isinstance(each.error, StoreBroken)]
            if self.spool and failed:
                self.away_until = max(self.away_until, time.monotonic() + AWAY_SECONDS)
                self.let_wait(self.spool, failed)
        finally:
            for receipt in receipts:
                receipt.answered.release()

    def let_wait(self, spool: Spool, receipts: Sequence[Receipt]) -> None:
        """Put requests on disk; then they are kept, and their clients may be told so."""
        try:
            with self.spooling:
                spool.append([waiting_outcome(receipt) for receipt in receipts])
        except StoreUnavailable as error:
            fail(receipts, error)
        except Exception as error:
            log.exception("spool.failed")
            fail(receipts, StoreBroken(repr(error)))
        else:
            for receipt in receipts:
                receipt.error = None

    def drain(self) -> int:
        """Store what waits on disk and return how many requests that were. Raises StoreUnavailable."""
        if self.spool is None or not self.spool.files():
            return 0
        with closing(PostgresStore(self.conninfo, is_pooled=self.is_pooled)) as store:
            store.ping()
            with self.spooling:
                self.spool.close()
            return drain_spool(self.spool, lambda outcomes: store_arrivals(store, outcomes))

    def close(self) -> None:
        """Write what is waiting, then stop the threads and close every connection."""
        if self.drainer:
            self.drainer.close()
        with self.wake:
            self.is_closing = True
            self.wake.notify()
        self.thread.join()
        if self.spool:
            self.spool.close()
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
            self.keep(self.store, group)


_writer: GroupWriter | None = None
_starting = threading.Lock()


def conninfo() -> str:
    """Return the connection string of Django's default database, which tests point at their own."""
    params = connections["default"].get_connection_params()
    given = {key: value for key, value in params.items() if key not in DJANGOS_OWN and value}
    return make_conninfo(**(PATIENCE | given))


def process_spool() -> Spool | None:
    """Return the machine's spool; None where no folder is set."""
    return Spool(Path(settings.SPOOL_PATH), most_bytes=settings.SPOOL_MAX_BYTES) if settings.SPOOL_PATH else None


def process_writer() -> GroupWriter:
    """Return the writer of this process."""
    global _writer  # noqa: PLW0603 - one a process, made after the server has forked
    with _starting:
        if _writer is None:
            _writer = GroupWriter(
                conninfo(),
                connections_for_large=settings.INGEST_CONNECTIONS,
                is_pooled=settings.DATABASE_POOLED,
                spool=process_spool(),
            )
    return _writer


def close_process_writer() -> None:
    """Close the writer of this process; the next event starts another."""
    global _writer  # noqa: PLW0603 - see above
    with _starting:
        if _writer is not None:
            _writer.close()
        _writer = None
