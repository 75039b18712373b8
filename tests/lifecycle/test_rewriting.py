"""Changing what is archived: all of it or nothing, whenever it is killed."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from analytics.lifecycle.archive.content import event_schema
from analytics.lifecycle.archive.files import day_files, read_day, read_manifest, sums, write_day, write_manifest
from analytics.lifecycle.archive.months import NotArchived
from analytics.lifecycle.archive.places import ArchiveUnavailable, open_place
from analytics.lifecycle.archive.rewriting import rewrite_month
from analytics.store.models import ArchivedMonth

pytestmark = pytest.mark.django_db
MONTH, NOW = date(2025, 3, 1), datetime(2026, 11, 22, 9, tzinfo=UTC)
FACTS = {"event_type": "page.viewed", "source_name": "x", "properties": "{}", "flags": 0}


def event_row(number, day, **columns):
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    row = dict.fromkeys(event_schema().names)
    return (
        row
        | FACTS
        | {"id": f"00000000-0000-0000-0000-{number:012}", "occurred_at": moment, "received_at": moment}
        | columns
    )


@pytest.fixture
def archived(settings, tmp_path):
    """A month with two days of events, Ada's on the first."""
    settings.ARCHIVE_URL = str(tmp_path)
    days = [date(2025, 3, 3), date(2025, 3, 4)]
    rows = [event_row(1, days[0], user_id="ada"), event_row(2, days[0], user_id="Bọ́lá\n\t'\"\\"), event_row(3, days[1])]
    place, files = open_place(), []
    for day in days:
        table = pa.Table.from_pylist([each for each in rows if each["occurred_at"].date() == day], event_schema())
        written = write_day(place=place, month=MONTH, edition=1, day=day, tables=[table])
        assert written is not None
        files.append(written)
    write_manifest(place=place, month=MONTH, edition=1, files=files, at=NOW)
    return ArchivedMonth.objects.create(month=MONTH, state="archived", **sums(files))


def forget_ada(table):
    users = ["nobody" if user == "ada" else user for user in table.column("user_id").to_pylist()]
    return table.set_column(table.schema.get_field_index("user_id"), "user_id", pa.array(users, pa.string()))


def read_users():
    stored, place = ArchivedMonth.objects.get(), open_place()
    tables = [read_day(place=place, month=MONTH, edition=stored.edition, file=each) for each in day_files(stored.files)]
    return [user for table in tables for user in table.column("user_id").to_pylist()]


def test_a_month_is_rewritten_beside_the_old_files_which_then_go(archived, tmp_path):
    assert rewrite_month(month=MONTH, change=forget_ada, at=NOW) == 1
    archived.refresh_from_db()
    assert (archived.edition, archived.rows, archived.rewritten_at) == (2, 3, NOW)
    assert read_users() == ["nobody", "Bọ́lá\n\t'\"\\", None]
    assert sorted(each.name for each in (tmp_path / "events/2025-03").iterdir()) == ["2"]
    manifest = read_manifest(place=open_place(), month=MONTH, edition=2)
    assert (manifest["rows"], manifest["content"], manifest["files"]) == (3, archived.content, archived.files)
    assert [each["name"] for each in manifest["schema"]] == event_schema().names


def test_what_changes_nothing_writes_nothing(archived):
    rewrite_month(month=MONTH, change=forget_ada, at=NOW)
    assert rewrite_month(month=MONTH, change=forget_ada, at=NOW) == 0
    assert ArchivedMonth.objects.get().edition == 2


def test_rows_may_go_and_so_may_a_whole_day(archived):
    assert rewrite_month(month=MONTH, change=lambda table: table.slice(0, table.num_rows - 1), at=NOW) == 2
    stored = ArchivedMonth.objects.get()
    assert (stored.rows, [each["day"] for each in stored.files]) == (1, ["2025-03-03"])


@pytest.mark.parametrize("step", ["write_changed", "switch_to", "write_manifest", "forget_others"])
def test_killed_at_any_step_and_run_again_it_ends_the_work(archived, monkeypatch, tmp_path, step):
    module = "analytics.lifecycle.archive.rewriting"
    original = getattr(__import__(module, fromlist=[step]), step)

    def kill(*args, **kwargs):
        if step == "forget_others" and args[1].edition == 1:
            return original(*args, **kwargs)
        if step != "forget_others":
            original(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{step}", kill)
        with pytest.raises(KeyboardInterrupt):
            rewrite_month(month=MONTH, change=forget_ada, at=NOW)
    rewrite_month(month=MONTH, change=forget_ada, at=NOW)
    assert read_users() == ["nobody", "Bọ́lá\n\t'\"\\", None]
    assert sorted(each.name for each in (tmp_path / "events/2025-03").iterdir()) == ["2"]


def test_a_file_that_was_touched_is_named_and_nothing_changes(archived, tmp_path):
    file = tmp_path / "events/2025-03/1/2025-03-04.parquet"
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    with pytest.raises(ArchiveUnavailable, match=r"events/2025-03/1/2025-03-04\.parquet"):
        rewrite_month(month=MONTH, change=forget_ada, at=NOW)
    assert ArchivedMonth.objects.get().edition == 1


def test_a_month_that_is_not_archived_is_refused(archived):
    with pytest.raises(NotArchived, match="2024-01 is not in the archive"):
        rewrite_month(month=date(2024, 1, 1), change=forget_ada, at=NOW)
    ArchivedMonth.objects.update(state="restored")
    with pytest.raises(NotArchived, match="2025-03"):
        rewrite_month(month=MONTH, change=forget_ada, at=NOW)


def test_without_a_place_the_setting_is_named(archived, settings):
    settings.ARCHIVE_URL = ""
    with pytest.raises(ArchiveUnavailable, match="set ARCHIVE_URL"):
        rewrite_month(month=MONTH, change=forget_ada, at=NOW)
