"""The disk spool: what is on it, what is cut off or damaged, and what happens when there is no room."""

import errno
import json
import os
import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from msgspec.structs import asdict

from analytics.ingest.doors.door import Call
from analytics.ingest.doors.native import read, read_quickly
from analytics.ingest.drain import drain_spool
from analytics.ingest.pipeline import Sorted, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.spool import HEAD, Spool, SpoolFull
from analytics.ingest.storing import Receipt, waiting_outcome
from analytics.ingest.writer import close_process_writer
from analytics.store.engine import StoreBroken, StoreUnavailable
from analytics.store.postgres import PostgresStore
from tests.ingest.factories import counts, make_key, page_view, rejected, send, stored
from zuka.platform.keys.finding import find_grant

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)


def outcome(*names: str) -> Sorted:
    raws = [RawEvent(name=name, visitor_id="ada", properties={"path": "/"}, original={"type": name}) for name in names]
    return sort_events(raws, Source(door="native", received_at=NOW, client="test/1"))


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "spool", most_bytes=1_000_000)
    yield spool
    spool.close()


def drained(spool: Spool) -> list[list[str]]:
    found: list[Sorted] = []
    spool.close()
    drain_spool(spool, found.extend)
    return [[each.whole.source_name for each in one.accepted] for one in found]


def test_what_waits_comes_back_in_order_and_the_same(spool):
    first, second = outcome("page", "dance"), outcome("")
    spool.append([first])
    spool.append([second])
    spool.close()
    found: list[Sorted] = []
    assert drain_spool(spool, found.extend) == 2
    assert [list(map(asdict, one.accepted)) for one in found] == [list(map(asdict, first.accepted)), []]
    assert [one.rejected for one in found] == [[], second.rejected]
    assert [one.source for one in found] == [first.source, second.source]
    assert list(spool.folder.iterdir()) == []


def test_an_event_that_was_partly_encoded_waits_as_any_other(spool):
    document = {"events": [{"type": "page", "visitor_id": "ada", "message_id": "1", "occurred_at": NOW.isoformat()}]}
    call = Call("events", RequestFactory().post("/"), NOW)
    source = Source(door="native", received_at=NOW, key_id=UUID(int=7))
    quick = read_quickly(json.dumps(document).encode(), call) or []
    spool.append([waiting_outcome(Receipt(sort_events(quick, source)))])
    spool.close()
    found: list[Sorted] = []
    assert drain_spool(spool, found.extend) == 1
    (by_steps,) = sort_events(read(document, call), source).accepted
    assert [asdict(each) for each in found[0].accepted] == [asdict(by_steps)]


def test_a_file_that_is_written_to_is_left_alone(spool):
    spool.append([outcome("page")])
    assert drain_spool(spool, lambda _some: None) == 0
    assert len(spool.files()) == 1


def test_a_record_that_was_cut_off_was_never_promised(spool):
    spool.append([outcome("page")])
    spool.append([outcome("dance")])
    spool.close()
    [path] = spool.files()
    path.write_bytes(path.read_bytes()[:-3])
    assert drained(spool) == [["page"]]
    assert list(spool.folder.iterdir()) == []


def test_a_damaged_file_is_set_aside_and_the_others_go_on(spool):
    spool.append([outcome("page")])
    spool.append([outcome("dance")])
    spool.close()
    [path] = spool.files()
    data = bytearray(path.read_bytes())
    data[-2] ^= 0xFF
    path.write_bytes(data)
    spool.append([outcome("screen")])
    assert drained(spool) == [["page"], ["screen"]]
    assert [each.suffix for each in spool.folder.iterdir()] == [".damaged"]


LENGTHS = [b"\x7f\x00\x00\x00", b"\x00\x00\x00\x09", bytes(4)]


