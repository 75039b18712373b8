from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from commerce.accounts.models import User
from tests.commerce.accounts.doors import mails, token_of
from tests.commerce.factories import NOON, UserFactory
from zuka.platform.admin.roles import Right, Role, write_roles
from zuka.roles import OWNER, ROLES, SUPPORT

pytestmark = pytest.mark.django_db
INLINES = ("addresses", "devices", "identities", "authenticator_set")
PAGES = {model._meta.label_lower: page for model, page in admin.site._registry.items()}


def staff_of(role: Role) -> User:
    """Return a member of staff in a role."""
    person: User = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=role.name))
    return person


def held_by(role: Role) -> set[str]:
    """Return what the database says that a role may do."""
    rows = Permission.objects.filter(group__name=role.name).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_every_table_of_the_back_office_is_in_the_table_of_roles() -> None:
    placed = [table for right in ROLES.rights for table in right.tables]
    assert sorted(placed) == sorted(set(placed))
    assert set(PAGES) - set(placed) == set()
    assert {len(right.letters.split()) for right in ROLES.rights} == {len(ROLES.roles) - 1}, "brand staff have none"


@pytest.mark.parametrize("role", ROLES.roles, ids=lambda role: role.name)
def test_a_role_opens_the_pages_it_may_view_and_no_other(client: Client, rf: RequestFactory, role: Role) -> None:
    request = rf.get("/")
    request.user = staff_of(role)
    may = ROLES.permissions_of(role)
    opened = {table: page.has_view_permission(request) for table, page in PAGES.items()}
    assert opened == {table: table.replace(".", ".view_") in may for table in PAGES}

    client.force_login(request.user)
    answers = [client.get(reverse(f"admin:{name}")).status_code for name in ("commerce_order_changelist", "index")]
    reports = may & {"analytics.view_report", "analytics.view_brand_report"}
    assert answers == [200 if "commerce.view_order" in may else 403, 302 if reports else 200]


def test_a_migration_writes_declared_roles_anew_and_leaves_others() -> None:
    own = Group.objects.create(name="Shop floor")
    view = Permission.objects.get(content_type__app_label="commerce", codename="view_order")
    own.permissions.add(view)
    support = Group.objects.get(name=SUPPORT.name)
    support.permissions.remove(view)
    support.permissions.add(Permission.objects.get(content_type__app_label="commerce", codename="add_refund"))
    Group.objects.get(name=OWNER.name).delete()

    call_command("migrate", verbosity=0)

    assert {role.name: held_by(role) for role in ROLES.roles} == {
        role.name: ROLES.permissions_of(role) for role in ROLES.roles
    }
    assert set(own.permissions.all()) == {view}


def test_a_right_that_does_not_exist_is_named() -> None:
    wrong = replace(ROLES, rights=(Right("vc - - - - -", ("commerce.ordre",)),))
    with pytest.raises(LookupError, match=r"commerce\.change_ordre, commerce\.view_ordre"):
        write_roles(wrong)


def change_person(client: Client, person: User, **changes: Any) -> int:
    """Post an account's page with some fields changed and return the status."""
    page = reverse("admin:commerce_user_change", args=[person.pk])
    kept = ("status", "auth_provider", "time_zone", "language", "signup_source", "signup_platform", "name", "email")
    counts = {f"{rows}-{count}": "0" for rows in INLINES for count in ("TOTAL_FORMS", "INITIAL_FORMS")}
    body = {**{name: getattr(person, name) for name in kept}, **counts, "metadata": "{}", **changes}
    return client.post(page, body).status_code


def test_owners_give_roles_but_never_the_highest_right(client: Client, alice: User) -> None:
    client.force_login(staff_of(OWNER))
    support = Group.objects.get(name=SUPPORT.name)
    status = change_person(client, alice, is_staff="on", is_superuser="on", groups=[support.pk])
    alice.refresh_from_db()
    assert (status, alice.is_staff, alice.is_superuser, list(alice.groups.all())) == (302, True, False, [support])

    superuser = UserFactory.create(is_staff=True, is_superuser=True, name="Root")
    assert change_person(client, superuser, name="Owned") == 403
    superuser.refresh_from_db()
    assert superuser.name == "Root"


def test_support_neither_gives_roles_nor_changes_staff(client: Client, alice: User) -> None:
    client.force_login(staff_of(SUPPORT))
    owner = Group.objects.get(name=OWNER.name)
    status = change_person(client, alice, name="Alice O.", is_staff="on", groups=[owner.pk])
    alice.refresh_from_db()
    assert (status, alice.name, alice.is_staff, alice.groups.count()) == (302, "Alice O.", False, 0)
    assert change_person(client, staff_of(OWNER), name="Taken") == 403


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"name": "Alice O."}, (True, True)),
        ({"email": "bob@example.com"}, (False, True)),
        ({"phone": ""}, (True, False)),
    ],
)
def test_nobody_has_proved_what_staff_write(
    client: Client, alice: User, changes: dict[str, str], kept: tuple[bool, bool]
) -> None:
    User.objects.filter(pk=alice.pk).update(email_verified_at=NOON, phone_verified_at=NOON, phone="+2348031234567")
    client.force_login(staff_of(SUPPORT))

    assert change_person(client, alice, **{"phone": "+2348031234567", **changes}) == 302

    alice.refresh_from_db()
    assert (alice.email_verified_at is not None, alice.phone_verified_at is not None) == kept


def test_a_password_that_staff_set_signs_devices_out_and_is_told(client: Client, alice: User) -> None:
    token_of(alice)
    client.force_login(staff_of(SUPPORT))
    said = {"password1": "seven green mangoes", "password2": "seven green mangoes"}
    page = reverse("admin:auth_user_password_change", args=[alice.pk])

    assert client.post(page, {**said, "usable_password": "true"}).status_code == 302

    alice.refresh_from_db()
    assert alice.check_password("seven green mangoes")
    assert [each.revoked_because for each in alice.devices.all()] == ["password"]
    assert mails() == [("account.password_changed", "alice@example.com")]


def test_a_declared_role_cannot_be_edited_and_says_what_it_is_for(client: Client) -> None:
    client.force_login(staff_of(OWNER))
    support = Group.objects.get(name=SUPPORT.name)
    page = reverse("admin:auth_group_change", args=[support.pk])
    assert SUPPORT.why in client.get(page).content.decode()
    assert client.post(page, {"name": "Mine", "permissions": []}).status_code == 403
    assert client.post(reverse("admin:auth_group_delete", args=[support.pk]), {"post": "yes"}).status_code == 403
    assert held_by(SUPPORT) == ROLES.permissions_of(SUPPORT)
