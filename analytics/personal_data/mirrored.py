"""A person in ClickHouse: what PostgreSQL has there goes along with the copies, what it has not is changed by it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from analytics.personal_data.replacing import replacing_params
from analytics.warehouse.client import WarehouseAway, open_warehouse
from analytics.warehouse.forgetting import change_events, days_of_people, purge
from analytics.warehouse.mirror import copy_days, copy_whole, waiting_days
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person

MOST_DAYS = 10_000


def erase_mirrored(person: Person, _at: datetime) -> int:
    """Replace a person in ClickHouse as in PostgreSQL, and in its files; return how many events PostgreSQL has not.

    After their days were counted again. Raises `Postponed` while ClickHouse does not answer.
    """
    if not (settings.CLICKHOUSE_URL and person.ids):
        return 0
    try:
        warehouse = open_warehouse()
        days = days_of_people(warehouse, person.ids)
        count = change_events(warehouse, ids=person.ids, change=lambda rows: changed(rows, person))
        filled = dict(waiting_days(limit=MOST_DAYS))
        copy_days(warehouse, dict.fromkeys(days) | filled)
        copy_whole(warehouse)
        purge(warehouse, days | filled.keys())
    except WarehouseAway as error:
        raise Postponed(f"{error.message} This goes on once it does.") from error
    return count


def changed(rows: list[dict[str, Any]], person: Person) -> list[dict[str, Any]]:
    """Return events as the statements of the erasure leave them."""
    # Loaded when somebody is erased: it takes tens of megabytes.
    import pyarrow as pa

    from analytics.lifecycle.archive.content import event_schema
    from analytics.personal_data.archived import change_rows

    table = pa.Table.from_pylist(rows, event_schema())
    found: list[dict[str, Any]] = change_rows(table, replacing_params(person)).to_pylist()
    return found
