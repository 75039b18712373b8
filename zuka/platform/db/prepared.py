"""Statements that are the same each time: put together once a process, and planned once a connection.

PostgreSQL takes longer to plan a small query than to run it, and Django longer to write it down. What depends on how
much there is of a value does not belong here: it has one plan for all values.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg import sql

from zuka.platform.db.files import load_sql

Row = TypeVar("Row", bound=Model)


class PreparedCursor(psycopg.Cursor[Any]):
    """A cursor whose statements PostgreSQL keeps, unless a pooler may give each transaction another session."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> PreparedCursor:
        """Run a statement, prepared by its first run on this connection."""
        return super().execute(query, params, **{**options, "prepare": True})

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq  # where Django's log looks for the text; psycopg notes it of other statements only
        super()._send_query_prepared(name, pgq, **options)


def prepared_cursor() -> CursorWrapper:
    """Return a cursor for statements that stay the same, on Django's connection and in its transaction."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: CursorWrapper = connection._prepare_cursor(PreparedCursor(connection.connection))  # noqa: SLF001 - there is no other door to Django's logging and errors
    return cursor


class PreparedQuery(Generic[Row]):
    """A query set that is put together once, for values that take the places of its `marks`, and always has one plan.

    Each mark is a text that stands nowhere else in the query.
    """

    def __init__(self, rows: QuerySet[Row], *, marks: Sequence[str]) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.model = rows.model
        self.sql, self.params = compiler.as_sql()
        self.marks = {mark: place for place, mark in enumerate(marks)}
        selected, known = compiler.select, compiler.klass_info
        own = known["select_fields"]
        self.first, self.end = own[0], own[-1] + 1
        self.names = [selected[place][0].target.attname for place in own]
        populators: Any = get_related_populators  # stubs are those of a later Django
        self.related: list[Any] = populators(known, selected, DEFAULT_DB_ALIAS)

    def run(self, values: Sequence[Any]) -> list[Row]:
        """Return the rows for values of the marks, in their order."""
        params = [values[self.marks[each]] if each in self.marks else each for each in self.params]
        with prepared_cursor() as cursor:
            cursor.execute(self.sql, params)
            return [self.read(row) for row in cursor.fetchall()]

    def read(self, row: tuple[Any, ...]) -> Row:
        """Return a row as its model, with what was joined to it."""
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.first : self.end])
        for each in self.related:
            each.populate(row, made)
        return made


def columns_of(model: type[Model], *, without: Container[str] = ()) -> list[str]:
    """Return the columns that a new row of a model is written with, besides its key."""
    fields: Any = model._meta.concrete_fields  # noqa: SLF001 - public by Django's documentation
    return [field.column for field in fields if not field.primary_key and field.column not in without]


def row_of(made: Model) -> dict[str, Any]:
    """Return a new row as the values of its columns, as `save` would write them."""
    fields: Any = made._meta.concrete_fields  # noqa: SLF001 - as above
    return {field.column: field.pre_save(made, add=True) for field in fields}


def note_saved(made: Model, pk: Any) -> None:
    """Give a row that was written its key, so that saving it again changes it."""
    made.pk = pk
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - public by Django's documentation


def fill_columns(path: Path, **lists: Iterable[str]) -> str:
    """Return a SQL file with lists of columns, `order_id` or `line.order_id` each, in the place of its `{names}`."""
    named = {
        name: sql.SQL(", ").join(sql.Identifier(*column.split(".")) for column in columns)
        for name, columns in lists.items()
    }
    return sql.SQL(load_sql(path)).format(**named).as_string()
