"""History of months that are in the archive: they come back first, for storing and for taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.history import importing, months
from analytics.history.starting import resume_import, take_back_import
from analytics.history.working import import_waiting
from analytics.lifecycle.archive import exporting, restoring
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.restoring import restore_month
from analytics.store.models import ArchivedMonth, HistoryImport
from analytics.store.partitioning import TABLE
from analytics.tasks import fill_older_days
from tests.history.files import bring_kept, outcome, pages, run
from tests.ingest.factories import rejected, stored
from zuka.platform import clock
from zuka.platform.db.partitions import create_partition

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2012, 5, 1)
OLD = pages(3, day="2012-05-10")
NEW = pages(2, day="2012-05-10", ids="n")
ALL = ["m0", "m1", "m2", "n0", "n1"]


class Killed(BaseException):
    """A worker's end, which nothing catches."""


def die(*_arguments: Any) -> None:
    raise Killed


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.EXPORTS_ROOT, settings.ARCHIVE_URL = str(tmp_path), str(tmp_path / "archive")
    monkeypatch.setattr(importing, "CHUNK", 4)
    return tmp_path


@pytest.fixture
def first(folder: Path) -> HistoryImport:
    """An import of May, of which all is counted."""
    job = bring_kept(folder, "a.ndjson", OLD)
    assert run(job)[0] == "done"
    fill_older_days()
    return job


def names() -> list[str]:
    return sorted(row[0] for row in stored("message_id"))


def archive() -> None:
    archive_month(month=MAY, at=clock.now())


def stop_archiving(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "STEPS", (*exporting.STEPS[:3], die))
        with pytest.raises(Killed):
            archive()


def stop_restoring(monkeypatch: pytest.MonkeyPatch) -> None:
    archive()
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "STEPS", (restoring.STEPS[0], die))
        with pytest.raises(Killed):
            restore_month(month=MAY, at=clock.now())


def make_beside(_monkeypatch: pytest.MonkeyPatch) -> None:
    archive()
    create_partition(table=TABLE, month=MAY)


@pytest.mark.parametrize("leave", [lambda _patch: archive(), stop_archiving, stop_restoring, make_beside])
def test_events_are_stored_beside_those_that_were_away(
    first: HistoryImport, folder: Path, monkeypatch: pytest.MonkeyPatch, leave: Callable[[pytest.MonkeyPatch], None]
) -> None:
    leave(monkeypatch)
    assert run(bring_kept(folder, "b.ndjson", NEW + OLD)) == ("done", 5, 2, 3, 0, 0)
    assert (names(), rejected("reason"), ArchivedMonth.objects.get().state) == (ALL, [], "restored")


def test_a_month_that_leaves_before_its_events_are_stored_comes_back(
    first: HistoryImport, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = months.make_months

    def leaves(asked: Any) -> None:
        whole(asked)
        if not ArchivedMonth.objects.exists():
            archive()

    monkeypatch.setattr(months, "make_months", leaves)
    assert run(bring_kept(folder, "b.ndjson", NEW)) == ("done", 2, 2, 0, 0, 0)
    assert names() == ALL


def test_while_the_archive_cannot_be_reached_an_import_stops_and_goes_on_where_it_was(
    first: HistoryImport, folder: Path, settings: Any
) -> None:
    archive()
    there = settings.ARCHIVE_URL
    settings.ARCHIVE_URL = ""
    job = bring_kept(folder, "b.ndjson", pages(4, ids="o") + NEW)
    assert run(job) == ("failed", 4, 4, 0, 0, 0)
    assert job.failure == (
        "Events of 2012-05 are in the archive, and cannot be brought back now: There is no archive: set ARCHIVE_URL to "
        "a folder, or to s3://key:secret@bucket/folder. Nothing is lost."
    )
    settings.ARCHIVE_URL = there
    resume_import(job_id=job.pk, at=clock.now())
    assert run(job) == ("done", 6, 6, 0, 0, 0)
    assert names() == [*ALL, "o0", "o1", "o2", "o3"]


def test_what_was_archived_is_taken_back_as_well(first: HistoryImport, folder: Path, settings: Any) -> None:
    run(bring_kept(folder, "b.ndjson", NEW))
    fill_older_days()
    archive()
    there = settings.ARCHIVE_URL
    settings.ARCHIVE_URL = ""
    take_back_import(job_id=first.pk, at=clock.now())
    assert (run(first)[0], names()) == ("undoing", [])
    settings.ARCHIVE_URL = there
    import_waiting(at=clock.now() + timedelta(minutes=11))
    assert (outcome(first)[0], names()) == ("undone", ["n0", "n1"])
