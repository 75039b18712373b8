"""A month that is archived or restored while somebody is erased keeps nothing of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics.lifecycle.archive.exporting import archive_month
from analytics.personal_data import replacing
from analytics.store.models import ArchivedMonth
from tests.lifecycle.months import MARCH, NOW, tell
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person

pytestmark = pytest.mark.django_db
PERSON = Person(users=("u-ada",), visitors=("ada",), salt="secret")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.ARCHIVE_URL = str(tmp_path)
    tell()
    return tmp_path


def archived_users(folder: Path) -> set[str | None]:
    return {user for path in folder.rglob("*.parquet") for user in pq.read_table(path).column("user_id").to_pylist()}


def move_once(monkeypatch: pytest.MonkeyPatch, step: str, move: Any) -> None:
    """Let a month move after the first time that a step of the erasure has looked."""
    moved: list[bool] = []
    original = getattr(replacing, step)

    def look(*given: Any) -> int:
        count: int = original(*given)
        if not moved:
            moved.append(True)
            move(month=MARCH, at=NOW)
        return count

    monkeypatch.setattr(replacing, step, look)


def test_a_month_archived_before_its_events_were_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ArchivedMonth.objects.create(month=MARCH, state="exporting")
    move_once(monkeypatch, "erase_archived", archive_month)
    replacing.erase_events(PERSON, NOW)

    assert ArchivedMonth.objects.get().state == "archived"
    assert archived_users(folder) == {PERSON.pseudonym("u-ada"), None}


def test_months_that_keep_moving_postpone_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = iter(range(100))
    monkeypatch.setattr(replacing, "where_months_are", lambda: [(next(places),)])
    with pytest.raises(Postponed, match="Months are on their way"):
        replacing.erase_events(PERSON, NOW)
