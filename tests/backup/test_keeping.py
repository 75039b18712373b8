"""Which backups are kept, when one is due, and when the last is too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.at_once import do_at_once
from zuka.backup.keeping import choose_kept, remove_old_backups
from zuka.backup.manifest import MANIFEST, Manifest, encode_manifest, name_of
from zuka.backup.places import Place, open_place
from zuka.backup.refusals import BackupLate
from zuka.backup.running import back_up_when_due, refuse_late
from zuka.platform.admin.backups import backup_warning
from zuka.platform.backup_runs import BackupRun, place_text

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def note(began: datetime, **facts: Any) -> BackupRun:
    known = {"name": name_of(began), "ended_at": began, "place": "/srv", "outcome": "done", "verified_at": began}
    return BackupRun.objects.create(**{**known, "began_at": began, **facts})


def test_the_last_of_each_day_week_and_month_stays():
    moments = [ago(half / 2) for half in range(200)]
    kept = sorted(choose_kept(moments, days=2, weeks=2, months=3), reverse=True)
    assert [f"{each:%m-%d %H}" for each in kept] == [
        "11-22 11",  # today, this week, this month
        "11-21 11",  # yesterday
        "11-15 11",  # the week before
        "10-31 11",
        "09-30 11",
    ]


def test_the_newest_stays_whatever_is_set():
    assert choose_kept([ago(400), ago(300)], days=0, weeks=0, months=0) == {ago(300)}


def put(place: Place, moment: datetime, database: str) -> str:
    """Put a backup of a database there, without files."""
    manifest = Manifest(name_of(moment), moment, "0", 180000, [], {}, [], [], database)
    place.make(manifest.name)
    place.write_manifest(manifest.name, encode_manifest(manifest))
    return manifest.name


def test_only_backups_of_this_database_are_removed(tmp_path: Path):
    place = open_place(str(tmp_path))
    old, new = put(place, ago(9), "ours"), put(place, ago(1), "ours")
    others = [put(place, ago(days), "theirs") for days in (30, 29)]
    unreadable = name_of(ago(20))
    for name in (unreadable, "holiday-pictures"):
        (tmp_path / name).mkdir()
        (tmp_path / name / MANIFEST).write_text("{")
    assert remove_old_backups(place=place, at=NOON, database="ours", days=1, weeks=1, months=0) == [old]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["holiday-pictures", new, unreadable, *others])


@pytest.mark.django_db
def test_without_a_place_none_is_made_and_the_owner_reads_so(settings: Any):
    settings.BACKUP_URL = ""
    assert back_up_when_due(at=NOON) is None
    refuse_late(at=NOON)
    assert backup_warning(at=NOON) == (
        "Backups are not made by themselves: whoever runs the server sets BACKUP_URL. There is none yet."
    )


@pytest.mark.django_db
def test_the_last_good_one_is_what_counts(settings: Any):
    settings.BACKUP_URL = "/srv"
    assert "There is no good backup yet" in backup_warning(at=NOON)
    refuse_late(at=NOON)
    note(ago(1.4))
    assert backup_warning(at=NOON) == ""
    refuse_late(at=NOON)
    BackupRun.objects.all().delete()
    note(ago(2))
    note(ago(1), outcome="failed", error="OSError", verified_at=None)
    note(ago(0.5), removed_at=NOON)
    note(ago(0.1), place="/mnt/usb")
    assert backup_warning(at=NOON) == "The last good backup was 2\xa0days ago. See the job Back up for why."
    with pytest.raises(BackupLate, match="The last good backup is of 2026-11-20 11:00 UTC"):
        refuse_late(at=NOON)


@pytest.mark.django_db
def test_none_that_went_well_is_late_too(settings: Any):
    settings.BACKUP_URL = "/srv"
    note(ago(2), outcome="failed", error="OSError", verified_at=None)
    with pytest.raises(BackupLate, match="No backup went well"):
        refuse_late(at=NOON)


@pytest.mark.django_db(transaction=True)
def test_one_is_made_when_it_is_due_and_old_ones_go(place: Place, settings: Any):
    settings.BACKUP_URL, settings.BACKUP_KEEP_DAYS = place.root, 1
    settings.BACKUP_KEEP_WEEKS = settings.BACKUP_KEEP_MONTHS = 0
    first = back_up_when_due(at=ago(1))
    assert first is not None
    assert back_up_when_due(at=NOON - timedelta(hours=1)) is None
    second = back_up_when_due(at=NOON - timedelta(minutes=3))
    assert second is not None
    assert place.folders() == [second.name]
    gone = dict(BackupRun.objects.values_list("name", "removed_at"))
    assert gone == {first.name: NOON - timedelta(minutes=3), second.name: None}


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_make_one(place: Place, settings: Any):
    settings.BACKUP_URL = place.root
    wrong = do_at_once(lambda: back_up_when_due(at=NOON))
    assert wrong == []
    assert list(BackupRun.objects.values_list("name", "outcome")) == [(name_of(NOON), "done")]
    assert place.folders() == [name_of(NOON)]


@pytest.mark.parametrize("url", ["/srv/backups", "/srv/backups/"])
def test_a_place_is_named_as_its_runs_name_it(url: str):
    assert place_text(url) == open_place(url).text() == "/srv/backups"
    far = "s3://key:secret@shop/backups/?region=eu-west-1&scheme=http"
    assert place_text(far) == open_place(far).text() == "s3://shop/backups"
