"""ClickHouse in the tests' own process: one engine, its tables empty for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from analytics.warehouse.client import Warehouse, close_warehouse, open_warehouse

# Not among the tests of those who have not installed the engine (530 MB): ./run.sh test-warehouse does so.
collect_ignore_glob = [] if find_spec("chdb") and find_spec("sqlglot") else ["test_*.py"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an empty engine; there can be one a process."""
    yield tmp_path_factory.mktemp("clickhouse")
    close_warehouse()


@pytest.fixture
def warehouse(engine: Path, settings: Any) -> Warehouse:
    """The engine, chosen by the settings."""
    settings.CLICKHOUSE_URL = f"chdb:///{engine}"
    settings.ANALYTICS_ENGINE = "clickhouse"
    return open_warehouse()
