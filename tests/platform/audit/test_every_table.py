"""Every table of the back office: what staff make, change or delete there leaves an entry with what differs."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client, RequestFactory
from django.urls import reverse
from psycopg import sql

from commerce.accounts.models import User
from tests.commerce.factories import BrandFactory, UserFactory
from tests.platform.audit.building import make_row, read_form
from zuka.audited import AUDITED as DECLARED
from zuka.platform.audit.actions import acting_for
from zuka.platform.audit.context import acting_as
from zuka.platform.audit.models import AuditEntry, AuditPersonal
from zuka.platform.audit.rules import Audited, audited_tables, label_of

pytestmark = pytest.mark.django_db
AUDITED = audited_tables()
PAGES = {label_of(model): page for model, page in admin.site._registry.items()}
REQUEST = RequestFactory().get("/")
REQUEST.user = User(is_staff=True, is_superuser=True)
# Those that are edited on pages of their own, by their author alone, or for a report that must be there.
ELSEWHERE = {"analytics.annotation", "analytics.savedreport", "analytics.segment", "analytics.reportsubscription"}
FORMS = set(AUDITED) & set(PAGES) - ELSEWHERE
EDITABLE = sorted(label for label in FORMS if PAGES[label].has_change_permission(REQUEST))
# A change that a form takes, where the first text of it would be refused.
CHANGES = {
    "analytics.alert": {"name": "Too little"},
    "platform.rolerule": {"needs_second_step": "on"},
    "platform.suppression": {"reason": "complained"},
    "commerce.order": {"notes": "rings twice"},
    "commerce.productreview": {"commerce_productreview_hide_review": "1"},
    "commerce.shipment": {"tracking_number": "GIG-7"},
    "commerce.user": {"name": "Another Name"},
}
# Rows that nobody deletes: the database refuses, or what hangs on them does.
KEPT = {"commerce.order", "commerce.pointsentry", "commerce.stockmovement"}
SECRET = re.compile(r"token|secret|password|hash|otp|seed|credential|nonce|session|raw|body|payload|headers|key$")
PERSONAL = re.compile(
    r"mail|phone|address|contact|recipient|guest|birth|place$|postal|street|city|user_agent|^ip$|profile|notes?$|^answer$"
)


def stored(audited: Audited, pk: Any) -> dict[str, Any]:
    """Return a row as the database has it."""
    key = audited.model._meta.pk
    assert key is not None
    query = sql.SQL("SELECT to_jsonb(kept) FROM {} AS kept WHERE {} = %s")
    with connection.cursor() as cursor:
        cursor.execute(query.format(sql.Identifier(audited.table), sql.Identifier(str(key.column))), [pk])
        found = cursor.fetchone()
    assert found is not None
    return dict(json.loads(found[0]) if isinstance(found[0], str) else found[0])


def shown(audited: Audited, row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what an entry shows of a row that was, or became, another."""
    rule = audited.rule
    ignored = set(rule.ignored) | {"updated_at", "last_active_at", "last_validated_at", "last_login_at", "last_seen_at"}
    differing = {name for name in row if row[name] != other.get(name) and row[name] is not None} - ignored
    masks = {**dict.fromkeys(rule.hidden, "[hidden]"), **dict.fromkeys(rule.personal, "[personal]")}
    return {name: masks.get(name, row[name]) for name in differing}


@pytest.mark.parametrize("label", sorted(AUDITED))
def test_rows_that_are_made_leave_entries(label: str) -> None:
    audited, person = AUDITED[label], UserFactory.create(is_staff=True)
    with acting_as(acting_for(person)):
        row = make_row(audited.model)
    made = stored(audited, row.pk)
    entry = AuditEntry.objects.get(model=label, subject_id=str(row.pk), action="created")

    assert (entry.actor_kind, entry.actor_id) == ("staff", str(person.pk))
    assert (entry.before, entry.after) == ({}, shown(audited, made, {}))
    secrets = [str(made[name]) for name in audited.rule.hidden if made[name] not in (None, "", {}, [], [], False)]
    whole = [entry.after, *AuditPersonal.objects.filter(entry_id=entry.pk).values_list("after", flat=True)]
    assert [secret for secret in secrets if len(secret) > 5 and secret in str(whole)] == []
    named = made.get(audited.rule.person or "user_id")
    assert entry.person_id == (UUID(named) if named else None)


@pytest.mark.parametrize("label", sorted(set(AUDITED) - KEPT))
def test_rows_that_are_deleted_leave_entries(label: str) -> None:
    audited, person = AUDITED[label], UserFactory.create(is_staff=True)
    row = make_row(audited.model)
    was, pk = stored(audited, row.pk), row.pk
    with acting_as(acting_for(person)):
        audited.model._base_manager.filter(pk=pk).delete()
    entry = AuditEntry.objects.get(model=label, subject_id=str(pk))
    assert (entry.action, entry.before, entry.after) == ("deleted", shown(audited, was, {}), {})
    named = was.get(audited.rule.person or "user_id")
    assert entry.person_id == (UUID(named) if named else None)


