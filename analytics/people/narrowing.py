"""Narrowing a statement to the people of a segment, or to everybody else: one function for every report, file and mail.

The tables and rollups that a statement reads are hidden behind queries of the same names, put before it, which hold the
rows of those people alone. Rollups are counted by their own SELECT, so a figure means the same with and without a
segment, and those inside and outside add up to the whole. `registry/segments/cuts.py` says what can be narrowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from psycopg import sql

from analytics.people.binding import counting_params
from analytics.registry.rollups import ROLLUPS
from analytics.registry.segments.cuts import CUTS, INLINED, NEUTRAL, OTHERWISE, UNCUT, UNCUTTABLE_ROLLUPS
from analytics.store.views import declared_views
from zuka.platform.db.files import load_sql

SQL = Path(__file__).parent.parent / "store" / "sql"
FOLDER = SQL / "segments" / "cuts"
DAYS = "segment_days"
DAY_BOUND = ("day", "start", "end")
OF_ROLLUP = "rollup_param_"
COMMENT = re.compile(r"--[^\n]*")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ROLLUP_TABLES = {each.table: name for name, each in ROLLUPS.items() if name not in UNCUTTABLE_ROLLUPS}
# How a member is told from others: by name, or where rows have no names by the hash of it.
MEMBER, MEMBER_KEY = sql.SQL("members.person"), sql.SQL("hashtextextended(members.person, 0)")
NAMED = sql.SQL("{name} AS NOT MATERIALIZED (\n{select}\n)")
# PostgreSQL takes one WITH a query, and reads a subquery in the order that it has.
NARROWED = sql.SQL("WITH {tables} SELECT answer.* FROM (\n{statement}\n) AS answer")
OWN_TABLES = sql.SQL("WITH {tables}")


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """A segment as a question uses it: its people, or with `is_outside` everybody else; `as_of` is when they were
    found.
    """

    id: int
    name: str
    is_outside: bool
    as_of: datetime
    people: int

    @property
    def value(self) -> str:
        """Return what the parameter `segment` was."""
        return f"not-{self.id}" if self.is_outside else str(self.id)

    @property
    def title(self) -> str:
        """Return whom figures are about, in words."""
        return f"All but {self.name}" if self.is_outside else self.name


@cache
def view_texts() -> Mapping[str, str]:
    """Return the SELECT of every view."""
    return {view.name: view.select for view in declared_views()}


@cache
def known_tables() -> frozenset[str]:
    """Return the names that a statement may read rows of people, events or money from."""
    return frozenset({*view_texts(), *CUTS, *NEUTRAL, *(each.table for each in ROLLUPS.values())})


def tables_of(text: str) -> list[str]:
    """Return the tables and views that a statement names, each once."""
    words = re.findall(r"\b[a-z_]\w*\b", COMMENT.sub("", text))
    owned = ("analytics_", "commerce_", "pets_", "rollup_", "ledger_", "pg_")
    return sorted({word for word in words if word in known_tables() or word.startswith(owned)} - NEUTRAL)


@cache
def rollup_text(name: str) -> str:
    """Return the SELECT of one day of a rollup."""
    return load_sql(SQL / "rollups" / f"{name}.sql")


def behind(table: str) -> str:
    """Return the SELECT that a narrowed table is counted by; '' for one that is cut itself."""
    if table in CUTS:
        return ""
    return view_texts()[table] if table in INLINED else rollup_text(ROLLUP_TABLES[table])


def uncuttable(text: str) -> list[str]:
    """Return what a statement reads that cannot be narrowed."""
    found = []
    for table in tables_of(text):
        if table not in CUTS and table not in INLINED and table not in ROLLUP_TABLES:
            found.append(table)
        elif select := behind(table):
            found += uncuttable(select)
    return found


def needed(text: str) -> Iterator[str]:
    """Yield the tables that must be narrowed for a statement, each after those it is counted from."""
    for table in tables_of(text):
        if select := behind(table):
            yield from needed(select)
        yield table


def cut_part(table: str, way: str, *, is_outside: bool, name: str = "") -> sql.Composed:
    """Return a table with the rows of the people alone, under its own name or another."""
    owner = sql.SQL(load_sql(FOLDER / f"owner_{way}.sql").strip())
    side = "outside" if is_outside else "inside"
    belongs = sql.SQL(load_sql(FOLDER / f"{side}.sql").strip()).format(
        person=owner, member=MEMBER_KEY if way == "key" else MEMBER
    )
    select = sql.SQL(load_sql(FOLDER / f"{way}.sql")).format(table=sql.Identifier(table), belongs=belongs)
    return named(name or table, select)


def other_name(table: str, way: str) -> str:
    """Return what a table is called that is cut in another way than usual."""
    return f"{table}_by_{way}"


def other_parts(tables: Iterable[str], *, is_outside: bool) -> list[sql.Composed]:
    """Return tables cut in another way than usual, for the rollups that ask for it. They come before all others, which
    would hide what they are cut from.
    """
    names = (ROLLUP_TABLES[table] for table in tables if table in ROLLUP_TABLES)
    others = dict.fromkeys(pair for name in names for pair in OTHERWISE.get(name, {}).items())
    return [cut_part(*pair, is_outside=is_outside, name=other_name(*pair)) for pair in others]


def named(name: str, select: sql.Composable) -> sql.Composed:
    """Return a query under the name of what it hides."""
    return NAMED.format(name=sql.Identifier(name), select=select)


def bound_by_day(text: str) -> sql.Composed:
    """Return a rollup's SELECT with its day from the days of the period, and what else it binds under names of its own:
    the report may bind others.
    """
    parts: list[sql.Composable] = []
    for place, part in enumerate(PLACEHOLDER.split(text)):
        if place % 2 == 0:
            parts.append(sql.SQL(part))
        else:
            parts.append(sql.Identifier(DAYS, part) if part in DAY_BOUND else sql.Placeholder(f"{OF_ROLLUP}{part}"))
    return sql.Composed(parts)


def rollup_part(table: str) -> sql.Composed:
    """Return a rollup counted anew from narrowed tables, one day after the other."""
    name = ROLLUP_TABLES[table]
    renamed = sql.SQL(load_sql(FOLDER / "renamed.sql"))
    own = [
        named(cut, renamed.format(other=sql.Identifier(other_name(cut, way))))
        for cut, way in OTHERWISE.get(name, {}).items()
    ]
    tables = OWN_TABLES.format(tables=sql.SQL(", ").join(own)) if own else sql.SQL("")
    select = bound_by_day(rollup_text(name))
    return named(table, sql.SQL(load_sql(FOLDER / "rollup.sql")).format(tables=tables, select=select))


def part_of(table: str, name: str, *, is_outside: bool) -> sql.Composed | None:
    """Return what hides a table from the statement of a name; None where nothing does."""
    if table in CUTS:
        way = OTHERWISE.get(name, {}).get(table, CUTS[table])
        return None if way == UNCUT else cut_part(table, way, is_outside=is_outside)
    if table in INLINED:
        return named(table, sql.SQL(view_texts()[table].replace("%", "%%")))
    return rollup_part(table)


def narrow(
    statement: sql.Composable, params: Mapping[str, Any], *, name: str, segment: SegmentUse
) -> tuple[sql.Composable, dict[str, Any]]:
    """Return a statement that reads the rows of a segment's people alone, and what it binds.

    `name` is what it is known by. The period of rollups is that of `first` and `last` in `params`.
    """
    text = statement.as_string(None)
    days = named(DAYS, sql.SQL(load_sql(FOLDER / "days.sql")))
    names = list(dict.fromkeys(needed(text)))
    found = [part_of(table, name, is_outside=segment.is_outside) for table in names]
    others = other_parts(names, is_outside=segment.is_outside)
    tables = sql.SQL(", ").join([days, *others, *(part for part in found if part is not None)])
    own = {f"{OF_ROLLUP}{key}": value for key, value in counting_params().items()}
    bound = {**own, **params, "segment_id": segment.id, "zone": settings.TIME_ZONE}
    return NARROWED.format(tables=tables, statement=statement), bound
