"""Reports over months that PostgreSQL has not any more: ClickHouse answers, and without it the archive does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from analytics.lifecycle.archive.exporting import archive_month
from analytics.warehouse.client import Warehouse, close_warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from tests.lifecycle.months import MARCH, NOW, tell
from tests.lifecycle.test_archived_reports import ask

pytestmark = pytest.mark.django_db
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("recent_events", {"type": "product.viewed"}),
    ("experiments", {}),
    ("paths", {"of": "events"}),
)


@pytest.fixture
def archived(warehouse: Warehouse, settings: Any, tmp_path: Path) -> Iterator[None]:
    """A month of long ago that was copied to ClickHouse, and then archived."""
    settings.ARCHIVE_URL = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        tell()
        make_tables(warehouse)
        copy_counted(warehouse)
        archive_month(month=MARCH, at=NOW)
        yield


def answers() -> list[tuple[list[Any], tuple[str, ...]]]:
    return [(table.rows, table.archived) for table in (ask(name, **params)[1] for name, params in ASKED)]


def test_without_clickhouse_the_archive_is_asked_for_what_postgresql_has_not(archived: None, settings: Any) -> None:
    there = answers()
    assert [months for _, months in there] == [()] * 3
    close_warehouse()
    settings.CLICKHOUSE_URL = "http://127.0.0.1:9"
    for _ in range(2):  # when it is found to be away, and once that is known
        assert answers() == [(rows, ("2025-03",)) for rows, _ in there]
