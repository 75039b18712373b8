"""Which files of a month go, and which stay, when killed runs or an older database left more than one edition."""

import shutil

import pytest

from analytics.lifecycle.archive.adopting import adopt_edition
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.months import NotArchived
from analytics.lifecycle.archive.places import ArchiveUnavailable
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.rewriting import forget_unfinished, rewrite_month
from analytics.lifecycle.archive.running import forget_leftovers, verify_month
from analytics.store.models import ArchivedMonth, DirtyDay
from tests.lifecycle.months import MARCH, NOW, events, tell
from zuka.platform.db.partitions import create_partition

pytestmark = pytest.mark.django_db
NEWER = r"events/2025-03/2 at .* is newer than what this database knows of .* `manage\.py archive --adopt 2025-03`"

IN_POSTGRESQL = r"are in PostgreSQL: to keep those, move events/2025-03/1 out of the archive"


@pytest.fixture
def before(settings, tmp_path):
    """All events, those of March archived."""
    settings.ARCHIVE_URL = str(tmp_path)
    tell()
    before = events()
    archive_month(month=MARCH, at=NOW)
    return before


def files(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*.*"))


def told():
    return ArchivedMonth.objects.values_list("edition", "rows", "bytes", "content", "files", "location").get()


def without_first(table):
    return table.slice(1)


def test_files_newer_than_the_database_stay_until_they_are_adopted(before, tmp_path):
    with pytest.raises(ArchiveUnavailable, match="has no newer edition of 2025-03 than 1"):
        adopt_edition(month=MARCH, at=NOW)
    older = ArchivedMonth.objects.values().get()
    rewrite_month(month=MARCH, change=without_first, at=NOW)
    newer, kept = told(), files(tmp_path)
    ArchivedMonth.objects.update(**older)
    assert list(forget_leftovers(at=NOW)) == [MARCH]
    assert "is newer than what" in ArchivedMonth.objects.get().error
    with pytest.raises(ArchiveUnavailable, match=NEWER):
        restore_month(month=MARCH, at=NOW)
    with pytest.raises(ArchiveUnavailable, match=NEWER):
        rewrite_month(month=MARCH, change=without_first, at=NOW)
    assert files(tmp_path) == kept
    adopted = adopt_edition(month=MARCH, at=NOW)
    assert told() == newer
    assert (forget_leftovers(at=NOW), verify_month(adopted), files(tmp_path)) == ({}, "", kept)
    restore_month(month=MARCH, at=NOW)
    assert (len(events()), DirtyDay.objects.count()) == (len(before) - 3, 33)


def test_nothing_goes_before_the_files_that_count_were_seen(before, tmp_path):
    shutil.move(tmp_path / "events/2025-03/1", tmp_path / "away")
    (tmp_path / "events/2025-03/2").mkdir()
    assert list(forget_leftovers(at=NOW)) == [MARCH]
    assert (tmp_path / "events/2025-03/2").exists()
    shutil.move(tmp_path / "away", tmp_path / "events/2025-03/1")
    assert forget_leftovers(at=NOW) == {}
    assert [each.name for each in (tmp_path / "events/2025-03").iterdir()] == ["1"]
    (tmp_path / "events/2025-03/1/manifest.json").write_text("{")
    assert "is no JSON" in forget_leftovers(at=NOW)[MARCH]


def test_files_of_a_month_in_postgresql_that_the_database_never_wrote_stay(before, tmp_path):
    ArchivedMonth.objects.update(state="detached")
    with pytest.raises(NotArchived, match="in PostgreSQL still: restore it"):
        adopt_edition(month=MARCH, at=NOW)
    create_partition(table="analytics_events", month=MARCH)
    ArchivedMonth.objects.update(state="restored", edition=0)
    kept = files(tmp_path)
    with pytest.raises(ArchiveUnavailable, match=IN_POSTGRESQL):
        forget_unfinished()
    with pytest.raises(ArchiveUnavailable, match=IN_POSTGRESQL):
        archive_month(month=MARCH, at=NOW)
    ArchivedMonth.objects.all().delete()
    with pytest.raises(ArchiveUnavailable, match=IN_POSTGRESQL):
        archive_month(month=MARCH, at=NOW)
    assert "is newer than what" in ArchivedMonth.objects.get().error
    assert files(tmp_path) == kept
