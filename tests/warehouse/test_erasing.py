"""Who is erased is in no file of ClickHouse either, and both sides still agree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from analytics.personal_data.mirrored import erase_mirrored
from analytics.personal_data.replacing import replace_events
from analytics.rollup.fill import fill_dirty
from analytics.store.models import ArchivedMonth
from analytics.warehouse import forgetting
from analytics.warehouse.checking import compare
from analytics.warehouse.client import Warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from tests.report.telling import EVENING
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from zuka.platform.personal_data.people import Person

pytestmark = pytest.mark.django_db
ADA = Person(users=("ada-lovelace",), visitors=("v-lovelace",), salt="s")
COLUMNS = "user_id, visitor_id, page_path"


@pytest.fixture
def copied(warehouse: Warehouse, db: None) -> Iterator[Warehouse]:
    with time_machine.travel(EVENING, tick=False):
        for day in (THURSDAY, FRIDAY):
            event("page.viewed", at(day, 9), visitor_id="v-lovelace", page_path="/")
            event("page.viewed", at(day, 9, 1), visitor_id="v-other", page_path="/")
        event("user.logged_in", at(FRIDAY, 10), visitor_id="v-lovelace", user_id="ada-lovelace")
        fill_dirty()
        make_tables(warehouse)
        copy_counted(warehouse)
        yield warehouse


def names_in(warehouse: Warehouse, name: str) -> list[str]:
    """The tables that hold a name in any row, also of those that are gone but not merged away."""
    found = []
    for (table,) in warehouse.read("SELECT name FROM system.tables WHERE database = currentDatabase()")[1]:
        rows = f"SELECT toString(tuple(*)) AS row FROM `{table}`"
        asked = f"SELECT count() FROM ({rows}) WHERE position(row, '{name}') > 0"
        if warehouse.read(asked, settings={"final": 0})[1][0][0]:
            found.append(table)
    return sorted(found)


def test_a_person_leaves_every_table(copied: Warehouse) -> None:
    assert "analytics_events" in names_in(copied, "lovelace")
    replace_events(ADA)
    fill_dirty()
    assert erase_mirrored(ADA, EVENING) == 0
    assert names_in(copied, "lovelace") == []
    assert compare(copied, first=THURSDAY, last=SATURDAY) == []
    assert copied.read("SELECT count() FROM analytics_events")[1] == [(5,)]


def test_events_that_postgresql_has_not_any_more_are_changed_there(
    copied: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "months_there", list)
    ArchivedMonth.objects.create(month=THURSDAY.replace(day=1), state=ArchivedMonth.State.ARCHIVED)
    assert erase_mirrored(ADA, EVENING) == 3
    rows = copied.read(f"SELECT {COLUMNS} FROM analytics_events WHERE visitor_id <> 'v-other' ORDER BY occurred_at")[1]
    assert rows == [
        (None, ADA.pseudonym("v-lovelace"), "/"),
        (None, ADA.pseudonym("v-lovelace"), "/"),
        (ADA.pseudonym("ada-lovelace"), ADA.pseudonym("v-lovelace"), None),
    ]