def test_entries_name_the_person_whom_a_row_is_about() -> None:
    """Some rows made above belong to nobody: these do."""
    alice = UserFactory.create()
    owned = {"commerce.address", "commerce.order", "pets.userpet", "commerce.provideridentity"}
    with acting_as(acting_for(UserFactory.create(is_staff=True))):
        rows = {label: make_row(AUDITED[label].model, user=alice) for label in sorted(owned)}
    found = AuditEntry.objects.filter(person_id=alice.pk, action="created").values_list("model", "subject_id")
    assert set(found) == {(label, str(row.pk)) for label, row in rows.items()}


@pytest.mark.parametrize("label", EDITABLE)
def test_a_form_that_staff_save_leaves_an_entry(label: str, client: Client, settings: Any) -> None:
    settings.STAFF_REAUTH_MINUTES = 0
    audited, person = AUDITED[label], UserFactory.create(is_staff=True, is_superuser=True)
    row = make_row(audited.model)
    before = stored(audited, row.pk)
    client.force_login(person)
    url = reverse(f"admin:{audited.model._meta.app_label}_{audited.model._meta.model_name}_change", args=[row.pk])
    page = client.get(url)
    form = read_form(page.content.decode())
    form |= {name: [value] for name, value in change_of(label, page, form).items()}

    answer = client.post(url, form)

    assert answer.status_code == 302, answer.context and answer.context["errors"]
    after = stored(audited, row.pk)
    entries = AuditEntry.objects.filter(model=label, subject_id=str(row.pk), action="changed")
    differs = (shown(audited, before, after), shown(audited, after, before))
    assert differs != ({}, {})
    assert [(each.before, each.after, each.path, each.actor_id) for each in entries] == [
        (*differs, url, str(person.pk))
    ]


def change_of(label: str, page: Any, form: dict[str, list[str]]) -> dict[str, str]:
    """Return a change to a form: what is declared for it, else another first text."""
    if label in CHANGES:
        return CHANGES[label]
    if label == "commerce.brandmember":
        return {"brand": str(BrandFactory.create().pk)}
    fields = page.context["adminform"].form.fields
    name = next(name for name in fields if form.get(name, [""])[0] and type(fields[name]).__name__ == "CharField")
    return {name: f"{form[name][0]}x"}


@pytest.mark.parametrize("label", sorted(set(AUDITED) - {"commerce.pointsentry", "commerce.stockmovement"}))
def test_changes_in_bulk_leave_entries(label: str) -> None:
    audited = AUDITED[label]
    row = make_row(audited.model)
    column = next((each for each in audited.model._meta.concrete_fields if changes_freely(audited, each)), None)
    if column is None:
        return  # a link between two tables, or one of numbers: its making is what leaves an entry
    before = stored(audited, row.pk)
    with acting_as(acting_for(UserFactory.create(is_staff=True))):
        text = f"{getattr(row, column.name) or ''}x"[: column.max_length]
        audited.model._base_manager.filter(pk=row.pk).update(**{column.name: text})
    after = stored(audited, row.pk)
    entry = AuditEntry.objects.get(model=label, subject_id=str(row.pk))
    assert (entry.action, entry.before) == ("changed", shown(audited, before, after))
    assert entry.after == shown(audited, after, before)


def changes_freely(audited: Audited, field: Any) -> bool:
    """Say whether a column takes any text, and an entry notes it."""
    is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.URLField)
    return (
        is_text
        and not field.choices
        and not field.primary_key
        and (field.max_length or 99) > 3
        and field.column not in audited.rule.ignored
    )


def test_what_is_left_out_is_changed_by_nobody() -> None:
    open_ones = {
        label: [
            verb for verb in ("add", "change", "delete") if getattr(PAGES[label], f"has_{verb}_permission")(REQUEST)
        ]
        for label in DECLARED.left_out
        if label in PAGES
    }
    assert {label: verbs for label, verbs in open_ones.items() if verbs} == {}
    assert set(PAGES) - set(AUDITED) - set(DECLARED.left_out) == set()


def test_every_rule_is_of_a_table_and_of_its_columns() -> None:
    unknown = {
        label: sorted({*rule.hidden, *rule.personal, *rule.ignored, *rule.harmless} - set(AUDITED[label].columns))
        for label, rule in DECLARED.rules.items()
    }
    assert {label: columns for label, columns in unknown.items() if columns} == {}


@pytest.mark.parametrize(("sounds", "placed"), [(SECRET, ("hidden", "personal")), (PERSONAL, ("hidden", "personal"))])
def test_no_column_that_sounds_secret_or_personal_is_kept_in_the_clear(
    sounds: re.Pattern[str], placed: tuple[str, ...]
) -> None:
    loose = {
        label: [
            name
            for name in audited.columns
            if sounds.search(name)
            and name not in {*audited.rule.ignored, *audited.rule.harmless}
            and not any(name in getattr(audited.rule, kind) for kind in placed)
        ]
        for label, audited in AUDITED.items()
    }
    assert {label: names for label, names in loose.items() if names} == {}
