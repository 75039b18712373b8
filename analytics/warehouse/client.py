"""One connection to ClickHouse a process, opened when it is asked for: a server by HTTP, or the engine in process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings

from zuka.platform.errors import Refused
from zuka.platform.warehouse_settings import CLICKHOUSE, POSTGRESQL

Rows = list[tuple[Any, ...]]
# What makes it read a statement as PostgreSQL does: NULL where a join or a sum finds nothing, columns before aliases of
# the same name; `final` reads of each row only what was written last.
AS_POSTGRESQL: dict[str, Any] = {
    "final": 1,
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "transform_null_in": 0,
    "cast_keep_nullable": 1,
    "data_type_default_nullable": 0,
    "date_time_output_format": "iso",
    "session_timezone": "UTC",
}
AS_ONE = {"max_partitions_per_insert_block": 0, "max_insert_block_size": 1_000_000}
IN_PROCESS = "chdb:"
# For a server that is silent nobody waits long; one that is at work tells its progress meanwhile. Within a session it
# would run one statement at a time.
BY_HTTP: dict[str, Any] = {"connect_timeout": 3, "send_receive_timeout": 60, "autogenerate_session_id": False}
READ_JSON = {"date_time_input_format": "best_effort"}


class WarehouseAway(Refused):
    """ClickHouse is not set up, or does not answer."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "warehouse_unavailable"


class WarehouseSlow(WarehouseAway):
    """A statement took longer than it may."""


def is_mirrored() -> bool:
    """Say whether events and counts are copied to ClickHouse."""
    return bool(settings.ANALYTICS_ENGINE != POSTGRESQL)


def is_read() -> bool:
    """Say whether reports are read from ClickHouse."""
    return bool(settings.ANALYTICS_ENGINE == CLICKHOUSE)


@contextmanager
def telling() -> Iterator[None]:
    """Raise what the client raises as WarehouseAway, a statement that took too long as WarehouseSlow."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    try:
        yield
    except (ClickHouseError, OSError) as error:
        kind = WarehouseSlow if "TIMEOUT_EXCEEDED" in str(error) else WarehouseAway
        raise kind(f"ClickHouse: {error}") from error


class Warehouse:
    """A connection, which threads share. Statements to the engine in process take turns: it runs one at a time."""

    def __init__(self, url: str) -> None:
        # Loaded by who has chosen ClickHouse alone: the engine in process takes 300 MB.
        import clickhouse_connect

        self.pid = os.getpid()
        is_own = url.startswith(IN_PROCESS)
        self.turn: AbstractContextManager[Any] = threading.RLock() if is_own else nullcontext()
        # By itself it goes by the port: what is https at another one would go unencrypted.
        how = {} if is_own else BY_HTTP | {"interface": urlsplit(url).scheme}
        with telling():
            self.client: Any = clickhouse_connect.get_client(dsn=url, **how)

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing."""
        with self.turn, telling():
            self.client.command(statement, parameters=dict(values or {}), settings={"final": 1})

    def read(
        self, statement: str, values: Mapping[str, Any] | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> tuple[tuple[str, ...], Rows]:
        """Return the names and rows of a SELECT whose `{name:Type}` are bound; moments are in UTC."""
        asked = {**AS_POSTGRESQL, **(settings or {})}
        with self.turn, telling():
            found = self.client.query(statement, parameters=dict(values or {}), settings=asked, tz_mode="aware")
            return tuple(found.column_names), list(found.result_rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows as one block: all of a partition's are seen at once."""
        with self.turn, telling():
            self.client.insert(table, rows, column_names=list(columns), settings=AS_ONE)

    def insert_lines(self, table: str, lines: Sequence[str]) -> None:
        """Insert rows, each a line of JSON, as one block."""
        data = "\n".join(lines).encode()
        with self.turn, telling():
            self.client.raw_insert(table, insert_block=data, fmt="JSONEachRow", settings=AS_ONE | READ_JSON)

    def close(self) -> None:
        """Close the connection."""
        self.client.close()


class _Opened:
    lock = threading.Lock()
    warehouse: Warehouse | None = None
    failed_at = float("-inf")


def open_warehouse() -> Warehouse:
    """Return this process's connection. Raises WarehouseAway."""
    if not settings.CLICKHOUSE_URL:
        raise WarehouseAway("ANALYTICS_ENGINE asks for ClickHouse: set CLICKHOUSE_URL.")
    asked_at = time.monotonic()
    with _Opened.lock:
        if _Opened.failed_at > asked_at:  # who waited for this turn need not wait for the server too
            raise WarehouseAway("ClickHouse did not answer just now.")
        if _Opened.warehouse is None or _Opened.warehouse.pid != os.getpid():
            try:
                _Opened.warehouse = Warehouse(settings.CLICKHOUSE_URL)
            except ImportError as error:
                raise WarehouseAway(
                    f"What asks ClickHouse is not installed ({error}); see docs/clickhouse.md."
                ) from error
            except WarehouseAway:
                _Opened.failed_at = time.monotonic()
                raise
        return _Opened.warehouse


def close_warehouse() -> None:
    """Close this process's connection, where there is one."""
    with _Opened.lock:
        if _Opened.warehouse is not None:
            _Opened.warehouse.close()
            _Opened.warehouse = None
