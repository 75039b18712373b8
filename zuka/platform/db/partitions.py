"""Monthly RANGE partitions, since the package the brief names for them exists in no registry.

Django keeps one primary key column (admin, DRF and relations work); the database's primary key adds the time
column, as PostgreSQL asks of a partitioned table. Months begin at the shop's midnight; bounds are written in UTC.
There is no DEFAULT partition: rows in it would block the creation of their month.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import DatabaseError, connections, migrations, transaction
from psycopg import sql

from zuka.platform.clock import add_months, day_start, month_start

BOUNDS = re.compile(r"FROM \('([^']+)'\) TO \('([^']+)'\)")
LIST = """
    SELECT child.relname, pg_get_expr(child.relpartbound, child.oid),
           pg_total_relation_size(child.oid), greatest(child.reltuples, 0)::bigint
    FROM pg_inherits JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = %s::regclass ORDER BY child.relname
"""


IS_ATTACHED = "SELECT count(*) > 0 FROM pg_inherits WHERE inhrelid = %s::regclass AND inhparent = %s::regclass"


class NotAttached(DatabaseError):  # noqa: N818 - it names what is
    """A table has the name of a partition and is none: rows of its month have no place."""


@dataclass(frozen=True, slots=True)
class Partition:
    """One month: its table, `[start, end)` in UTC, size in bytes and the planner's row estimate."""

    name: str
    start: datetime
    end: datetime
    size: int
    rows: int


class CreatePartitionedModel(migrations.CreateModel):
    """`CreateModel` whose table is partitioned by month of `partition_key`. Edit `CreateModel` to this by hand."""

    def __init__(self, *args: Any, partition_key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partition_key = partition_key

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Keep the key in squashed migrations."""
        name, args, kwargs = super().deconstruct()
        return name, list(args), {**kwargs, "partition_key": self.partition_key}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        """Create the parent table; partitions are made by `ensure_partitions`."""
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        statement, params = schema_editor.table_sql(model)
        columns = statement.replace(" PRIMARY KEY", "", 1).rstrip().removesuffix(")")
        quote = schema_editor.quote_name
        time_column = model._meta.get_field(self.partition_key).column  # noqa: SLF001 - Django's model API
        key = f"PRIMARY KEY ({quote(model._meta.pk.column)}, {quote(time_column)})"  # noqa: SLF001
        schema_editor.execute(f"{columns}, {key}) PARTITION BY RANGE ({quote(time_column)})", params or None)
        schema_editor.deferred_sql.extend(schema_editor._model_indexes_sql(model))  # noqa: SLF001

    def describe(self) -> str:
        """Say what the migration does."""
        return f"Create partitioned model {self.name} (by month of {self.partition_key})"


def read_partitions(cursor: Any, *, table: str) -> list[Partition]:
    """Return a table's partitions, oldest first, by any cursor: Django's or psycopg's."""
    cursor.execute(LIST, [table])
    found = []
    for name, bound, size, count in cursor.fetchall():
        match = BOUNDS.search(bound)
        assert match is not None, f"{name} is no RANGE partition"
        start, end = (datetime.fromisoformat(text).astimezone(UTC) for text in match.groups())
        found.append(Partition(name, start, end, size, count))
    return sorted(found, key=lambda partition: partition.start)


def list_partitions(*, table: str, using: str = "default") -> list[Partition]:
    """Return a table's partitions, oldest first."""
    with connections[using].cursor() as cursor:
        return read_partitions(cursor, table=table)


def partition_name(table: str, month: date) -> str:
    """Return the name of a month's partition: `analytics_events_2026_11`."""
    return f"{table}_{month:%Y_%m}"


def partition_turn(name: str) -> str:
    """Return the name of the lock under which a partition of a name is made (`take_turns`)."""
    return f"partition:{name}"


def create_partition(*, table: str, month: date, using: str = "default") -> str:
    """Create the partition of a month and return its name. Two processes may race: the second finds it there.

    Raises NotAttached while its table is taken out: that is being archived or restored.
    """
    name = partition_name(table, month)
    bounds = [sql.Literal(day_start(each).astimezone(UTC).isoformat()) for each in (month, add_months(month, 1))]
    statement = sql.SQL("CREATE TABLE IF NOT EXISTS {name} PARTITION OF {table} FOR VALUES FROM ({low}) TO ({high})")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [partition_turn(name)])
        filled = statement.format(name=sql.Identifier(name), table=sql.Identifier(table), low=bounds[0], high=bounds[1])
        cursor.execute(filled)
        # For a table of that name which is no partition, IF NOT EXISTS does nothing, and says so to nobody.
        cursor.execute(IS_ATTACHED, [name, table])
        if not cursor.fetchone()[0]:
            raise NotAttached(
                f"{name} is a table, but no partition of {table}: its month is being archived or restored. Try again "
                "when that has ended; `manage.py archive` ends what was cut off."
            )
    return name


def ensure_partitions(
    *, table: str, first: date, last: date, but: Container[date] = (), using: str = "default"
) -> list[str]:
    """Create the missing months from the month of `first` to that of `last`; return the names it made.

    `but` are the first days of months that shall not be there.
    """
    have = {partition.name for partition in list_partitions(table=table, using=using)}
    made = []
    month = month_start(first)
    while month <= last:
        if partition_name(table, month) not in have and month not in but:
            made.append(create_partition(table=table, month=month, using=using))
        month = add_months(month, 1)
    return made


def drop_partitions(*, table: str, before: datetime) -> list[str]:
    """Drop the partitions that end by a moment, all of whose rows are older; return their names."""
    names = [each.name for each in list_partitions(table=table) if each.end <= before]
    for name in names:
        drop_partition(table=table, name=name)
    return names


def drop_partition(*, table: str, name: str, using: str = "default") -> None:
    """Detach and drop one partition; refuses a name that is not a partition of the table."""
    if name not in {partition.name for partition in list_partitions(table=table, using=using)}:
        raise ValueError(f"{name} is not a partition of {table}")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))


def detach_partition(*, table: str, name: str) -> None:
    """Take one partition out of a table, in the caller's transaction; it stays as a table of its own.

    Nobody can use the whole table for that moment. Raises OperationalError where it is not to be had in 3 seconds:
    what waits behind us would wait as long.
    """
    statement = sql.SQL("ALTER TABLE {} DETACH PARTITION {}").format(sql.Identifier(table), sql.Identifier(name))
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(statement)


def attach_partition(*, table: str, name: str, start: datetime, end: datetime) -> None:
    """Make a table of the same columns and indexes the partition of `[start, end)`, in the caller's transaction.

    Reading and writing the others goes on meanwhile.
    """
    low, high = (sql.Literal(each.astimezone(UTC).isoformat()) for each in (start, end))
    statement = sql.SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})")
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '3s'")
        cursor.execute(statement.format(sql.Identifier(table), sql.Identifier(name), low, high))
