"""Draining the spool: what waited on disk is stored, oldest first, as soon as PostgreSQL is back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from analytics.ingest.pipeline import Sorted
from analytics.ingest.products import resolve_product
from analytics.ingest.received import Accepted
from analytics.ingest.spool import Spool, SpoolRecord, read_records, set_aside_damaged, sync_folder, try_lock
from analytics.store.engine import StoreBroken, StoreUnavailable

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
Store = Callable[[Sorted], None]


def drain_spool(spool: Spool, store: Store) -> int:
    """Store what waits and return how many requests that were. Raises StoreUnavailable while PostgreSQL is away.

    Files that a living process still appends to are left alone. A file is removed when all of it is stored.
    """
    return sum(drain_file(path, store) for path in spool.files())


def drain_file(path: Path, store: Store) -> int:
    """Store one file's requests in order and remove it; 0 when somebody else has it."""
    try:
        file = path.open("rb")
    except FileNotFoundError:  # another process has drained it
        return 0
    with file:
        if not try_lock(file) or not path.exists():
            return 0
        number = 0
        try:
            for record in read_records(file):
                store(outcome_of(record))
                number += 1
        except (ValueError, msgspec.DecodeError, StoreBroken) as error:
            set_aside_damaged(path, error)
            return number
        path.unlink()
        sync_folder(path.parent)
    return number


def outcome_of(record: SpoolRecord) -> Sorted:
    """Return the outcome of a request that waited; what products its events mean could not be asked before."""
    accepted = [with_product(each) for each in record.accepted]
    places = [0] * len(record.rejected)
    return Sorted(record.source, accepted=accepted, rejected=record.rejected, places=places, dropped=record.dropped)


def with_product(each: Accepted) -> Accepted:
    """Return an event whose product reference is resolved."""
    reference = each.event.product_ref
    if reference is None:
        return each
    event = msgspec.structs.replace(each.event, product_ref=resolve_product(reference))
    return msgspec.structs.replace(each, event=event)


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
