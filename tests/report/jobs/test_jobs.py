"""An export from the question to the file: continued after a worker's death, never half, never written twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import F

from analytics.report.export import FORMATS
from analytics.report.jobs import (
    ExportRefused,
    Owner,
    cancel_export,
    find_export,
    forget_exports,
    open_export,
    writing,
)
from analytics.report.jobs.offering import ExportUnknown
from analytics.report.jobs.writing import LEASE, take_up, write_export, write_exports
from analytics.report.query import BadQuery, UnknownReport
from analytics.report.reading import ReplicaLost, read_batches
from analytics.store.models import ExportJob, Segment, SegmentMember
from analytics.tasks import forget_exports as forget_job
from analytics.tasks import write_exports as write_job
from tests.commerce.factories import UserFactory, in_threads
from tests.report.files import file_of, json_lines, sheet_of
from tests.report.jobs.asking import NOW, files, start, state
from tests.rollup.story import event
from zuka.platform.keys.issuing import issue_key, revoke_key

LATER = NOW + LEASE + timedelta(seconds=1)


class Killed(BaseException):
    """A worker that is gone in the middle: nothing of it runs any more."""


def die_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next writer be killed after so many batches were noted."""
    real, left = writing.note, [batches]

    def note(job: ExportJob, **columns: Any) -> None:
        real(job, **columns)
        left[0] -= 1
        if not left[0]:
            monkeypatch.setattr(writing, "note", real)
            raise Killed

    monkeypatch.setattr(writing, "note", note)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("report_id", ["recent_events", "rejections"])
def test_a_worker_writes_what_a_download_would_be(boss: Any, folder: Path, kind: str, report_id: str) -> None:
    job = start(boss, report_id=report_id, format_id=kind)
    assert state(job) == ("waiting", 0, 0, "")
    assert write_exports(at=NOW) == 1
    rows = 7 if report_id == "recent_events" else 0
    assert state(job) == ("done", rows, 1, "")
    assert (files(folder), job.expires_at) == ([f"{job.pk}.{kind}"], NOW + timedelta(days=7))
    with open_export(job=job, at=NOW) as file:
        content = file.read()
    assert len(content) == job.size
    expected = file_of(kind, report_id)
    assert sheet_of(content) == sheet_of(expected) if kind == "xlsx" else content == expected


def test_rows_that_came_since_are_of_the_day_that_was_asked_for(boss: Any, folder: Path) -> None:
    job = start(boss, params={"period": "today"})
    write_exports(at=NOW + timedelta(days=1))
    assert state(job) == ("done", 7, 1, "")


