"""Packing: the indexes of a month that is over are built anew without room for more, and its rows frozen.

Events come in no order of types, people and products, so pages of those indexes split and stay a third empty. Reading
and writing go on meanwhile (REINDEX CONCURRENTLY). No step needs those before it to have been taken, and the last one
marks the month: killed at any point, the next run packs it again and drops what was left half built.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

import structlog
from django.db import OperationalError, connection, connections
from psycopg import sql

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.packing.months import FOLDER, FULL, due_months
from zuka.platform.clock import local_day
from zuka.platform.db.files import load_sql
from zuka.platform.db.partitions import Partition
from zuka.platform.errors import Refused
from zuka.platform.retention.storage import read_disk

log = structlog.get_logger(__name__)
LOCK = "zuka:packing"
HALF_BUILT = ("_ccnew", "_ccold")
VACUUM = sql.SQL("VACUUM (FREEZE, ANALYZE) {}")
FILL = sql.SQL("ALTER INDEX {} SET ({})")
REBUILD = sql.SQL("REINDEX INDEX CONCURRENTLY {}")
DROP = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}")
MARK = sql.SQL("ALTER TABLE {} SET ({})")


class NoRoom(Refused):
    """There is no room on the disk for a second copy of an index."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "no_room"


@dataclass(frozen=True, slots=True)
class Packed:
    """A month that was packed: what its indexes took before and take now, in bytes."""

    month: date
    before: int
    after: int


@dataclass(slots=True)
class Outcome:
    """What a run did: the months it packed, and those that it could not, each with the reason."""

    packed: list[Packed] = field(default_factory=list)
    failed: dict[date, str] = field(default_factory=dict)


def pack_due_months(*, at: datetime) -> Outcome:
    """Pack the months that are over, oldest first. One that cannot be packed stops no other.

    Raises ArchiveBusy while somebody else is at it.
    """
    outcome = Outcome()
    due = due_months(at=at)
    if not due:
        return outcome
    with alone(name=LOCK):
        for partition in due:
            month = local_day(partition.start)
            try:
                outcome.packed.append(pack_month(partition))
            except (Refused, OperationalError) as failure:
                log.warning("packing.failed", month=f"{month:%Y-%m}", reason=str(failure))
                outcome.failed[month] = str(failure)
    return outcome


def pack_month(partition: Partition) -> Packed:
    """Pack a month. Raises NoRoom, and OperationalError where its table is not to be had."""
    table = sql.Identifier(partition.name)
    with own_cursor() as cursor:
        found = read_indexes(cursor, partition.name)
        for name, _, is_valid in found:
            if not is_valid and name.rstrip("0123456789").endswith(HALF_BUILT):
                cursor.execute(DROP.format(sql.Identifier(name)))
        sizes = {name: size for name, size, is_valid in found if is_valid}
        refuse_without_room(max(sizes.values(), default=0))
        cursor.execute(VACUUM.format(table))
        for name in sizes:
            cursor.execute(FILL.format(sql.Identifier(name), sql.SQL(FULL)))
            cursor.execute(REBUILD.format(sql.Identifier(name)))
        after = sum(size for _, size, _ in read_indexes(cursor, partition.name))
        cursor.execute(MARK.format(table, sql.SQL(FULL)))
    packed = Packed(local_day(partition.start), sum(sizes.values()), after)
    log.info("packing.done", month=f"{packed.month:%Y-%m}", before=packed.before, after=packed.after)
    return packed


@contextmanager
def own_cursor() -> Iterator[Any]:
    """Yield a cursor of a connection of its own, outside of any transaction: building beside readers asks for that."""
    own = connections.create_connection(connection.alias)
    try:
        own.set_autocommit(True)
        with own.cursor() as cursor:
            yield cursor
    finally:
        own.close()


def read_indexes(cursor: Any, table: str) -> list[tuple[str, int, bool]]:
    """Return the B-trees of a table: name, bytes, and whether it is whole."""
    cursor.execute(load_sql(FOLDER / "indexes.sql"), {"table": table})
    return list(cursor.fetchall())


def refuse_without_room(needed: int) -> None:
    """Raise NoRoom where the disk is known to have less than some bytes."""
    disk = read_disk()
    if disk and disk.free_bytes is not None and disk.free_bytes < needed:
        raise NoRoom(f"Packing takes {needed:,} bytes for a while, and the disk has {disk.free_bytes:,} left.")
