"""Months of raw events that are over: their indexes take less room, and everything else is as it was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.tiers import event_tiers
from analytics.lifecycle.packing.months import due_months, packed_names
from analytics.lifecycle.packing.running import own_cursor, pack_due_months
from analytics.rollup.fill import fill_dirty
from analytics.tasks import pack_events
from analytics.track import track_many
from tests.lifecycle.months import MARCH, NOW, events, moment, read
from tests.rollup.story import build_event
from zuka.platform.retention import storage
from zuka.platform.retention.storage import Disk

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "analytics_events_2025_03"
INDEXES = "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = %s::regclass ORDER BY 1"


@pytest.fixture
def told(settings: Any) -> Iterator[None]:
    """A March with some thousand events, whose ids come in no order."""
    settings.EVENT_RETENTION_MONTHS, settings.ARCHIVE_URL = 24, ""
    draw = random.Random(9)
    with time_machine.travel(NOW, tick=False):
        for part in range(6):
            first = moment(MARCH, 1) + timedelta(days=4 * part)
            times = sorted(first + timedelta(seconds=draw.randrange(4 * 86_400)) for _ in range(500))
            track_many(
                build_event("page.viewed", time, id=UUID(int=draw.getrandbits(128)), visitor_id="v1") for time in times
            )
        run("ANALYZE analytics_events")
        yield
        run(f"ALTER TABLE {NAME} RESET (fillfactor)")  # tables outlive tests


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def due() -> list[str]:
    return [each.name for each in due_months(at=NOW)]


def test_a_month_that_is_over_is_packed_once(told: None, settings: Any) -> None:
    before, shape = events(), read(INDEXES, NAME)
    assert due() == [NAME]
    packed = pack_due_months(at=NOW)
    assert packed.failed == {}
    (month,) = packed.packed
    assert month.month == MARCH
    assert month.after < month.before
    assert packed_names() == {NAME}
    assert (events(), read(INDEXES, NAME)) == (before, shape)
    assert (due(), pack_due_months(at=NOW).packed) == ([], [])


def test_what_is_not_over_leaves_soon_or_is_switched_off_stays(told: None, settings: Any) -> None:
    settings.EVENT_HOT_MONTHS = 20
    assert due() == []
    settings.EVENT_HOT_MONTHS = 0
    assert due() == []
    settings.EVENT_HOT_MONTHS, settings.ARCHIVE_URL, settings.EVENT_RETENTION_MONTHS = 19, "/archive", 13
    assert due() == []


def test_events_that_come_late_are_kept_and_a_month_that_comes_back_is_packed_anew(
    told: None, settings: Any, tmp_path: Any
) -> None:
    pack_events()
    track_many([build_event("page.viewed", moment(MARCH, 12), visitor_id="late")])
    fill_dirty(oldest_first=True)
    before = events()
    settings.ARCHIVE_URL = str(tmp_path)
    settings.EVENT_RETENTION_MONTHS = 13
    archive_month(month=MARCH, at=NOW)
    restore_month(month=MARCH, at=NOW)
    assert events() == before
    assert packed_names() == set()


def test_what_a_killed_run_left_is_dropped(told: None) -> None:
    with own_cursor() as cursor:
        cursor.execute(f"CREATE INDEX left_ccnew1 ON {NAME} (category)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'left_ccnew1'::regclass")
    shape = [row for row in read(INDEXES, NAME) if row[0] != "left_ccnew1"]
    pack_due_months(at=NOW)
    assert read(INDEXES, NAME) == shape


def test_two_exclude_each_other(told: None) -> None:
    with own_cursor() as cursor:
        cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('zuka:packing'))")
        with pytest.raises(CommandError, match="being done already"):
            call_command("pack", stdout=StringIO())
    assert packed_names() == set()


def test_a_full_disk_is_said_and_nothing_is_touched(told: None, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(NOW.date(), 10**9, 100, None, None, "DATABASE_DISK_GB")
    monkeypatch.setattr(storage, "_disk", [lambda: disk])
    with pytest.raises(
        RuntimeError, match=r"2025-03: Packing takes [\d,]+ bytes for a while, and the disk has 100 left"
    ):
        pack_events()
    assert packed_names() == set()


def test_the_command_and_the_page(told: None, settings: Any) -> None:
    def said(**options: bool) -> str:
        out = StringIO()
        call_command("pack", stdout=out, **options)
        return out.getvalue().strip()

    settings.EVENT_HOT_MONTHS = 2
    assert (said(dry_run=True), said(lists=True)) == ("2025-03 would be packed.", "No month is packed.")
    assert event_tiers() == []
    assert said().startswith("2025-03: indexes of ")
    assert said() == "Nothing was packed."
    assert said(lists=True).startswith("2025-03: ")
    assert [(each.name, each.months) for each in event_tiers()] == [("Events as they came", 0), ("Events, packed", 1)]
    settings.ARCHIVE_URL = "/archive"
    assert [each.next for each in event_tiers()] == ["", "March 2025 from 1 Apr 2027", ""]
