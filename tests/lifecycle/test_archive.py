"""A month leaves PostgreSQL and comes back, whatever happens meanwhile."""

from datetime import date

import pytest
from django.db import connection

from analytics.lifecycle.archive import exporting, restoring
from analytics.lifecycle.archive.alone import ArchiveBusy, alone
from analytics.lifecycle.archive.exporting import NotNow, archive_month
from analytics.lifecycle.archive.months import NotArchived, due_months
from analytics.lifecycle.archive.places import ArchiveUnavailable
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.tables import has_partition
from analytics.store.models import ArchivedMonth, DirtyDay
from analytics.store.partitioning import ensure_event_partitions
from analytics.track import track_many
from tests.lifecycle.months import DAYS, MARCH, NOW, counted, events, moment, tell, visit
from zuka.platform.db.partitions import create_partition

pytestmark = pytest.mark.django_db
STATE = ArchivedMonth.State


@pytest.fixture
def told(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    return tell()


def state():
    return ArchivedMonth.objects.get().state


def killing(step):
    def kill(*args):
        step(*args)
        raise KeyboardInterrupt

    return kill


def test_a_month_leaves_and_comes_back_as_it_was(told, tmp_path):
    before, numbers = events(), counted()
    stored = archive_month(month=MARCH, at=NOW)
    assert (stored.state, stored.rows, has_partition(MARCH)) == (STATE.ARCHIVED, len(before) - len(events()), False)
    assert [each["day"] for each in stored.files] == ["2025-03-01", "2025-03-14", "2025-03-31"]
    assert stored.rows == 29
    assert counted() == numbers
    restored = restore_month(month=MARCH, at=NOW)
    assert (restored.state, has_partition(MARCH), list(tmp_path.rglob("*.parquet"))) == (STATE.RESTORED, True, [])
    assert events() == before
    assert counted() == numbers
    assert not DirtyDay.objects.exists()


@pytest.mark.parametrize("number", range(len(exporting.STEPS)))
def test_archiving_that_is_killed_after_any_step_goes_on(told, monkeypatch, number):
    before = events()
    steps = [killing(each) if place == number else each for place, each in enumerate(exporting.STEPS)]
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "STEPS", tuple(steps))
        with pytest.raises(KeyboardInterrupt):
            archive_month(month=MARCH, at=NOW)
    if state() != STATE.ARCHIVED:
        archive_month(month=MARCH, at=NOW)
    assert (state(), has_partition(MARCH)) == (STATE.ARCHIVED, False)
    restore_month(month=MARCH, at=NOW)
    assert events() == before


@pytest.mark.parametrize("number", range(len(restoring.STEPS)))
def test_restoring_that_is_killed_after_any_step_goes_on(told, monkeypatch, number):
    before = events()
    archive_month(month=MARCH, at=NOW)
    steps = [killing(each) if place == number else each for place, each in enumerate(restoring.STEPS)]
    with monkeypatch.context() as patch:
        patch.setattr(restoring, "STEPS", tuple(steps))
        with pytest.raises(KeyboardInterrupt):
            restore_month(month=MARCH, at=NOW)
    if state() != STATE.RESTORED:
        restore_month(month=MARCH, at=NOW)
    assert events() == before
    archive_month(month=MARCH, at=NOW)
    assert state() == STATE.ARCHIVED


def test_what_comes_in_before_the_month_is_taken_out_puts_it_back(told, monkeypatch):
    late = visit("late", DAYS[2], 20)
    detach = exporting.detach_month

    def late_detach(*args):
        track_many(late)
        DirtyDay.objects.all().delete()
        detach(*args)

    steps = [late_detach if each is detach else each for each in exporting.STEPS]
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "STEPS", tuple(steps))
        with pytest.raises(NotNow, match="came in after it was written"):
            archive_month(month=MARCH, at=NOW)
    before = events()
    assert (state(), has_partition(MARCH), ArchivedMonth.objects.get().error != "") == (STATE.EXPORTING, True, True)
    archive_month(month=MARCH, at=NOW)
    restore_month(month=MARCH, at=NOW)
    assert events() == before


