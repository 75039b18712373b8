"""ClickHouse for tests: its engine in their own process, or a server's at ZUKA_CLICKHOUSE_URL; empty for each file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from analytics.warehouse import reading
from analytics.warehouse.client import Warehouse, close_warehouse, open_warehouse

SERVER = os.environ.get("ZUKA_CLICKHOUSE_URL", "")
# Not among the tests of those who have not installed the engine (530 MB): ./run.sh test-warehouse does so.
collect_ignore_glob = [] if find_spec("sqlglot") and (SERVER or find_spec("chdb")) else ["test_*.py"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database: one of the tests' own on the server, else the engine's, one a process."""
    if not SERVER:
        yield f"chdb:///{tmp_path_factory.mktemp('clickhouse')}"
        close_warehouse()
        return
    server, name = Warehouse(SERVER), f"zuka_test_{uuid4().hex}"
    server.run(f"CREATE DATABASE {name}")
    yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    close_warehouse()
    server.run(f"DROP DATABASE {name}")
    server.close()


@pytest.fixture(autouse=True)
def _asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody remembers a server that was away in another test."""
    monkeypatch.setattr(reading, "_away", reading._Away())


@pytest.fixture
def warehouse(engine: str, settings: Any) -> Warehouse:
    """The engine, chosen by the settings."""
    settings.CLICKHOUSE_URL = engine
    settings.ANALYTICS_ENGINE, settings.CLICKHOUSE_READS = "clickhouse", "all"
    return open_warehouse()
