"""Chunk by chunk: each row ends once, whatever ends a worker, and nothing but the reports hears of it."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from analytics.history import importing, working
from analytics.history.importing import Lost
from analytics.history.starting import (
    HistoryRefused,
    cancel_import,
    pause_import,
    resume_import,
    start_import,
    take_back_import,
)
from analytics.history.working import forget_files, import_waiting, take_up
from analytics.report.live import make_snapshot
from analytics.rollup import fill
from analytics.store.models import AlertFiring, DirtyDay, HistoryImport, IngestAlert, RejectedEvent, RollupEvent
from analytics.store.partitioning import TABLE
from analytics.tasks import fill_older_days, fill_rollups
from tests.history.files import bring, bring_kept, lines, outcome, pages, run, write
from tests.ingest.factories import rejected, stored
from tests.ingest.test_conservation import counted
from zuka.platform import clock
from zuka.platform.db.partitions import list_partitions
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.EXPORTS_ROOT = str(tmp_path)
    monkeypatch.setattr(importing, "CHUNK", 4)
    return tmp_path


class Killed(BaseException):
    """A worker's end, which nothing catches."""


def test_twice_the_same_file_is_once_each_event(folder: Path) -> None:
    first = bring_kept(folder, "a.ndjson", pages(10))
    with pytest.raises(HistoryRefused, match="imported already"):
        bring_kept(folder, "b.ndjson", pages(10))
    assert run(first) == ("done", 10, 10, 0, 0, 0)
    assert list((folder / "history").glob("*")) == [folder / "history" / "b.ndjson"]
    assert run(bring_kept(folder, "c.ndjson", pages(12))) == ("done", 12, 2, 10, 0, 0)
    assert counted() == [("history", 22, 12, 10, 0, 0)]
    assert len(stored("id")) == 12


def test_rows_without_ids_are_told_apart_by_file_and_row(folder: Path) -> None:
    row = {"type": "page.viewed", "visitor_id": "ada", "occurred_at": "2025-11-20T10:00:00Z"}
    assert run(bring_kept(folder, "a.ndjson", lines(row, row))) == ("done", 2, 2, 0, 0, 0)
    assert run(bring_kept(folder, "b.ndjson", lines(row, row))) == ("done", 2, 0, 2, 0, 0)


