"""Which tables are audited, and what of them is hidden or personal: derived from the back office, and one table.

Audited is what the back office shows: every registered table, the rows on its pages (inlines), the links between tables
(`groups` of an account), and `more`. What only code writes is left out by name, with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import models
from django.utils.module_loading import import_string

WORDS = ("number", "name", "title", "code", "subject", "reference", "sku", "slug", "tool", "identifier")
# What says nothing of what somebody did.
IGNORED = frozenset({"updated_at", "last_active_at", "last_validated_at", "last_login_at", "last_seen_at"})


@dataclass(frozen=True, slots=True)
class AuditRule:
    """What is special about a table: columns that are never noted, those that name a person, those not worth an entry.

    `person` is the column of the account that a row is about, `user_id` where there is one; `person_path` leads to it
    by Django's lookups where the row itself does not name it, and is followed when somebody is erased. `harmless` are
    columns whose name sounds secret or personal, and which are not. With `names_people` the words for a row are
    personal too.
    """

    hidden: Sequence[str] = ()
    personal: Sequence[str] = ()
    ignored: Sequence[str] = ()
    harmless: Sequence[str] = ()
    words: Sequence[str] = ()
    person: str | None = None
    person_path: str = ""
    names_people: bool = False


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The shop's declaration: rules by table (`app.model`), tables beyond the back office, and those left out, why."""

    rules: Mapping[str, AuditRule]
    more: Sequence[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audited:
    """One audited table: its model, its rule, and the column that names the thing whose page shows its rows."""

    model: type[models.Model]
    rule: AuditRule
    parent: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """Return how entries name the table: `commerce.user`."""
        return label_of(self.model)

    @property
    def table(self) -> str:
        """Return the table's name in the database."""
        return str(self.model._meta.db_table)  # noqa: SLF001 - public by Django's documentation

    @property
    def columns(self) -> list[str]:
        """Return the names of its columns."""
        return [str(each.column) for each in self.model._meta.concrete_fields]  # noqa: SLF001 - as above

    def argument(self) -> str:
        """Return what its trigger is told."""
        columns, meta, rule = self.columns, self.model._meta, self.rule  # noqa: SLF001 - as above
        assert meta.pk is not None
        known = {
            "model": self.label,
            "pk": meta.pk.column,
            "words": [name for name in (rule.words or WORDS) if name in columns],
            "names_people": rule.names_people,
            "person": rule.person or ("user_id" if "user_id" in columns else None),
            "parent_model": self.parent[0] if self.parent else "",
            "parent": self.parent[1] if self.parent else None,
            "hidden": sorted(rule.hidden),
            "personal": sorted(rule.personal),
            "ignored": sorted({*rule.ignored, *(IGNORED & set(columns))}),
        }
        return json.dumps(known, sort_keys=True)


def label_of(model: type[models.Model]) -> str:
    """Return how entries name a model."""
    return str(model._meta.label_lower)  # noqa: SLF001 - as above


def audit_table() -> AuditTable:
    """Return the declaration that the setting AUDIT_RULES names."""
    table: AuditTable = import_string(settings.AUDIT_RULES)
    return table


def link_column(child: type[models.Model], parent: type[models.Model], name: str | None = None) -> str | None:
    """Return the column of a row that names the thing on whose page it is."""
    for each in child._meta.concrete_fields:  # noqa: SLF001 - as above
        if each.is_relation and each.related_model is parent and name in {None, each.name}:
            return str(each.column)
    return None


def shown_models() -> Iterator[tuple[type[models.Model], tuple[str, str] | None]]:
    """Yield the models of the back office, each with its parent: what is registered, on pages, or links the two."""
    for model in admin.site._registry:  # noqa: SLF001 - the list of pages has no other door
        yield model, None
        for many in model._meta.local_many_to_many:  # noqa: SLF001 - as above
            through: Any = many.remote_field.through
            if through._meta.auto_created:  # noqa: SLF001 - as above
                column = link_column(through, model)
                yield through, (label_of(model), column) if column else None
    for model, page in admin.site._registry.items():  # noqa: SLF001 - as above
        for inline in page.inlines:
            column = link_column(inline.model, model, inline.fk_name)
            yield inline.model, (label_of(model), column) if column else None


@cache
def audited_tables() -> dict[str, Audited]:
    """Return every audited table by its label. The first place that shows a row is its parent."""
    declared = audit_table()
    users = apps.get_model(settings.AUTH_USER_MODEL)
    found: dict[str, Audited] = {}
    more = [(apps.get_model(label), None) for label in declared.more]
    for model, place in (*shown_models(), *more):
        label = label_of(model)
        if label in declared.left_out:
            continue
        rule = declared.rules.get(label, AuditRule())
        parent = place or (found[label].parent if label in found else None)
        if parent is None and not model._meta.auto_created and (column := link_column(model, users, "user")):  # noqa: SLF001 - as above
            parent = (label_of(users), column)
        if label not in found or (place and found[label].parent is None):
            found[label] = Audited(model=model, rule=rule, parent=parent)
    return found
