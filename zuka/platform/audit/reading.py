"""Entries in people's words: who, what, which thing, and each column from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from zuka.platform.audit.actions import ACTIONS
from zuka.platform.audit.models import ActorKind, AuditEntry, AuditPersonal
from zuka.platform.audit.rules import audited_tables
from zuka.platform.models import ApiKey
from zuka.platform.money import format_money

PEOPLE = (ActorKind.STAFF.value, ActorKind.SUPERUSER.value, ActorKind.CUSTOMER.value)
HIDDEN, PERSONAL = "[hidden]", "[personal]"
WORDS = {HIDDEN: "not shown", PERSONAL: "a person’s own; erased, or not for your eyes"}
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Change:
    """One column of an entry: what it is called, and what it said before and after."""

    name: str
    before: str
    after: str


@cache
def model_of(label: str) -> type[models.Model] | None:
    """Return the model that an entry names; None for one of an earlier release."""
    if label in audited_tables():
        return audited_tables()[label].model
    try:
        return apps.get_model(label) if label else None
    except LookupError:  # an entry of a table that is gone by now
        return None  # shown by its label


def kind_of(label: str) -> str:
    """Return what a table's rows are called: “brand”, “staff role of user”."""
    model = model_of(label)
    if model is None:
        return label
    if model._meta.auto_created:  # noqa: SLF001 - public by Django's documentation
        owner, _, name = model._meta.model_name.partition("_") if model._meta.model_name else ("", "", "")  # noqa: SLF001 - as above
        return f"{name.replace('_', ' ')} of {owner}"
    return str(model._meta.verbose_name)  # noqa: SLF001 - as above


def action_title(name: str) -> str:
    """Return how the log says an action; its name for one of an earlier release."""
    return ACTIONS[name].title if name in ACTIONS else name