def test_a_month_that_waits_to_be_counted_stays(told):
    DirtyDay.objects.create(day=date(2025, 4, 1), cause="orders")
    with pytest.raises(NotNow, match="2025-04-01 waits to be counted"):
        archive_month(month=MARCH, at=NOW)
    assert has_partition(MARCH)


@pytest.mark.parametrize(
    ("month", "words"),
    [(date(2026, 10, 1), "ended less than 32 days ago"), (date(2019, 1, 1), "no events in PostgreSQL")],
)
def test_what_may_not_be_archived_is_refused(told, month, words):
    with pytest.raises(NotNow, match=words):
        archive_month(month=month, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_exclude_each_other(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    with alone():
        for call in (archive_month, restore_month):
            with pytest.raises(ArchiveBusy):
                call(month=MARCH, at=NOW)
    with pytest.raises(NotArchived):
        restore_month(month=MARCH, at=NOW)


def test_a_folder_that_cannot_be_written_is_named_and_nothing_is_lost(told, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.ARCHIVE_URL = str(tmp_path / "file" / "archive")
    with pytest.raises(ArchiveUnavailable, match="file/archive failed"):
        archive_month(month=MARCH, at=NOW)
    assert has_partition(MARCH)


def test_a_file_that_went_wrong_is_found_before_anything_is_dropped(told, monkeypatch, tmp_path):
    write = exporting.write_files

    def write_badly(*args):
        write(*args)
        file = tmp_path / "events/2025-03/1/2025-03-14.parquet"
        file.write_bytes(file.read_bytes()[:-1])

    monkeypatch.setattr(exporting, "STEPS", (write_badly, *exporting.STEPS[1:]))
    with pytest.raises(ArchiveUnavailable, match=r"2025-03-14\.parquet .* sha256 differs"):
        archive_month(month=MARCH, at=NOW)
    assert has_partition(MARCH)


def test_events_of_any_age_bring_their_month_back_and_are_counted_once(told):
    before = events()
    archive_month(month=MARCH, at=NOW)
    track_many(visit("late", DAYS[2], 20))
    assert (state(), len(events())) == (STATE.RESTORED, len(before) + 4)
    assert set(DirtyDay.objects.values_list("day", flat=True)) == {DAYS[2]}


def test_events_in_a_partition_beside_the_archive_are_merged_each_once(told):
    before = events()
    march = [row for row in before if moment(MARCH, 0) <= row[3] < moment(DAYS[4], 0)]
    archive_month(month=MARCH, at=NOW)
    create_partition(table="analytics_events", month=MARCH)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO analytics_events (id, event_type, source_name, occurred_at, received_at, properties, flags) "
            "VALUES (%s, 'page.viewed', 'x', %s, now(), '{}', 0)",
            [march[0][0], march[0][3]],
        )
    with pytest.raises(NotNow, match="restore it first"):
        archive_month(month=MARCH, at=NOW)
    restore_month(month=MARCH, at=NOW)
    assert [row[0] for row in events()] == [row[0] for row in before]
    assert DirtyDay.objects.values("day").distinct().count() == 31


def test_months_past_their_retention_are_due_and_archived_ones_are_not_made_again(told, settings):
    months = due_months(at=NOW)
    assert {date(2025, 2, 1), MARCH, date(2025, 4, 1)} <= set(months)
    assert max(months) < date(2025, 10, 1)
    archive_month(month=MARCH, at=NOW)
    assert MARCH not in due_months(at=NOW)
    settings.EVENT_RETENTION_MONTHS = 24
    assert "analytics_events_2025_03" not in ensure_event_partitions(today=NOW.date())
    restore_month(month=MARCH, at=NOW)
    settings.EVENT_RETENTION_MONTHS = 13
    assert MARCH not in due_months(at=NOW)
