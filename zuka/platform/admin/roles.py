"""Roles of staff: named sets of rights, declared in one table and written to Django's groups after each migration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Model
from django.utils.module_loading import import_string

VERBS: Mapping[str, str] = {"v": "view", "a": "add", "c": "change", "d": "delete"}


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name in the back office, and for whom it is."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Right:
    """One row of rights: what each role, in the table's order, may do to some tables (`app.model`).

    Letters: v view, a add, c change, d delete; a dash for nothing. Roles that come after the last letter have none.
    """

    letters: str
    tables: Sequence[str]


@dataclass(frozen=True, slots=True)
class RoleTable:
    """All roles and their rights; `extra` are permissions that are no verb of a table, each with who holds it."""

    roles: Sequence[Role]
    rights: Sequence[Right]
    extra: Mapping[str, Sequence[Role]]

    def letters_of(self, role: Role, right: Right) -> str:
        """Return what a role may do to the tables of a row."""
        letters = dict(zip(self.roles, right.letters.split(), strict=False))
        return letters.get(role, "").strip("-")

    def permissions_of(self, role: Role) -> set[str]:
        """Return a role's permissions, each as `app.codename`."""
        verbs = {
            f"{app}.{VERBS[letter]}_{model}"
            for right in self.rights
            for app, model in (table.split(".") for table in right.tables)
            for letter in self.letters_of(role, right)
        }
        return verbs | {name for name, holders in self.extra.items() if role in holders}


def role_table() -> RoleTable:
    """Return the table that the setting STAFF_ROLES names."""
    table: RoleTable = import_string(settings.STAFF_ROLES)
    return table


def reason_of(group: Group) -> str | None:
    """Return for whom a declared role is; None for a group that staff made, which no migration writes anew."""
    return next((role.why for role in role_table().roles if role.name == group.name), None)


def permission_ids() -> dict[str, int]:
    """Return the id of each permission by its name, `app.codename`."""
    rows = Permission.objects.values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}


def write_roles(table: RoleTable) -> None:
    """Make the groups of the table hold its rights exactly; groups that staff made are left alone.

    Raises LookupError, which names the permissions that do not exist.
    """
    known = permission_ids()
    wanted = {role.name: table.permissions_of(role) for role in table.roles}
    if missing := sorted(set().union(*wanted.values()) - known.keys()):
        raise LookupError(f"The table of roles names permissions that do not exist: {', '.join(missing)}.")
    Group.objects.bulk_create([Group(name=name) for name in wanted], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=wanted).values_list("name", "pk"))
    right = {(groups[name], known[permission]) for name, held in wanted.items() for permission in held}
    held = Group.permissions.through.objects.filter(group_id__in=groups.values())
    there = {(group, permission): pk for pk, group, permission in held.values_list("pk", "group_id", "permission_id")}
    held.filter(pk__in=[pk for pair, pk in there.items() if pair not in right]).delete()
    rows = [Group.permissions.through(group_id=group, permission_id=pk) for group, pk in sorted(right - there.keys())]
    Group.permissions.through.objects.bulk_create(rows, ignore_conflicts=True)


def sync_roles(*, sender: AppConfig, using: str, **_facts: Any) -> None:
    """Write the roles after the last app of a migration, when all permissions are there.

    A migration backwards takes tables away: the roles are written when they are there again.
    """
    if sender != [config for config in apps.get_app_configs() if config.models_module][-1]:
        return
    table = role_table()
    models: list[type[Model]] = [Group, *(apps.get_model(name) for right in table.rights for name in right.tables)]
    tables = {model._meta.db_table for model in models}  # noqa: SLF001 - public by Django's documentation
    if tables <= set(connections[using].introspection.table_names()):
        write_roles(table)
