"""Draining goes on where it was interrupted, and counts each request once, wherever that was."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from analytics.ingest.drain import GROUP_REQUESTS, drain_spool, without_arrived
from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.spool import Spool
from analytics.ingest.storing import store_arrivals
from analytics.ingest.writer import conninfo
from analytics.store.engine import StoreBroken, StoreUnavailable
from analytics.store.postgres import PostgresStore
from tests.ingest.factories import rejected, stored

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime.now(UTC) - timedelta(minutes=5)
KEY = UUID(int=7)


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", most_bytes=100_000_000)
    yield spool
    spool.close()


@pytest.fixture
def store():
    store = PostgresStore(conninfo())
    yield store
    store.close()


def event(message_id: str, **fields) -> RawEvent:
    at = {"occurred_at": START.isoformat(), **fields}
    return RawEvent(name="page", visitor_id="ada", message_id=message_id, original={"n": message_id}, **at)


def request(number: int, *raws: RawEvent) -> Sorted:
    """A request that came at a moment of its own."""
    return sort_events(raws, Source(door="native", received_at=START + timedelta(seconds=number), key_id=KEY))


def mixed(number: int) -> Sorted:
    """A request with an event of every path: in time, twice, without a time, refused, refused later, dropped."""
    name = f"m{number}"
    return request(
        number,
        event(f"{name}-prompt"),
        event(f"{name}-twice"),
        event(f"{name}-twice"),
        event(f"{name}-displaced", occurred_at=None),
        RawEvent(name="page", message_id=f"{name}-nobody", original={}),
        event(f"{name}-long-ago", occurred_at="1999-01-01T00:00:00Z"),
        event(f"{name}-dropped", context={"consent": "denied"}),
    )


def keep(spool: Spool, *outcomes: Sorted) -> None:
    spool.append(outcomes)
    spool.close()


def counted() -> tuple[int, ...]:
    """Received, accepted, duplicate, rejected, dropped."""
    names = ("received", "accepted", "duplicate", "rejected", "dropped")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'coalesce(sum({name}), 0)' for name in names)} FROM ingest_counts")
        return tuple(int(each) for each in cursor.fetchone())


class Crash(BaseException):
    """The program ends here."""


def test_a_drain_that_was_interrupted_goes_on_where_it_had_come_to(spool):
    keep(spool, *(request(number, event(f"e{number}")) for number in range(GROUP_REQUESTS + 1)))
    groups: list[int] = []

    def take_one(some: list[Sorted]) -> None:
        if groups:
            raise StoreUnavailable("away again")
        groups.append(len(some))

    with pytest.raises(StoreUnavailable):
        drain_spool(spool, take_one)
    found: list[Sorted] = []
    assert drain_spool(spool, found.extend) == 1
    assert groups == [GROUP_REQUESTS]
    assert [each.whole.message_id for one in found for each in one.accepted] == [f"e{GROUP_REQUESTS}"]
    assert list(spool.folder.iterdir()) == []


def test_a_crash_between_commit_and_mark_counts_nothing_twice(spool, store):
    keep(spool, mixed(1), mixed(2))

    def store_and_die(some: list[Sorted]) -> None:
        store_arrivals(store, some)
        raise Crash

    with pytest.raises(Crash):
        drain_spool(spool, store_and_die)
    once = counted()
    rows = stored("message_id"), rejected("message_id")
    assert once == (14, 6, 2, 4, 2)
    assert drain_spool(spool, lambda some: store_arrivals(store, some)) == 2
    assert (counted(), (stored("message_id"), rejected("message_id"))) == (once, rows)


def test_a_crash_between_the_two_transactions_of_a_batch_counts_nothing_twice(spool, store):
    whole = mixed(1)
    displaced = [each for each in whole.accepted if each.is_displaced]
    store_arrivals(store, [Sorted(whole.source, accepted=displaced)])
    assert counted() == (1, 1, 0, 0, 0)
    keep(spool, whole)
    drain_spool(spool, lambda some: store_arrivals(store, some))
    assert counted() == (7, 3, 1, 2, 1)


def test_what_another_request_stored_is_a_duplicate(spool, store):
    store_arrivals(store, [request(1, event("1"), event("2", occurred_at=None))])
    keep(spool, request(2, event("1"), event("2", occurred_at=None)))
    drain_spool(spool, lambda some: store_arrivals(store, some))
    assert counted() == (4, 2, 2, 0, 0)


def test_a_duplicate_beside_what_was_stored_is_not_counted_again(store):
    store_arrivals(store, [request(1, event("1"))])
    later = request(2, event("1"), event("2"))
    store_arrivals(store, [later])
    assert counted() == (3, 2, 1, 0, 0)
    [left] = without_arrived(store, [later])
    assert (left.accepted, left.rejected, left.dropped) == ([], [], 0)


def test_nothing_is_left_out_of_what_is_new(store):
    outcomes = [mixed(1), request(2)]
    assert without_arrived(store, outcomes) == outcomes


def test_one_request_that_can_never_be_stored_is_set_aside_alone(spool):
    keep(spool, *(request(number, event(f"e{number}")) for number in range(3)))
    found: list[str] = []

    def refuse_one(some: list[Sorted]) -> None:
        names = [each.whole.message_id or "" for one in some for each in one.accepted]
        if "e1" in names:
            raise StoreBroken("a mistake of ours")
        found.extend(names)

    assert drain_spool(spool, refuse_one) == 2
    assert found == ["e0", "e2"]
    [path] = spool.folder.iterdir()
    assert path.suffix == ".damaged"
    path.rename(path.with_suffix(".spool"))
    rest: list[Sorted] = []
    assert drain_spool(spool, rest.extend) == 1
    assert [each.whole.message_id for one in rest for each in one.accepted] == ["e1"]


def test_a_damaged_request_does_not_hide_those_after_it(spool):
    keep(spool, *(request(number, event(f"e{number}")) for number in range(3)))
    [path] = spool.files()
    data = bytearray(path.read_bytes())
    length = int.from_bytes(data[:4])
    data[8 + length + 8 + 5] ^= 1
    path.write_bytes(data)
    found: list[Sorted] = []
    assert drain_spool(spool, found.extend) == 2
    assert [each.whole.message_id for one in found for each in one.accepted] == ["e0", "e2"]
    assert [each.suffix for each in spool.folder.iterdir()] == [".damaged"]


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**400])
def test_a_number_beyond_64_bits_waits_on_disk_as_well(spool, store, number):
    keep(spool, request(1, event("1", properties={"score": number})), request(2, event("2")))
    assert drain_spool(spool, lambda some: store_arrivals(store, some)) == 2
    assert stored("message_id", "properties->>'score'") == [("1", str(number)), ("2", None)]


@pytest.mark.parametrize("dies_at", range(1, 5))
def test_any_number_of_crashes_leaves_each_request_stored_and_counted_once(spool, store, dies_at, monkeypatch):
    monkeypatch.setattr("analytics.ingest.drain.GROUP_REQUESTS", 2)
    keep(spool, *(mixed(number) for number in range(5)))
    calls = itertools.count(1)

    def store_sometimes(some: list[Sorted]) -> None:
        store_arrivals(store, some)
        if next(calls) % dies_at == 0:
            raise Crash

    for _ in range(20):
        try:
            drain_spool(spool, store_sometimes)
            break
        except Crash:
            store.close()
    if spool.files():  # it dies each time: only its last group is ever in doubt
        drain_spool(spool, lambda some: store_arrivals(store, some))
    assert counted() == (35, 15, 5, 10, 5)
    assert len(stored("id")) == 15
    assert len(rejected("id")) == 10
