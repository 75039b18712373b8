"""The one table of where data of people lives: each app adds its rows, which export, erasure, docs and tests follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from zuka.platform.personal_data.people import Person

AT_ONCE = 500
Row = Mapping[str, Any]
Change = Callable[[Person, Any], Any]


class Erasure(Enum):
    """What becomes of a person's rows."""

    DELETE = "deleted"
    CHANGE = "anonymised"
    REPLACE = "given a random id"
    KEEP = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One place where data of people lives: a table (`name` is its label), or what `export` and `erase` know.

    `columns` are those that may say who somebody is or what they wrote. `found_by` are Django's lookups of a person's
    rows, each with the name of a list of `Person`. `changes` are values by column, or functions of the person and the
    value of before. `secrets` are not exported: they open something. `unsaid` are columns with ids of accounts that may
    be those of others, like staff: exported where they are the own, else empty. `why` says why something stays. `erase`
    takes the place of deleting and changing, and runs again safely.
    Those with a lower `turn` are erased first.
    """

    name: str
    title: str
    columns: tuple[str, ...] = ()
    found_by: Mapping[str, str] = field(default_factory=dict)
    erasure: Erasure = Erasure.DELETE
    changes: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    why: str = ""
    turn: int = 50
    export: Callable[[Person], Iterator[Row]] | None = None
    erase: Callable[[Person, datetime], int] | None = None
    count: Callable[[Person], int] | None = None

    @property
    def model(self) -> type[Model]:
        """Return its model. Raises LookupError where it is no table."""
        return apps.get_model(self.name)

    def rows(self, person: Person) -> QuerySet[Model]:
        """Return a person's rows of its table."""
        rows = self.model._base_manager.all()  # noqa: SLF001 - Django's name for all rows
        asked = [Q(**{lookup: value}) for lookup, value in wanted(self.found_by, person)]
        return rows.filter(reduce(or_, asked)) if asked else rows.none()


def wanted(found_by: Mapping[str, str], person: Person) -> Iterator[tuple[str, Any]]:
    """Yield lookups with what they look for: lists at once, other lookups value by value."""
    for lookup, fact in found_by.items():
        values = list(getattr(person, fact))
        if not values:
            continue
        if lookup.endswith(("__iexact", "__icontains")):
            yield from ((lookup, value) for value in values)
        else:
            yield f"{lookup}__in", values


_held: dict[str, Held] = {}
_impersonal: dict[str, Mapping[str, str]] = {}
Guard = Callable[[Person], None]
_guards: list[Guard] = []


def add_personal_data(*held: Held) -> None:
    """Add places where data of people lives."""
    for each in held:
        _held[each.name] = each


def add_impersonal(columns: Mapping[str, Mapping[str, str] | str]) -> None:
    """Add columns that say nothing of anybody, by table, each with the reason; one reason alone is for all of them."""
    for label, reasons in columns.items():
        _impersonal[label] = {"*": reasons} if isinstance(reasons, str) else reasons


def add_guard(guard: Guard) -> None:
    """Add what refuses an erasure while something is open: it raises `Refused`, which says what to do."""
    _guards.append(guard)


def held_data() -> list[Held]:
    """Return every place, in the order of erasure."""
    return sorted(_held.values(), key=lambda each: (each.turn, each.name))


def impersonal_columns() -> Mapping[str, Mapping[str, str]]:
    """Return what says nothing of anybody: reasons by column (`*`: all) by table."""
    return _impersonal


def check_guards(person: Person) -> None:
    """Raise `Refused` where a person cannot be erased yet."""
    for guard in _guards:
        guard(person)


def exported_rows(held: Held, person: Person) -> Iterator[Row]:
    """Yield a person's rows of a place as plain dicts, without what opens something."""
    if held.export is not None:
        yield from held.export(person)
    elif held.found_by:
        meta = held.model._meta  # noqa: SLF001 - public by Django's documentation
        names = [each.attname for each in meta.concrete_fields if each.attname not in held.secrets]
        unsaid = [each.attname for each in meta.concrete_fields if each.name in held.unsaid]
        for row in held.rows(person).order_by("pk").values(*names).iterator(chunk_size=500):
            yield row | {name: None for name in unsaid if str(row[name]) not in person.users}


def count_held(held: Held, person: Person) -> int:
    """Return how many rows of a place are a person's."""
    if held.count is not None:
        return held.count(person)
    return held.rows(person).count() if held.found_by else 0


def erase_held(held: Held, person: Person, at: datetime) -> int:
    """Erase a person from a place and return how many rows that concerned; run again it finds what is left."""
    if held.erase is not None:
        return held.erase(person, at)
    if held.erasure in {Erasure.KEEP, Erasure.REPLACE} or not held.found_by:
        return 0
    if held.erasure is Erasure.DELETE:
        return held.rows(person).delete()[0]
    keys = list(held.rows(person).order_by("pk").values_list("pk", flat=True))
    return sum(change_rows(held, person, keys[first : first + AT_ONCE]) for first in range(0, len(keys), AT_ONCE))


@transaction.atomic
def change_rows(held: Held, person: Person, keys: Sequence[Any]) -> int:
    """Anonymise some rows, in a transaction that is no longer than they need; return how many that changed."""
    rows = held.model._base_manager.filter(pk__in=keys).order_by("pk")  # noqa: SLF001 - as above
    return sum(change_row(held, person, row) for row in rows.select_for_update(of=("self",)))


def change_row(held: Held, person: Person, row: Model) -> int:
    """Anonymise one row in place; return 1 where that changed something."""
    new = {}
    for column, change in held.changes.items():
        before = getattr(row, column)
        after = change(person, before) if callable(change) else change
        if after != before:
            new[column] = after
    rows = type(row)._base_manager.filter(pk=row.pk)  # noqa: SLF001 - as above
    return rows.update(**new) if new else 0


def pseudonym(person: Person, value: Any) -> Any:
    """Change an id of theirs to the random one that stands for it; what is empty stays empty."""
    return person.pseudonym(value) if value else value


def own_pseudonym(fact: str) -> Change:
    """Return the change of an id to its random one, where it is among a person's own."""
    return lambda person, value: person.pseudonym(value) if value in getattr(person, fact) else value


def without_words(person: Person, value: Any) -> Any:
    """Empty a text, list or object that names them."""
    return type(value)() if value and person.is_named(str(value)) else value


def scrub_words(label: str, columns: Iterable[str], person: Person, **emptied: Any) -> int:
    """Empty columns of all rows whose text names a person, and set others along; return how many rows those were."""
    rows = apps.get_model(label)._base_manager.all()  # noqa: SLF001 - as above
    said = [Q(**{f"{column}__icontains": word}) for column in columns for word in person.words]
    return rows.filter(reduce(or_, said)).update(**emptied) if said else 0
