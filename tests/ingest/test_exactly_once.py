"""An event is stored once: whatever is retried, in whatever order, by however many at the same time."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections

from analytics.ingest.doors.handling import summarise
from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.storing import Receipt, store_receipts
from analytics.ingest.writer import GroupWriter, conninfo
from analytics.registry.types import Flag
from analytics.store.engine import StoreBroken, StoreRefused, StoreUnavailable
from analytics.store.models import DisplacedEvent
from analytics.store.partitioning import TABLE
from analytics.store.postgres import PostgresStore, days_of
from tests.ingest.factories import counts, make_key, page_view, rejected, send, stored
from zuka.platform.clock import day_bounds, local_day
from zuka.platform.db.partitions import create_partition, drop_partition

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at_once(job, times):
    barrier = threading.Barrier(times)

    def run(number):
        barrier.wait()
        try:
            return job(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.parametrize("size", [1, 10, 120], ids=["one", "a group", "a COPY of its own"])
def test_the_same_batch_twenty_times_at_once_is_stored_once(size):
    key = make_key()
    now = datetime.now(UTC).isoformat()
    batch = [page_view(message_id=str(number), occurred_at=now) for number in range(size)]
    answers = at_once(lambda _: counts(send(batch, key=key)), 20)
    assert sum(accepted for accepted, _, _ in answers) == size
    assert [sum(answer) for answer in answers] == [size] * 20
    assert len(stored("id")) == size


def test_a_repeat_inside_one_batch_is_a_duplicate():
    now = datetime.now(UTC).isoformat()
    event = page_view(message_id="1", occurred_at=now)
    assert counts(send([event, event, page_view(message_id="2", occurred_at=now)], key=make_key())) == (2, 1, 0)
    assert stored("message_id") == [("1",), ("2",)]


def test_half_of_a_batch_that_was_stored_before_is_duplicate():
    key, now = make_key(), datetime.now(UTC).isoformat()
    batch = [page_view(message_id=str(number), occurred_at=now) for number in range(80)]
    assert counts(send(batch[:40], key=key)) == (40, 0, 0)
    assert counts(send(batch, key=key)) == (40, 40, 0)
    assert len(stored("id")) == 80


def test_retries_over_twelve_hours_with_every_kind_of_clock_are_stored_once():
    """The same event again and again: clock right, two hours ahead, behind, time zone wrong, sent_at left out."""
    key = make_key("secret", scopes=["track", "import"])
    skews = [timedelta(0), 2 * HOUR, -2 * HOUR, timedelta(minutes=9), timedelta(minutes=-11), None]
    events = {
        str(number): NOW - timedelta(minutes=number) + (skew or timedelta(0)) for number, skew in enumerate(skews)
    }
    rng = random.Random(7)
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(48):
            batch = []
            for message_id, at in events.items():
                skew = rng.choice(skews)
                sent = {} if skew is None else {"sent_at": (datetime.now(UTC) + skew).isoformat()}
                batch.append(page_view(message_id=message_id, occurred_at=at.isoformat(), **sent))
            send(batch, key=key)
            clock.shift(timedelta(minutes=15))
    assert stored("message_id") == [(message_id,) for message_id in events]


@pytest.mark.parametrize("first", ["prompt", "displaced"])
def test_a_corrected_and_an_uncorrected_attempt_meet_in_either_order(first):
    key, now = make_key(), datetime.now(UTC)
    event = page_view(message_id="1", occurred_at=(now - timedelta(seconds=30)).isoformat())
    prompt = {**event, "sent_at": now.isoformat()}
    displaced = {**event, "sent_at": (now + 2 * HOUR).isoformat()}
    order = [prompt, displaced] if first == "prompt" else [displaced, prompt]
    assert [counts(send(each, key=key)) for each in order] == [(1, 0, 0), (0, 1, 0)]
    assert [flags for (flags,) in stored("flags")] == [0 if first == "prompt" else Flag.SKEWED]


def test_corrected_and_uncorrected_attempts_at_the_same_time_are_stored_once():
    key, now = make_key(), datetime.now(UTC)
    for round_number in range(10):
        events = [
            page_view(message_id=f"{round_number}-{number}", occurred_at=(now - timedelta(seconds=9)).isoformat())
            for number in range(60)
        ]

        def attempt(number, events=events):
            sent_at = (now + (number % 2) * 2 * HOUR).isoformat()
            return counts(send([{**event, "sent_at": sent_at} for event in events], key=key))

        assert sum(accepted for accepted, _, _ in at_once(attempt, 6)) == 60
    assert len(stored("id")) == 600
    assert len({message_id for (message_id,) in stored("message_id")}) == 600


def test_a_wrong_clock_that_shows_a_month_between_those_that_are_there_is_corrected():
    key, wrong = make_key(), NOW.replace(year=2005)
    name = create_partition(table=TABLE, month=date(2003, 1, 1))  # as history does, which makes the months it needs
    event = page_view(message_id="1", occurred_at=wrong.isoformat(), sent_at=(wrong + HOUR).isoformat())
    try:
        with time_machine.travel(NOW, tick=False):
            assert [counts(send(event, key=key)) for _ in range(2)] == [(1, 0, 0), (0, 1, 0)]
    finally:
        drop_partition(table=TABLE, name=name)
    assert (stored("occurred_at", "flags"), rejected("reason")) == ([(NOW - HOUR, Flag.SKEWED)], [])


def test_without_any_client_time_a_message_id_is_enough():
    key = make_key()
    with time_machine.travel(NOW, tick=False) as clock:
        outcomes = []
        for _ in range(3):
            outcomes.append(counts(send(page_view(message_id="1"), key=key)))
            clock.shift(5 * HOUR)
    assert outcomes == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    assert stored("occurred_at", "flags") == [(NOW, 0)]
    assert DisplacedEvent.objects.count() == 1


def test_without_a_message_id_the_header_idempotency_key_tells_retries():
    key = make_key()
    batch = [page_view(), page_view()]
    upload: dict[str, Any] = {"Idempotency-Key": "upload-7"}
    assert counts(send(batch, key=key, **upload)) == (2, 0, 0)
    assert counts(send(batch, key=key, **upload)) == (0, 2, 0)
    assert counts(send(batch, key=key)) == (2, 0, 0)


def test_the_same_message_id_of_two_keys_is_two_events():
    now = datetime.now(UTC).isoformat()
    event = page_view(message_id="1", occurred_at=now)
    assert [counts(send(event, key=make_key())) for _ in range(2)] == [(1, 0, 0)] * 2


def outcome_of(*fields):
    source = Source(door="native", received_at=datetime.now(UTC))
    raws = [RawEvent(original={}, **{"name": "page.viewed", "user_id": "ada", **each}) for each in fields]
    return sort_events(raws, source)


def test_a_value_that_the_database_refuses_is_kept_as_rejected_and_its_group_is_stored():
    bad = outcome_of({"message_id": "bad"}, {"message_id": "good"}, {"message_id": "good"})
    bad.accepted[0].event.ip = "no address"
    receipts = [Receipt(bad), Receipt(outcome_of({"message_id": "other"}))]
    with closing(PostgresStore(conninfo())) as store:
        store_receipts(store, receipts)
    assert [receipt.error for receipt in receipts] == [None, None]
    assert stored("message_id") == [("good",), ("other",)]
    assert rejected("stage", "reason", "message_id") == [("writer", "storage_error", "bad")]
    assert counts(summarise(receipts[0])) == (1, 1, 1)


def test_when_the_database_is_away_nobody_is_told_that_events_were_stored():
    with closing(GroupWriter("host=/nowhere dbname=none", connections_for_large=1)) as writer:
        for outcome in (outcome_of({}), outcome_of(*({"message_id": str(n)} for n in range(60)))):
            with pytest.raises(StoreUnavailable):
                writer.submit(outcome)


def test_an_empty_request_waits_for_nothing():
    with closing(GroupWriter(conninfo(), connections_for_large=1)) as writer:
        receipt = writer.submit(Sorted(Source(door="native", received_at=datetime.now(UTC))))
    assert (receipt.duplicates, receipt.refused, receipt.error) == (set(), [], None)


class OddStore(PostgresStore):
    """A store that refuses groups, and fails at single events in a way that nobody foresaw."""

    def store_batch(self, batch):
        if len(batch.prompt) > 1:
            raise StoreRefused("refused", batch)
        raise ZeroDivisionError


def test_what_failed_in_a_way_nobody_foresaw_was_not_stored():
    receipts = [Receipt(outcome_of({"message_id": "1"}, {"message_id": "2"}))]
    with closing(OddStore(conninfo())) as store:
        store_receipts(store, receipts)
    assert [type(receipt.error) for receipt in receipts] == [StoreBroken]


class ReadOnlyStore(PostgresStore):
    """A server that became a standby under us."""

    def store_batch(self, batch):  # noqa: ARG002 - the engine's signature
        with self.open().transaction():
            self.open().execute("SET TRANSACTION READ ONLY")
            self.open().execute("DELETE FROM analytics_displaced")
        return set()


def test_nobody_is_told_that_events_were_stored_when_the_store_fails_unforeseen():
    with closing(ReadOnlyStore(conninfo())) as store:
        receipts = [Receipt(outcome_of({})), Receipt(outcome_of({}))]
        store_receipts(store, receipts)
        assert [type(receipt.error) for receipt in receipts] == [StoreBroken] * 2


def test_message_ids_that_differ_at_their_end_are_two_events():
    now = datetime.now(UTC).isoformat()
    batch = [page_view(message_id="x" * 300 + end, occurred_at=now) for end in "ab"]
    assert counts(send(batch, key=make_key())) == (2, 0, 0)


def test_days_are_marked_by_their_midnight_in_any_time_zone(settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    midnight = day_bounds(local_day(datetime.now(UTC)) - timedelta(days=1))[0]
    moments = [midnight - timedelta(minutes=1), midnight, midnight + timedelta(days=1)]
    events = [outcome_of({}).accepted[0].event for _ in moments]
    for event, at in zip(events, moments, strict=True):
        event.occurred_at = at
    assert days_of(events) == sorted({local_day(at) for at in moments})
