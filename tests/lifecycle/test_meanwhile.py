"""What happens beside an archiving or a restoring, between two of its steps or two of its runs."""

import shutil
from datetime import date

import pytest
from django.db import connection, connections

from analytics.lifecycle.archive import content, exporting, files, restoring, tables
from analytics.lifecycle.archive.exporting import NotNow, archive_month
from analytics.lifecycle.archive.months import due_months
from analytics.lifecycle.archive.places import ArchiveUnavailable
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.running import archive_due_months, verify_month
from analytics.lifecycle.archive.tables import has_partition
from analytics.rollup import fill
from analytics.store.models import ArchivedMonth, DirtyDay
from tests.lifecycle.months import DAYS, MARCH, NOW, counted, events, read, tell
from zuka.platform.db.partitions import NotAttached, create_partition

pytestmark = pytest.mark.django_db
STATE = ArchivedMonth.State
TRY = "SELECT pg_try_advisory_xact_lock(hashtext('partition:analytics_events_2025_03'))"
ADD_ONE = """
    INSERT INTO analytics_events_2025_03
    SELECT (jsonb_populate_record(event, '{"id": "019f0000-0000-7000-8000-000000000001"}')).*
    FROM (SELECT event FROM analytics_events_2025_03 AS event LIMIT 1) AS picked RETURNING id
"""


@pytest.fixture
def told(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    return tell()


def doing(monkeypatch, module, number, act):
    """Have something done after a step."""
    steps = list(module.STEPS)
    step = steps[number]

    def step_and_act(*args):
        step(*args)
        act()

    steps[number] = step_and_act
    monkeypatch.setattr(module, "STEPS", tuple(steps))


def die():
    raise KeyboardInterrupt


def count_late(day):
    DirtyDay.objects.create(day=day, cause="history")
    fill.fill_dirty()


def marked():
    return set(DirtyDay.objects.values_list("day", flat=True))


@pytest.mark.parametrize("turn", [0, 40, 60], ids=["before", "before its first visits", "between two days"])
def test_a_month_that_leaves_during_a_rebuild_keeps_its_counts(told, monkeypatch, turn):
    numbers, lock, turns = counted(), fill.lock_fills, []

    def lock_late():
        turns.append(turn)
        if len(turns) == turn + 1:
            archive_month(month=MARCH, at=NOW)
        lock()

    monkeypatch.setattr(fill, "lock_fills", lock_late)
    fill.rebuild(first=MARCH, last=DAYS[-1])
    assert (ArchivedMonth.objects.get().state, len(turns) > turn) == (STATE.ARCHIVED, True)
    assert counted() == numbers
    assert not marked()
    assert date(2025, 4, 1) in ArchivedMonth.objects.get().changed_days


def test_files_that_are_elsewhere_when_a_killed_run_goes_on_are_written_again(told, monkeypatch, settings, tmp_path):
    before = events()
    with monkeypatch.context() as patch:
        doing(patch, exporting, 1, die)
        with pytest.raises(KeyboardInterrupt):
            archive_month(month=MARCH, at=NOW)
    settings.ARCHIVE_URL = str(tmp_path / "other")
    with pytest.raises(NotNow, match=r"and ARCHIVE_URL is .*other now\. The next run writes 2025-03 again"):
        archive_month(month=MARCH, at=NOW)
    assert events() == before
    assert archive_month(month=MARCH, at=NOW).location == str(tmp_path / "other")
    restore_month(month=MARCH, at=NOW)
    assert events() == before


def test_nothing_is_dropped_whose_files_were_lost_since(told, monkeypatch, tmp_path):
    before = events()
    doing(monkeypatch, exporting, 3, lambda: shutil.rmtree(tmp_path / "events"))
    with pytest.raises(ArchiveUnavailable, match=r"Nothing was dropped\. .* --restore 2025-03"):
        archive_month(month=MARCH, at=NOW)
    restore_month(month=MARCH, at=NOW)
    assert events() == before


def test_no_partition_can_be_made_of_a_month_while_it_is_out(told, monkeypatch):
    archive_month(month=MARCH, at=NOW)
    choose, free = restoring.target_of, []

    def choose_alone(month):
        other = connections.create_connection(connection.alias)
        try:
            with other.cursor() as cursor:
                cursor.execute(TRY)
                free.append(cursor.fetchone()[0])
        finally:
            other.close()
        return choose(month)

    def make():
        with pytest.raises(NotAttached, match="is being archived or restored"):
            create_partition(table="analytics_events", month=MARCH)

    monkeypatch.setattr(restoring, "target_of", choose_alone)
    doing(monkeypatch, restoring, 0, make)
    restore_month(month=MARCH, at=NOW)
    assert free[0] is False


def test_days_that_change_while_a_month_is_read_back_are_marked(told, monkeypatch):
    archive_month(month=MARCH, at=NOW)
    doing(monkeypatch, restoring, 1, lambda: count_late(DAYS[2]))
    restore_month(month=MARCH, at=NOW)
    assert (marked(), ArchivedMonth.objects.get().changed_days) == ({DAYS[2]}, [])


def test_days_beside_a_month_that_is_merged_are_marked_too(told):
    archive_month(month=MARCH, at=NOW)
    count_late(DAYS[4])
    create_partition(table="analytics_events", month=MARCH)
    restore_month(month=MARCH, at=NOW)
    assert marked() == {*(date(2025, 3, day) for day in range(1, 32)), DAYS[4]}


def test_days_that_change_before_a_month_is_put_back_are_marked(told, monkeypatch):
    def change():
        read(ADD_ONE)
        count_late(DAYS[2])

    doing(monkeypatch, exporting, 2, change)
    with pytest.raises(NotNow, match="came in after it was written"):
        archive_month(month=MARCH, at=NOW)
    stored = ArchivedMonth.objects.get()
    assert (stored.state, stored.changed_days, has_partition(MARCH)) == (STATE.EXPORTING, [], True)
    assert marked() == {DAYS[2]}


def test_a_restore_that_was_killed_is_ended_by_the_job(told, monkeypatch):
    before = events()
    archive_month(month=MARCH, at=NOW)
    with monkeypatch.context() as patch:
        doing(patch, restoring, 0, die)
        with pytest.raises(KeyboardInterrupt):
            restore_month(month=MARCH, at=NOW)
    due = due_months(at=NOW)
    assert MARCH in due
    monkeypatch.setattr("analytics.lifecycle.archive.running.due_months", lambda **_: [MARCH])
    outcome = archive_due_months(at=NOW)
    assert (outcome.archived, outcome.failed, events()) == ([], {}, before)
    assert ArchivedMonth.objects.get().state == STATE.RESTORED


def test_files_from_before_a_column_are_still_what_was_written(told, monkeypatch):
    before, today = events(), content.event_schema()
    empty = [name for name in today.names if read(f"SELECT count({name}) FROM analytics_events") == [(0,)]]
    assert empty
    older = today.remove(today.get_field_index(empty[0]))
    with monkeypatch.context() as patch:
        for module in (content, files, tables):
            patch.setattr(module, "event_schema", lambda: older)
        stored = archive_month(month=MARCH, at=NOW)
    assert verify_month(stored) == ""
    restore_month(month=MARCH, at=NOW)
    assert events() == before
