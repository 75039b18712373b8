"""Storing a group of requests in one transaction, and what each of them is told of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from analytics.ingest.counting import make_batch
from analytics.ingest.drain import without_arrived
from analytics.ingest.pipeline import Sorted, clean, original_of, payload_text, plain_event, reading_text
from analytics.ingest.received import Accepted
from analytics.registry.types import Reason
from analytics.store.engine import StoreBroken, StoreEngine, StoreRefused, StoreUnavailable
from analytics.store.event import AnyEvent, RejectedRow
from analytics.store.postgres import PostgresStore

log = structlog.get_logger(__name__)
ANSWER_SECONDS = 30.0
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


def set_aside(
    read_months: Callable[[], Sequence[Month]],
    outcome: Sorted,
    *,
    read_anew: Callable[[], Sequence[Month]] | None = None,
) -> list[RejectedRow]:
    """Take events whose month has no partition out of an outcome: one of them would abort the whole COPY.

    `read_anew` is asked about those that find none among months which were read some time ago.
    """
    if not outcome.accepted:
        return []
    months = read_months()
    times = [each.event.occurred_at for each in outcome.accepted]
    earliest, latest = min(times), max(times)
    if any(start <= earliest and latest < end for start, end in months):
        return []

    def has_room(event: AnyEvent) -> bool:
        return any(start <= event.occurred_at < end for start, end in months)

    if read_anew and not all(has_room(each.event) for each in outcome.accepted):
        months = read_anew()
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
            receipt.refused = set_aside(store.months, receipt.outcome, read_anew=store.months_anew)
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
