"""Answering a report's statement from ClickHouse, where all that it reads is there.

What reads the shop's own tables (orders, customers, payments) stays in PostgreSQL, and unless CLICKHOUSE_READS says
`all` what reads no events: the tables that a statement names say so, no list does. While ClickHouse does not answer,
PostgreSQL does, with what it needs of the archive: so who was to be answered there, and was not, asks from the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import structlog
from django.conf import settings

from analytics.warehouse.client import Rows, WarehouseAway, WarehouseSlow, is_read, open_warehouse
from analytics.warehouse.statements import own_statement, own_views
from analytics.warehouse.staying import OF_EVENTS, STAYS
from analytics.warehouse.tables import EVENTS, mirrored_tables
from zuka.platform.warehouse_settings import ALL

log = structlog.get_logger(__name__)
Answer = tuple[tuple[str, ...], Rows]
# A statement in ClickHouse's words, and what it binds.
Said = tuple[str, Mapping[str, Any]]
# A page asks for a dozen tables: one of them waits for a server that is away. Longer than an answer may take, so that
# no part of one is asked of ClickHouse again.
AWAY_SECONDS = 60.0


class _Away:
    until = 0.0


_away = _Away()


def is_there(statement: str) -> bool:
    """Say whether ClickHouse is read, answers, and has all that a report's statement reads, which is what it is to
    answer.
    """
    if not is_read() or time.monotonic() < _away.until:
        return False
    return not shop_tables(statement) and is_chosen(tables_named(statement))


def is_chosen(tables: Collection[str]) -> bool:
    """Say whether who reads such tables is to be answered there: everybody, or who reads events themselves.

    A count by day is a few rows: PostgreSQL has added them up before ClickHouse has planned to. So are journeys, which
    it walks in half of ClickHouse's time (bench/figures.md).
    """
    return settings.CLICKHOUSE_READS == ALL or EVENTS in tables


def may_be_there(report_id: str) -> bool:
    """Say whether a report, with some of its parameters at least, is to be answered by ClickHouse."""
    return is_read() and report_id not in STAYS and (settings.CLICKHOUSE_READS == ALL or report_id in OF_EVENTS)


def tables_named(statement: str) -> frozenset[str]:
    """Return the tables and views that a statement reads."""
    # Loaded by who has chosen ClickHouse alone.
    from analytics.warehouse.translating import tables_read

    return tables_read(statement)


def shop_tables(statement: str) -> set[str]:
    """Return the tables that a statement reads and that are in PostgreSQL alone."""
    return set(tables_named(statement)) - mirrored_tables().keys() - own_views().keys()


def fetch_there(name: str, statement: str, params: Mapping[str, Any], *, said: Said | None = None) -> Answer:
    """Return the column names and rows of a report's statement, which is translated unless it is `said` already.
    Raises WarehouseAway and WarehouseSlow.
    """
    # As above.
    from analytics.warehouse.binding import bind
    from analytics.warehouse.naming import put_names
    from analytics.warehouse.translating import names_of, parsed, translate

    text, values = said or (own_statement(f"reports/{name}") or translate(statement), params)
    asked, bound = bind(text, values)
    rows = open_warehouse().read(asked, bound, settings={"max_execution_time": settings.REPORT_SECONDS})[1]
    # Of no rows the engine in process says no names.
    return names_of(statement), put_names(rows, parsed(statement)[1])


def answer(name: str, statement: str, params: Mapping[str, Any], *, said: Callable[[], Said] | None) -> Answer | None:
    """Return what ClickHouse says to a report's statement, which `said` says in its words where it is not translated;
    None: ask PostgreSQL. Raises WarehouseSlow, and WarehouseAway: then it is not there for the next minute.
    """
    if not is_there(statement):
        return None
    try:
        return fetch_there(name, statement, params, said=said() if said else None)
    except WarehouseSlow:  # it answers, only not this in time
        raise
    except WarehouseAway as error:
        _away.until = time.monotonic() + AWAY_SECONDS
        log.warning("warehouse.away", report=name, reason=error.message)
        raise WarehouseAway("ClickHouse does not answer just now. Ask again.") from error