@pytest.mark.parametrize("stored_before", range(4))
@pytest.mark.parametrize("is_in_chunk", [False, True], ids=["between", "in a chunk"])
def test_a_worker_that_is_killed_leaves_exact_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, stored_before: int, is_in_chunk: bool
) -> None:
    job = bring_kept(folder, "a.ndjson", pages(10) + "no json\n")
    chunks = 0
    whole, place = (importing.store_events, "store_events") if is_in_chunk else (importing.keep_chunk, "keep_chunk")

    def dies(*arguments: Any, **named: Any) -> Any:
        nonlocal chunks
        if is_in_chunk:
            result = whole(*arguments, **named)
        if chunks == stored_before:
            raise Killed
        chunks += 1
        return result if is_in_chunk else whole(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(importing, place, dies)
        if stored_before < 3:
            with pytest.raises(Killed):
                import_waiting(at=clock.now())
        else:
            import_waiting(at=clock.now())
    done = min(4 * stored_before, 11)
    assert outcome(job)[1:] == (done, min(done, 10), 0, done - min(done, 10), 0)
    assert len(stored("id")) == min(done, 10)
    assert take_up(at=clock.now()) is None  # the dead one's lease
    import_waiting(at=clock.now() + importing.LEASE + timedelta(seconds=1))
    assert outcome(job) == ("done", 11, 10, 0, 1, 0)
    assert (len(stored("id")), rejected("message")) == (10, [("The line is no JSON.",)])
    assert counted() == [("history", 11, 10, 0, 1, 0)]


def test_a_worker_that_dies_three_times_over_one_row_is_not_sent_a_fourth_time(folder: Path) -> None:
    job = bring_kept(folder, "a.ndjson", pages(5))
    at = clock.now()
    for _ in range(4):
        take_up(at=at)
        at += importing.LEASE + timedelta(seconds=1)
    found = take_up(at=at)
    assert found is not None
    working.work_at(found)
    assert outcome(job)[0] == "failed"
    assert HistoryImport.objects.get().failure == "The worker stopped over it each time, behind row 0."


def test_paused_at_any_chunk_and_gone_on_with(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = bring_kept(folder, "a.ndjson", pages(10))
    whole = importing.stop_wrong_file

    def pause(each: HistoryImport) -> None:
        pause_import(job_id=each.pk)
        whole(each)

    monkeypatch.setattr(importing, "stop_wrong_file", pause)
    states = [run(job)]
    while job.status == "paused" and len(states) < 5:
        resume_import(job_id=job.pk, at=clock.now())
        states.append(run(job))
    assert states == [
        ("paused", 4, 4, 0, 0, 0),
        ("paused", 8, 8, 0, 0, 0),
        ("paused", 10, 10, 0, 0, 0),
        ("done", 10, 10, 0, 0, 0),
    ]


def test_cancelled_it_stays_as_far_as_it_is_and_can_be_taken_back(folder: Path) -> None:
    job = bring_kept(folder, "a.ndjson", pages(3) + "x\n")
    other = bring_kept(folder, "b.ndjson", pages(2, day="2025-11-21", ids="n"))
    assert (run(job), outcome(other)[2]) == (("done", 4, 3, 0, 1, 0), 2)
    with pytest.raises(HistoryRefused, match="Too late: imported"):
        cancel_import(job_id=job.pk, at=clock.now())
    fill_older_days()
    assert list(RollupEvent.objects.order_by("day").values_list("day__day", "events")) == [(20, 3), (21, 2)]
    take_back_import(job_id=job.pk, at=clock.now())
    assert run(job)[0] == "undone"
    assert [row[0] for row in stored("message_id")] == ["n0", "n1"]
    assert (RejectedEvent.objects.count(), [str(each.day) for each in DirtyDay.objects.all()]) == (0, ["2025-11-20"])
    fill_older_days()
    assert list(RollupEvent.objects.values_list("day__day", "events")) == [(21, 2)]
    again = bring_kept(folder, "a.ndjson", pages(3) + "x\n")
    assert run(again) == ("done", 4, 3, 0, 1, 0)


def test_taking_back_that_fails_half_way_is_tried_again_and_never_gone_on_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = bring_kept(folder, "a.ndjson", pages(2) + pages(2, day="2025-11-21", ids="n") + "x\n")
    bring_kept(folder, "b.ndjson", pages(1, day="2025-11-25", ids="o"))
    assert run(job) == ("done", 5, 4, 0, 1, 0)
    take_back_import(job_id=job.pk, at=clock.now())
    whole = working.take_back_day

    def fails(*arguments: Any) -> None:
        whole(*arguments)
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(working, "take_back_day", fails)
        assert run(job)[0] == "undoing"
    assert job.failure == "The database did not take it. Nothing is lost or doubled. It is tried again in 10 minutes."
    assert [row[0] for row in stored("message_id")] == ["n0", "n1", "o0"]
    with pytest.raises(HistoryRefused, match="Too late: being taken back"):
        resume_import(job_id=job.pk, at=clock.now())
    assert (
        run(bring_kept(folder, "c.ndjson", pages(1, day="2025-11-26", ids="p")))[0] == "done"
    )  # it is in no one's way
    import_waiting(at=clock.now() + timedelta(minutes=11))
    assert (outcome(job)[0], job.failure) == ("undone", "")
    assert [row[0] for row in stored("message_id")] == ["o0", "p0"]


def test_only_what_waits_can_be_cancelled_and_its_file_goes(folder: Path) -> None:
    job = bring_kept(folder, "a.ndjson", pages(3))
    cancel_import(job_id=job.pk, at=clock.now())
    assert (outcome(job)[0], list((folder / "history").iterdir())) == ("cancelled", [])
    with pytest.raises(HistoryRefused, match="Too late: cancelled"):
        start_import(job_id=job.pk, at=clock.now())
    with pytest.raises(HistoryRefused, match="not there any more"):
        start_import(job_id=0, at=clock.now())


def test_files_that_nobody_went_on_with_are_forgotten(folder: Path) -> None:
    job = bring_kept(folder, "a.ndjson", pages(3))
    assert forget_files(at=clock.now() + timedelta(days=15)) == 0
    pause_import(job_id=job.pk)
    assert forget_files(at=clock.now() + timedelta(days=13)) == 0
    assert forget_files(at=clock.now() + timedelta(days=15)) == 1
    with pytest.raises(HistoryRefused, match="not kept any more"):
        resume_import(job_id=job.pk, at=clock.now())


def test_nobody_hears_of_old_events_and_today_is_counted_first(folder: Path) -> None:
    assert run(bring_kept(folder, "a.ndjson", pages(10)))[2] == 10
    assert (OutgoingMail.objects.count(), AlertFiring.objects.count(), IngestAlert.objects.count()) == (0, 0, 0)
    assert ApiKey.objects.get().status == "revoked"
    snapshot = make_snapshot(None, timezone.now())
    assert snapshot["stream"] == []
    today = clock.local_day(clock.now())
    fill.mark_days([today], cause="events")
    assert set(DirtyDay.objects.values_list("cause", flat=True)) == {"events", "history"}
    fill_rollups()
    assert set(DirtyDay.objects.values_list("cause", flat=True)) == {"history"}
    fill_older_days()
    assert (DirtyDay.objects.count(), RollupEvent.objects.get().events) == (0, 10)


def test_months_are_made_where_events_fall_and_nowhere_else(folder: Path) -> None:
    before = {each.name for each in list_partitions(table=TABLE)}
    old = pages(2, day="2009-03-15") + pages(1, day="2019-07-01", ids="n")
    assert run(bring_kept(folder, "a.ndjson", old))[2] == 3
    made = {each.name for each in list_partitions(table=TABLE)} - before
    assert made == {"analytics_events_2009_03", "analytics_events_2019_07"}


def test_moments_that_are_no_history_are_refused(folder: Path) -> None:
    row = {"type": "page.viewed", "visitor_id": "ada"}
    rows = [{**row, "occurred_at": at} for at in ("2031-01-01T00:00:00Z", "1970-01-01", "soon", None)]
    assert run(bring_kept(folder, "a.ndjson", lines(*rows))) == ("done", 4, 0, 0, 4, 0)
    assert sorted(rejected("reason", "message", "stage")) == [
        ("invalid_property", "2031-01-01 00:00 UTC is still to come: history has been.", "read_history"),
        ("invalid_property", "It does not say when it happened.", "read_history"),
        (
            "invalid_property",
            "soon is not a moment; send ISO 8601 (2026-11-21T09:30:00Z) or milliseconds since 1970.",
            "settle_moment",
        ),
        ("too_old", "1970-01-01 is before 2000: the clock that wrote it was wrong.", "read_history"),
    ]


def test_what_the_database_refuses_is_kept_as_rejected_beside_the_others(folder: Path) -> None:
    rows = pages(3) + lines(
        {
            "type": "x",
            "visitor_id": "a",
            "occurred_at": "2025-11-20T10:00:00Z",
            "ip": "1",
            "properties": {"a": "\ud800"},
        },
        {"type": "x", "visitor_id": "b", "occurred_at": "2025-11-20T10:00:00Z", "properties": {"quantity": 10**9}},
    )
    assert run(bring_kept(folder, "a.ndjson", rows)) == ("done", 5, 5, 0, 0, 0)


def test_a_file_that_broke_off_keeps_what_was_read_and_says_so(folder: Path) -> None:
    packed = gzip.compress(pages(2000).encode())
    cut = packed[: len(packed) // 2]
    job = bring_kept(folder, "a.ndjson.gz", cut)
    status, records, accepted, *_ = run(job)
    assert (status, records == accepted > 0) == ("failed", True)
    assert "broke off" in HistoryImport.objects.get().failure
    assert run(bring_kept(folder, "b.ndjson.gz", packed)) == ("done", 2000, 2000 - accepted, accepted, 0, 0)


def test_the_wrong_file_is_stopped_early(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "LOOKED_AT", 8)
    job = bring_kept(folder, "a.csv", "event;time\n" + "a;b\n" * 100, format_id="csv")
    assert run(job) == ("failed", 8, 0, 0, 8, 0)
    assert "8 of the first 8 rows were refused" in HistoryImport.objects.get().failure


def test_a_command_imports_and_goes_on(folder: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(folder, "a.ndjson", pages(10))
    call_command("import_history", str(path), "--source", "shop.example", "--dry-run")
    assert "10 of 10 would be stored." in capsys.readouterr().out
    assert (HistoryImport.objects.count(), ApiKey.objects.count(), stored("id")) == (0, 0, [])
    with monkeypatch.context() as patch:
        patch.setattr(importing, "stop_wrong_file", lambda _job: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            call_command("import_history", str(path), "--source", "shop.example")
    with pytest.raises(CommandError, match="Somebody else"):
        call_command("import_history", str(path), "--source", "shop.example")
    HistoryImport.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    capsys.readouterr()
    call_command("import_history", str(path), "--source", "shop.example")
    said = "100 %  10 rows: 10 stored, 0 there before, 0 refused, 0 left out"
    assert capsys.readouterr().out.splitlines()[-1] == said
    assert outcome(HistoryImport.objects.get()) == ("done", 10, 10, 0, 0, 0)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_history", str(folder / "none"))


def test_an_import_that_was_given_away_stores_nothing_more(folder: Path) -> None:
    job = bring(write(folder, "a.ndjson", pages(3)))
    job.status = "running"
    with pytest.raises(Lost):
        importing.import_file(job, folder / "a.ndjson")
    assert stored("id") == []