@pytest.mark.parametrize("kind", FORMATS)
def test_what_a_killed_worker_left_is_continued_or_begun_anew(
    boss: Any, folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(boss, format_id=kind)
    die_after(2, monkeypatch)
    with pytest.raises(Killed):
        write_exports(at=NOW)
    assert (state(job), files(folder)) == (("running", 4, 1, ""), [f"{job.pk}-1.part"])
    with pytest.raises(ExportUnknown, match="being written"):
        open_export(job=job, at=NOW)
    with (folder / f"{job.pk}-1.part").open("ab") as file:
        file.write(b"half a row")  # it died over the next batch
    assert write_exports(at=NOW) == 0, "it may be alive"

    read: list[int] = []
    real = read_batches

    def counted(*args: Any, **options: Any) -> Iterator[Any]:
        for batch in real(*args, **options):
            read.append(len(batch.rows))
            yield batch

    monkeypatch.setattr(writing, "read_batches", counted)
    assert write_exports(at=LATER) == 1
    assert state(job) == ("done", 7, 2, "")
    assert read == ([2, 1] if FORMATS[kind].continues else [2, 2, 2, 1])
    content, whole = (folder / job.file_name).read_bytes(), file_of(kind, "recent_events")
    assert sheet_of(content) == sheet_of(whole) if kind == "xlsx" else content == whole


@pytest.mark.parametrize("is_killed", [False, True])
def test_an_export_is_about_one_finding_of_its_people(
    boss: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, is_killed: bool
) -> None:
    segment = Segment.objects.create(name="All", owner=boss, definition={}, refreshed_at=NOW, people=1)
    SegmentMember.objects.create(segment=segment, person="v")
    job = start(boss, params={"segment": str(segment.pk)})
    real = read_batches

    def find_nobody(*args: Any, **options: Any) -> Iterator[Any]:
        for number, batch in enumerate(real(*args, **options)):
            yield batch
            if number == 0 and Segment.objects.filter(refreshed_at=NOW).update(refreshed_at=LATER, people=0):
                SegmentMember.objects.all().delete()

    if is_killed:
        die_after(2, monkeypatch)
        with pytest.raises(Killed):
            write_exports(at=NOW)
        SegmentMember.objects.all().delete()
        Segment.objects.update(refreshed_at=LATER, people=0)
    else:
        monkeypatch.setattr(writing, "read_batches", find_nobody)
    assert write_exports(at=LATER) == 1
    assert state(job) == ("done", 0, 1 + is_killed, "")


def test_an_export_whose_people_keep_changing_says_so(boss: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = Segment.objects.create(name="All", owner=boss, definition={}, refreshed_at=NOW, people=1)
    SegmentMember.objects.create(segment=segment, person="v")
    job = start(boss, params={"segment": str(segment.pk)})
    real = read_batches

    def find_anew(*args: Any, **options: Any) -> Iterator[Any]:
        for batch in real(*args, **options):
            Segment.objects.update(refreshed_at=F("refreshed_at") + timedelta(minutes=1))
            yield batch

    monkeypatch.setattr(writing, "read_batches", find_anew)
    assert write_exports(at=NOW) == 1
    status, _, _, failure = state(job)
    assert (status, failure.partition(",")[0]) == (
        "failed",
        "The people of its segment changed while it was written",
    )
    assert files(folder) == []


def test_an_export_whose_replica_is_lost_begins_again_from_the_primary(
    boss: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, real, sent = start(boss), read_batches, list[int]()

    def lose(*args: Any, **options: Any) -> Iterator[Any]:
        for batch in real(*args, **options):
            yield batch
            sent.append(len(batch.rows))
            if len(sent) == 1:
                raise ReplicaLost

    monkeypatch.setattr(writing, "read_batches", lose)
    assert write_exports(at=NOW) == 1
    assert (state(job), sent) == (("done", 7, 1, ""), [2, 2, 2, 2, 1])
    assert (folder / job.file_name).read_bytes() == file_of("csv", "recent_events")


def test_three_deaths_are_enough(boss: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start(boss)
    for attempt in range(3):
        die_after(1, monkeypatch)
        with pytest.raises(Killed):
            write_exports(at=NOW + attempt * (LEASE + timedelta(seconds=1)))
    assert write_exports(at=NOW + 3 * (LEASE + timedelta(seconds=1))) == 1
    assert state(job)[0::3] == ("failed", "The worker stopped over it each time.")


def test_two_workers_write_one_export_once(boss: Any, folder: Path) -> None:
    job = start(boss)
    assert sorted(in_threads(3, lambda: write_exports(at=NOW))) == [0, 0, 1]
    assert (state(job), files(folder)) == (("done", 7, 1, ""), [f"{job.pk}.csv"])


def test_a_worker_that_was_thought_dead_spoils_nothing(boss: Any, folder: Path) -> None:
    job = start(boss)
    late = take_up(at=NOW)
    assert late is not None
    assert write_exports(at=LATER) == 1
    write_export(late)
    assert (state(job), files(folder)) == (("done", 7, 2, ""), [f"{job.pk}.csv"])


def test_an_export_is_cancelled_while_it_waits_and_while_it_is_written(boss: Any, folder: Path) -> None:
    waiting, running = start(boss), start(boss)
    cancel_export(job=waiting, at=NOW)
    taken = take_up(at=NOW)
    assert taken == running
    cancel_export(job=running, at=NOW)
    write_export(taken)
    assert (state(waiting)[0], state(running)[0], files(folder)) == ("cancelled", "cancelled", [])
    with pytest.raises(ExportRefused, match="Too late: cancelled"):
        cancel_export(job=running, at=NOW)


@pytest.mark.parametrize("way", ["demoted", "suspended", "key revoked"])
def test_who_lost_the_right_meanwhile_gets_no_file(views: None, folder: Path, way: str) -> None:
    if way == "key revoked":
        key, _token = issue_key(name="BI", kind="secret", scopes=["reports"])
        job = start(owner=Owner(key_id=key.pk))
        revoke_key(key=key, at=NOW)
    else:
        person = UserFactory.create(is_staff=True)
        person.user_permissions.add(Permission.objects.get(codename="view_report"))
        job = start(person)
        person.user_permissions.clear()
        type(person).objects.filter(pk=person.pk).update(status="suspended" if way == "suspended" else "active")
    write_exports(at=NOW)
    assert state(job) == ("failed", 0, 1, "Who asked for it may no longer read reports.")
    assert files(folder) == []


def test_a_failure_has_its_reason(boss: Any, folder: Path) -> None:
    job = start(boss)
    folder.parent.joinpath("exports").write_text("no folder")
    write_exports(at=NOW)
    assert state(job)[0::3] == ("failed", "The file could not be written: File exists.")


def test_more_rows_than_a_kind_of_file_can_hold_are_refused(
    boss: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(boss, format_id="xlsx")
    object.__setattr__(FORMATS["xlsx"], "most_rows", 6)
    try:
        write_exports(at=NOW)
    finally:
        object.__setattr__(FORMATS["xlsx"], "most_rows", 1_048_575)
    assert state(job)[3] == "It has more than 5 rows. Choose a shorter period or CSV."


@pytest.mark.parametrize(
    ("choices", "error", "message"),
    [
        ({"report_id": "horoscope"}, UnknownReport, "There is no report 'horoscope'"),
        ({"format_id": "doc"}, BadQuery, "format must be one of csv, xlsx"),
        ({"params": {"period": "soon"}}, BadQuery, "period must be one of"),
    ],
)
def test_what_cannot_be_exported_is_refused_at_once(boss: Any, folder: Path, choices: Any, error: Any, message: str):
    with pytest.raises(error, match=message):
        start(boss, **choices)
    assert ExportJob.objects.count() == 0


def test_somebody_has_five_exports_under_way_at_most(boss: Any, folder: Path) -> None:
    for _ in range(5):
        start(boss)
    with pytest.raises(ExportRefused, match="5 of your exports are under way"):
        start(boss)
    assert start(UserFactory.create(is_staff=True, is_superuser=True)).status == "waiting"


def test_without_a_folder_nothing_is_exported(boss: Any, settings: Any) -> None:
    settings.EXPORTS_ROOT = settings.MEDIA_ROOT = ""
    with pytest.raises(ExportRefused, match="Set EXPORTS_ROOT or MEDIA_ROOT"):
        start(boss)


def test_files_are_kept_for_a_while_and_strays_are_not(boss: Any, folder: Path) -> None:
    job = start(boss)
    write_job(unknown="keyword")
    (folder / "stray.part").write_text("x")
    assert forget_exports(at=NOW) == 0
    week = NOW + timedelta(days=7, seconds=1)
    os.utime(folder / "stray.part", (NOW.timestamp(), NOW.timestamp()))
    assert (forget_exports(at=week), state(job)[0], files(folder)) == (2, "expired", [])
    with pytest.raises(ExportUnknown, match="no longer kept"):
        open_export(job=job, at=week)
    forget_exports(at=NOW + timedelta(days=91))
    assert ExportJob.objects.count() == 0
    forget_job(unknown="keyword")


def test_an_export_is_its_owners_alone(boss: Any, folder: Path) -> None:
    job = start(boss)
    assert find_export(export_id=job.pk, owner=Owner(user_id=boss.pk)) == job
    for owner in (Owner(user_id=UserFactory.create(is_staff=True, is_superuser=True).pk), Owner()):
        with pytest.raises(ExportUnknown):
            find_export(export_id=job.pk, owner=owner)


def test_lines_of_json_are_each_whole(boss: Any, folder: Path) -> None:
    event("page.viewed", NOW - timedelta(hours=1), page_path="/a\nb")
    job = start(boss, format_id="jsonl", params={"limit": "3"})
    write_exports(at=NOW)
    state(job)
    assert [row["event_type"] for row in json_lines((folder / job.file_name).read_bytes())] == [
        "page.viewed",
        "product.viewed",
        "product.viewed",
    ]
