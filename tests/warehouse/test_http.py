"""A server by HTTP: the client that speaks to one, with the engine from PyPI behind the interface."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine

from analytics.registry.reports import REPORTS
from analytics.report.run import fetch, from_either
from analytics.rollup.fill import fill_dirty
from analytics.warehouse import client
from analytics.warehouse.checking import compare
from analytics.warehouse.client import Warehouse, WarehouseAway, close_warehouse, open_warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import copy_counted
from bench.rig.site import reserved_port
from tests.report.telling import EVENING
from tests.rollup.story import FRIDAY, SATURDAY, at, event
from tests.warehouse.test_mirror import FIRST, LAST, tell
from tests.warehouse.test_parity import PERIODS, asked
from zuka.up.homes import CHECKOUT

pytestmark = pytest.mark.django_db
ACCOUNT = "zuka:a+secret"
NAMES = ("overview", "sessions", "top_products", "event_counts")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server that answers to an account, without it."""
    with reserved_port() as port:
        command = [sys.executable, "-m", "tests.warehouse.engine", str(tmp_path), str(port), ACCOUNT]
        process = subprocess.Popen(command, cwd=CHECKOUT)
        try:
            wait_for(port, process)
            yield f"127.0.0.1:{port}/default"
        finally:
            process.kill()
            process.wait()
            close_warehouse()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < end, "the server does not listen"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def warehouse(server: str, settings: Any) -> Warehouse:
    """The server, chosen by the settings."""
    settings.CLICKHOUSE_URL = f"http://{ACCOUNT.replace('+', '%2B')}@{server}"
    settings.ANALYTICS_ENGINE, settings.CLICKHOUSE_READS = "clickhouse", "all"
    return open_warehouse()


def tables() -> list[Any]:
    return [fetch(name, asked(REPORTS[name], *PERIODS[0])) for name in NAMES]


def taken(listener: socket.socket) -> int:
    """How many connections wait to be answered."""
    listener.settimeout(0)
    number = 0
    with contextlib.suppress(BlockingIOError):  # there are no more
        while True:
            listener.accept()[0].close()
            number += 1
    return number


def test_a_server_is_filled_checked_and_read_by_several_at_once(warehouse: Warehouse, settings: Any) -> None:
    tell()
    fill_dirty()
    make_tables(warehouse)
    copy_counted(warehouse)
    event("page.viewed", at(FRIDAY, 9), visitor_id="v3")
    event("user.logged_in", at(SATURDAY, 9), visitor_id="v1", user_id="somebody")
    fill_dirty()
    copied = copy_counted(warehouse)
    assert (copied.written > 0, copied.gone > 0) == (True, True)
    assert compare(warehouse, first=FIRST, last=LAST) == []
    with ThreadPoolExecutor(4) as pool:
        counted = pool.map(lambda _: warehouse.read("SELECT count(), 'ọjà' FROM analytics_events")[1], range(8))
        assert len({str(rows) for rows in counted}) == 1
    with time_machine.travel(EVENING, tick=False):
        there = tables()
        settings.ANALYTICS_ENGINE = "both"
        assert tables() == there


def test_a_wrong_password_and_a_wrong_statement_are_said(warehouse: Warehouse, settings: Any) -> None:
    with pytest.raises(WarehouseAway, match="Unknown expression identifier `nothing`"):
        warehouse.read("SELECT nothing")
    with pytest.raises(WarehouseAway, match="Authentication failed"):
        Warehouse(settings.CLICKHOUSE_URL.replace("secret", "guess"))


def test_a_silent_server_is_waited_for_once_and_postgresql_answers(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell()
    settings.ANALYTICS_ENGINE = "both"
    monkeypatch.setitem(client.BY_HTTP, "send_receive_timeout", 1)
    with time_machine.travel(EVENING, tick=False), socket.socket() as silent:
        expected = tables()
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # it takes a connection, and says nothing
        settings.CLICKHOUSE_URL = f"http://{silent.getsockname()[0]}:{silent.getsockname()[1]}/default"
        settings.ANALYTICS_ENGINE, settings.CLICKHOUSE_READS = "clickhouse", "all"
        assert from_either(tables) == expected
        assert taken(silent) == 1