@pytest.mark.parametrize(("length", "kept"), [(LENGTHS[0], [["one"]]), (LENGTHS[1], []), (LENGTHS[2], [])])
def test_a_last_record_whose_length_is_damaged_is_not_thrown_away(spool, length, kept):
    spool.append([outcome("one")])
    spool.close()
    (path,) = spool.files()
    path.write_bytes(length + path.read_bytes()[4:])
    assert drained(spool) == kept
    assert [each.suffix for each in spool.folder.iterdir()] == ([] if kept else [".damaged"])


@pytest.mark.parametrize("length", LENGTHS)
def test_a_damaged_length_loses_no_record_but_its_own(spool, length):
    for name in ("one", "two", "three"):
        spool.append([outcome(name)])
    spool.close()
    (path,) = spool.files()
    first = HEAD + int.from_bytes(path.read_bytes()[:4])
    with path.open("r+b") as file:
        os.pwrite(file.fileno(), length, first)
    assert drained(spool) == [["one"], ["three"]]
    assert [each.suffix for each in spool.folder.iterdir()] == [".damaged"]


def test_what_can_never_be_stored_does_not_hold_up_the_rest(spool):
    spool.append([outcome("page")])
    spool.close()

    def refuse(_some: list[Sorted]) -> None:
        raise StoreBroken("a mistake of ours")

    drain_spool(spool, refuse)
    assert [each.suffix for each in spool.folder.iterdir()] == [".damaged"]


def test_while_postgresql_is_away_everything_stays(spool):
    spool.append([outcome("page")])
    spool.close()

    def refuse(_some: list[Sorted]) -> None:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        drain_spool(spool, refuse)
    assert drained(spool) == [["page"]]


def test_a_full_spool_takes_nothing_more(tmp_path):
    spool = Spool(tmp_path, most_bytes=1_500)
    spool.append([outcome("page")])
    with pytest.raises(SpoolFull):
        spool.append([outcome("dance")] * 5)
    assert drained(spool) == [["page"]]


def test_what_is_drained_meanwhile_does_not_disturb_those_who_add(spool):
    """Files come and go without a pause, as in the moment when PostgreSQL is back, while the folder is measured."""
    is_over = threading.Event()

    def come_and_go() -> None:
        while not is_over.is_set():
            for path in (spool.folder / f"{number}.spool" for number in range(50)):
                path.touch()
                path.unlink()

    spool.folder.mkdir()
    drainer = threading.Thread(target=come_and_go)
    drainer.start()
    try:
        for _ in range(500):
            spool.sized = (0.0, 0)
            assert spool.bytes_waiting() == 0
    finally:
        is_over.set()
        drainer.join()


def test_a_full_disk_leaves_no_half_record(spool, monkeypatch):
    spool.append([outcome("page")])
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", raise_no_space)
        with pytest.raises(SpoolFull, match="No space left"):
            spool.append([outcome("lost")])
    spool.append([outcome("dance")])
    assert drained(spool) == [["page"], ["dance"]]


def raise_no_space(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def away(*_arguments: Any, **_named: Any) -> Any:
    raise StoreUnavailable("PostgreSQL is away")


def test_the_door_answers_200_from_disk_and_503_without_room(settings, tmp_path, monkeypatch):
    key = make_key()
    find_grant(key)
    settings.SPOOL_PATH = str(tmp_path / "spool")
    close_process_writer()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(PostgresStore, "open", away)
            assert counts(send([page_view(message_id="1"), {}], key=key)) == (1, 0, 1)
            assert counts(send([page_view(message_id="1")], key=key)) == (1, 0, 0)
            from analytics.ingest.writer import process_writer

            spool = process_writer().spool
            assert spool is not None
            spool.most_bytes = 1
            assert send(page_view(), key=key, status=503)["code"] == "unavailable"
            assert stored("id") == []
        process_writer().drain()
    finally:
        close_process_writer()
    assert stored("message_id") == [("1",)]
    assert rejected("reason") == [("missing_type",)]
