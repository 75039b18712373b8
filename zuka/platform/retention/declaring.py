"""What is kept, how long, and by which job it goes: each package declares its tables when its app is ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from zuka.platform.retention.spans import Span

SWEEP = "zuka.platform.tasks.forget_what_is_over"


class Way(StrEnum):
    """How something goes."""

    MONTHS = "whole months are dropped"
    ROWS = "rows are deleted"
    EMPTIED = "rows stay, what they say is emptied"


@dataclass(frozen=True, slots=True)
class Kept:
    """Some tables (`app.model`), what they hold, and for how long.

    With a `span`, what is older by `column` goes by the job `task`. The job `SWEEP` does so for all that name it: rows
    that meet `only`, deleted, or set to `emptied` and left. Without a span `why` says why it stays, and `grows`
    whether it grows without end all the same. `personal` names the personal data in it; empty means there is none.
    """

    area: str
    tables: Sequence[str]
    text: str
    span: Span | None = None
    task: str = ""
    way: Way = Way.ROWS
    column: str = ""
    why: str = ""
    grows: bool = False
    personal: str = ""
    only: Q | None = None
    emptied: Mapping[str, Any] | None = None

    @property
    def models(self) -> list[type[models.Model]]:
        """Return its models, the one by whose `column` it goes first."""
        return [apps.get_model(label) for label in self.tables]

    @property
    def db_tables(self) -> list[str]:
        """Return the names of its tables in the database."""
        return [str(each._meta.db_table) for each in self.models]  # noqa: SLF001 - public by Django's documentation

    @property
    def time(self) -> str:
        """Return for how long it is kept now, in words."""
        if self.span:
            return self.span.text if self.span.length else "Until it is over"
        return "For ever" if self.grows else "As long as it is there"


_kept: list[Kept] = []


def add_kept(*entries: Kept) -> None:
    """Add what a package keeps. Called when its app is ready."""
    _kept.extend(each for each in entries if each not in _kept)


def kept_entries() -> list[Kept]:
    """Return everything that is declared, in the order in which packages declared it."""
    return list(_kept)


def stays(area: str, text: str, *tables: str, why: str, personal: str = "") -> Kept:
    """Declare tables that do not grow without end, with the reason."""
    return Kept(area, tables, text, why=why, personal=personal)


def for_ever(area: str, text: str, *tables: str, why: str, personal: str = "") -> Kept:
    """Declare tables that grow, and are kept for ever, with the reason."""
    return Kept(area, tables, text, why=why, personal=personal, grows=True)


def every_table() -> set[str]:
    """Return the labels of all models that have a table of their own, those of libraries included."""
    found = apps.get_models(include_auto_created=True)
    return {each._meta.label_lower for each in found if each._meta.managed and not each._meta.proxy}  # noqa: SLF001 - public by Django's documentation


def retention_problems(entries: Sequence[Kept]) -> Iterator[str]:
    """Yield what is wrong with declarations: tables without one, with two, or with one that cannot be done."""
    named = [table for each in entries for table in each.tables]
    missing = sorted(every_table() - {*named})
    yield from (f"{table} has no entry: say in its app's retention how long it is kept." for table in missing)
    yield from (f"{table} is declared, and there is no such table." for table in sorted({*named} - every_table()))
    yield from (f"{table} is declared twice." for table in sorted({each for each in named if named.count(each) > 1}))
    for each in entries:
        if {*each.tables} <= every_table():
            yield from (f"{each.tables[0]}: {problem}" for problem in entry_problems(each))


def entry_problems(entry: Kept) -> Iterator[str]:
    """Yield what is wrong with one declaration."""
    if bool(entry.span) == bool(entry.why):
        yield "it needs either a span or the reason why it stays."
    if entry.span and not entry.task:
        yield "no job is named by which it goes."
    if entry.span and entry.span.setting and not hasattr(settings, entry.span.setting):
        yield f"there is no setting {entry.span.setting}."
    if entry.task == SWEEP and not entry.column:
        yield "the job cannot know what is old without a column."
    if entry.column and not has_column(entry.models[0], entry.column):
        yield f"there is no column {entry.column}."
    if not entry.personal and (people := sorted(each.__name__ for each in entry.models if names_person(each))):
        yield f"{', '.join(people)} names people: say so in `personal`."


def has_column(model: type[models.Model], name: str) -> bool:
    """Say whether a model has a column."""
    try:
        model._meta.get_field(name)  # noqa: SLF001 - public by Django's documentation
    except FieldDoesNotExist:
        return False  # which is what was asked
    return True


def names_person(model: type[models.Model]) -> bool:
    """Say whether rows point to an account, or hold a visitor or an address."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - as above
    personal = {"visitor_id", "person", "email", "phone", "address", "recipient", "ip", "user_agent"}
    accounts = apps.get_model(settings.AUTH_USER_MODEL)
    return any(each.name in personal or each.related_model is accounts for each in fields)