def name_actors(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Return who each entry's actor is, by its id: names are looked up, the log keeps none."""
    ids: dict[str, set[str]] = {"people": set(), "keys": set()}
    for each in entries:
        if each.actor_kind in PEOPLE:
            ids["people"].add(each.actor_id)
        elif each.actor_kind == ActorKind.KEY:
            ids["keys"].add(each.actor_id)
    people = get_user_model()._default_manager.filter(pk__in=ids["people"]) if ids["people"] else []  # noqa: SLF001 - Django's name for it
    keys = ApiKey.objects.filter(pk__in=ids["keys"]) if ids["keys"] else []
    return {str(each.pk): str(each) for each in (*people, *keys)}


def actor_words(entry: AuditEntry, names: dict[str, str]) -> str:
    """Return who did it: a person's name now, a job's or command's own name."""
    if entry.actor_kind == ActorKind.NOBODY:
        return "Nobody known"
    name = names.get(entry.actor_id, entry.actor_id)
    kind = ActorKind(entry.actor_kind).label if entry.actor_kind in ActorKind.values else entry.actor_kind
    return name if entry.actor_kind == ActorKind.STAFF else f"{name} ({kind.lower()})"


def thing_words(entry: AuditEntry, words: str = "") -> str:
    """Return which thing an entry is about: “Brand Aba Leatherworks”."""
    if not entry.model:
        return ""
    kind = kind_of(entry.model)
    return f"{kind[:1].upper()}{kind[1:]} {words or entry.words or f'#{entry.subject_id}'}"


def may_view(entry: AuditEntry, user: Any) -> bool:
    """Say whether somebody may see the rows that an entry is about: of a link between two tables, what has it."""
    model = model_of(entry.model)
    label = entry.parent_model if model is not None and model._meta.auto_created else entry.model  # noqa: SLF001 - public by Django's documentation
    app, _, name = label.partition(".")
    return bool(not label or user.has_perm(f"{app}.view_{name}") or user.has_perm(f"{app}.change_{name}"))


def thing_link(entry: AuditEntry, user: Any) -> str:
    """Return the address of the page of an entry's thing, or of what it belongs to; empty where there is none."""
    for label, pk in ((entry.model, entry.subject_id), (entry.parent_model, entry.parent_id)):
        app, _, name = label.partition(".")
        if pk and user.has_perm(f"{app}.view_{name}"):
            try:
                return reverse(f"admin:{app}_{name}_change", args=[pk])
            except NoReverseMatch:
                continue  # it has no page of its own; what it belongs to may have one
    return ""


def personal_of(entries: Sequence[AuditEntry]) -> dict[int, AuditPersonal]:
    """Return what entries say of people, by the entry's id."""
    found = AuditPersonal.objects.filter(entry_id__in=[each.pk for each in entries], at__in={e.at for e in entries})
    return {each.entry_id: each for each in found}


def changes_of(entry: AuditEntry, personal: AuditPersonal | None, *, names_people: bool = True) -> list[Change]:
    """Return an entry's columns in the order of the table, each with what it said before and after.

    Without `names_people` an account that a column refers to is its number.
    """
    before = {**entry.before, **(personal.before if personal else {})}
    after = {**entry.after, **(personal.after if personal else {})}
    model = model_of(entry.model)
    order = [each.column for each in model._meta.concrete_fields] if model else []  # noqa: SLF001 - public by Django's documentation
    names = sorted(before.keys() | after.keys(), key=lambda name: (order.index(name) if name in order else 999, name))
    return [
        Change(
            column_name(model, name),
            value_words(model, name, before, names_people=names_people),
            value_words(model, name, after, names_people=names_people),
        )
        for name in names
    ]


def field_of(model: type[models.Model] | None, column: str) -> Any:
    """Return a model's field by its column; None for one that is no more."""
    if model is None:
        return None
    for name in (column, column.removesuffix("_id")):
        try:
            return model._meta.get_field(name)  # noqa: SLF001 - public by Django's documentation
        except FieldDoesNotExist:
            continue  # by its other name
    return next((each for each in model._meta.concrete_fields if each.column == column), None)  # noqa: SLF001 - as above


def column_name(model: type[models.Model] | None, column: str) -> str:
    """Return what a column is called: money without its unit."""
    field = field_of(model, column)
    name = str(field.verbose_name) if field is not None else column.replace("_", " ")
    name = name.removesuffix(" kobo")
    return f"{name[:1].upper()}{name[1:]}"


def value_words(
    model: type[models.Model] | None, column: str, row: dict[str, Any], *, names_people: bool = True
) -> str:
    """Return what a column said, as people read it; empty where it said nothing."""
    value = row.get(column)
    if value is None or value == "":
        return ""
    if value in (HIDDEN, PERSONAL):
        return WORDS[value]
    if column.endswith("_kobo") and isinstance(value, int):
        return format_money(value, str(row.get("currency") or "NGN"))
    if isinstance(value, bool):
        return "yes" if value else "no"
    field = field_of(model, column)
    if not names_people and field is not None and field.related_model is get_user_model():
        return f"#{value}"
    return field_words(field, value)[:LONGEST]


def field_words(field: Any, value: Any) -> str:
    """Return a value as its field says it: a choice by its label, a reference by the thing's name, a moment here."""
    if field is not None and field.is_relation and field.related_model is not None:
        return related_words(field.related_model, value)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(map(str, value))
    return str(value)


def related_words(model: type[models.Model], value: Any) -> str:
    """Return what a row refers to, as it is called now."""
    try:
        found = model._base_manager.filter(pk=value).first()  # noqa: SLF001 - Django's name for all rows
    except (ValueError, ValidationError):
        found = None  # a key of another kind, of an earlier release
    return str(found) if found is not None else f"#{value}"


def read_uuid(text: str) -> UUID | None:
    """Return an id; None for other text."""
    try:
        return UUID(text)
    except ValueError:
        return None  # not an id
