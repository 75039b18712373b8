"""Group commit: concurrent requests of a process share one transaction, and are answered after it (never before).

A thread with a connection of its own writes for all small requests; while it commits, the next group gathers, so there
is no timer. Requests of 50 events or more have lanes of their own, on a few connections more.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo

from analytics.ingest.drain import Drainer, drain_spool
from analytics.ingest.pipeline import Sorted
from analytics.ingest.spool import Spool
from analytics.ingest.storing import Receipt, fail, store_arrivals, store_receipts, waiting_outcome
from analytics.store.engine import StoreBroken, StoreEngine, StoreUnavailable
from analytics.store.postgres import PostgresStore

log = structlog.get_logger(__name__)
LARGE = 50
COPY_EVENTS = 3_000
AWAY_SECONDS = 1.0
# libpq waits for ever for a machine that went silent; a group of requests must not.
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
DJANGOS_OWN = frozenset(("client_encoding", "cursor_factory", "context", "prepare_threshold", "pool"))
Keep = Callable[[StoreEngine, Sequence[Receipt]], None]


class Queue:
    """Requests that wait to be stored, and threads that store them in groups, each on a connection of its own.

    Requests that wrote for themselves on whatever connection was free waited longer at worst: p95 of batches of 100
    266 ms against 182, of 500 827 against 643 (50 connections, by turns, at the same events a second).
    """

    def __init__(self, name: str, stores: Sequence[PostgresStore], keep: Keep) -> None:
        self.stores = stores
        self.keep = keep
        self.waiting: deque[Receipt] = deque()
        self.is_closing = False
        self.wake = threading.Condition()
        self.threads = [
            threading.Thread(target=self.run, args=(store,), name=f"{name}-{number}", daemon=True)
            for number, store in enumerate(stores)
        ]
        for thread in self.threads:
            thread.start()

    def add(self, receipt: Receipt) -> None:
        """Let a request wait for the next group."""
        with self.wake:
            self.waiting.append(receipt)
            self.wake.notify()

    def take(self) -> list[Receipt]:
        """Wait for requests and take those that came first, as many as make a good COPY; none once closed and empty."""
        group: list[Receipt] = []
        events = 0
        with self.wake:
            self.wake.wait_for(lambda: self.waiting or self.is_closing)
            while self.waiting and (not group or events + len(self.waiting[0].outcome.accepted) <= COPY_EVENTS):
                group.append(self.waiting.popleft())
                events += len(group[-1].outcome.accepted)
        return group

    def run(self, store: PostgresStore) -> None:
        """Store group after group, until the queue is closed."""
        while group := self.take():
            self.keep(store, group)

    def close(self) -> None:
        """Store what is waiting, then stop the threads and close their connections."""
        with self.wake:
            self.is_closing = True
            self.wake.notify_all()
        for thread in self.threads:
            thread.join()
        for store in self.stores:
            store.close()


class GroupWriter:
    """The writer of a web process: a queue for small requests, and one for large. Started when first used."""

    def __init__(
        self, conninfo: str, *, connections_for_large: int, is_pooled: bool = False, spool: Spool | None = None
    ) -> None:
        self.away_until = 0.0
        self.spooling = threading.Lock()
        self.spool = spool
        self.conninfo, self.is_pooled = conninfo, is_pooled
        self.small = Queue("event-writer", [self.make_store()], self.keep)
        self.large = Queue("batch-writer", [self.make_store() for _ in range(max(connections_for_large, 1))], self.keep)
        self.drainer = Drainer(self.drain) if spool else None

    def make_store(self) -> PostgresStore:
        """Return another connection."""
        return PostgresStore(self.conninfo, is_pooled=self.is_pooled)

    def submit(self, outcome: Sorted) -> Receipt:
        """Store a request's events and return its receipt, after the commit. Raises StoreUnavailable."""
        receipt = Receipt(outcome)
        queue = self.large if len(outcome.accepted) >= LARGE else self.small
        queue.add(receipt)
        return receipt.wait()

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
        with closing(self.make_store()) as store:
            store.ping()
            with self.spooling:
                self.spool.close()
            return drain_spool(self.spool, lambda outcomes: store_arrivals(store, outcomes))

    def close(self) -> None:
        """Write what is waiting, then stop the threads and close every connection."""
        if self.drainer:
            self.drainer.close()
        for queue in (self.small, self.large):
            queue.close()
        if self.spool:
            self.spool.close()


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
