"""Saved reports: saved from a page, opened with the same choices, shared by role, and changed by their owner alone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.report.saved import open_url, visible_to
from analytics.store.models import SavedReport
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory
from zuka.roles import ANALYST, FINANCE, MARKETING

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:analytics_savedreport_changelist", "admin:analytics_savedreport_add"
CHOICES = "period=7d&by=brand"


def staff_of(name: str) -> tuple[User, Client]:
    person: User = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=name))
    client = Client()
    client.force_login(person)
    return person, client


def save(client: Client, address: str, **fields: object) -> SavedReport | None:
    before = set(SavedReport.objects.values_list("pk", flat=True))
    answer = client.post(reverse(ADD), {"title": "Mine", "address": address, **fields})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return SavedReport.objects.exclude(pk__in=before).get()


def test_a_page_is_saved_with_its_choices_and_opened_again() -> None:
    ada, client = staff_of(ANALYST.name)
    address = f"{reverse('admin:report', args=['category_sales'])}?{CHOICES}&before=2026-11-21T09:30:00Z"
    page = client.get(address.partition("&before")[0])

    form = client.get(page.context["save_url"]).context["adminform"].form
    assert MARKETING.name in str(form["roles"]), "sharing needs no right to the list of roles"
    saved = save(client, address)

    assert form.initial == {"title": "Sales by category or brand", "address": address.partition("&before")[0]}
    assert saved is not None
    assert (saved.owner, saved.report, saved.params) == (ada, "category_sales", {"period": "7d", "by": "brand"})
    assert client.get(open_url(saved)).status_code == 200
    builder = f"{reverse('admin:report-build')}?by=channel&metric=placed"
    built = save(client, f"https://shop.example{builder}", is_pinned="on")
    assert built is not None
    assert [each.pk for each in visible_to(ada)] == [built.pk, saved.pk], "what is on top stands first"
    assert client.get(open_url(built)).context["title"] == "Placed by Channel"
    content = client.get(reverse(LIST)).content.decode()
    shown = ("Report builder", "Sales by category or brand", open_url(saved).partition("?")[0])
    assert [text in content for text in shown] == [True] * 3


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/nowhere/", "is no report&#x27;s address"),
        ("/shop/", "is no report&#x27;s address"),
        ("{admin}reports/moon/", "There is no report &#x27;moon&#x27;"),
        ("{admin}reports/revenue/?period=soon", "period must be one of"),
        ("{admin}reports/revenue/?colour=red", "has no parameter"),
        ("{admin}reports/build/?metric=visitors&by=country", "Visitors is not counted by Country"),
        ("{admin}analytics/savedreport/", "is no report&#x27;s address"),
    ],
)
def test_what_is_no_report_or_cannot_be_asked_is_not_saved(address: str, reason: str) -> None:
    _, client = staff_of(ANALYST.name)
    address = address.format(admin=reverse("admin:index"))

    answer = client.post(reverse(ADD), {"title": "Mine", "address": address})

    assert (answer.status_code, reason in answer.content.decode()) == (200, True)
    assert not SavedReport.objects.exists()


def test_a_report_is_renamed_and_shared_by_its_owner_and_opened_by_the_role() -> None:
    _, owner = staff_of(ANALYST.name)
    colleague, other = staff_of(MARKETING.name)
    stranger, third = staff_of(FINANCE.name)
    saved = save(owner, reverse("admin:report", args=["revenue"]))
    assert saved is not None
    change, remove = (reverse(f"admin:analytics_savedreport_{verb}", args=[saved.pk]) for verb in ("change", "delete"))
    role = Group.objects.get(name=MARKETING.name)
    fields = {"title": "Ours", "address": reverse("admin:report", args=["revenue"]), "roles": [role.pk]}

    assert not visible_to(colleague).exists()
    assert owner.post(change, {**fields, "is_pinned": "on"}).status_code == 302

    assert [each.title for each in visible_to(colleague)] == ["Ours"]
    assert not visible_to(stranger).exists()
    assert [client.get(change).status_code for client in (owner, other, third)] == [200, 200, 302]
    assert [client.post(change, fields | {"title": "Theirs"}).status_code for client in (other, third)] == [403, 302]
    assert [client.post(remove, {"post": "yes"}).status_code for client in (other, third)] == [403, 302]
    assert SavedReport.objects.get().title == "Ours"
    assert owner.post(remove, {"post": "yes"}).status_code == 302
    assert not SavedReport.objects.exists()


def test_the_list_takes_as_many_queries_for_three_as_for_one() -> None:
    _, client = staff_of(ANALYST.name)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(LIST)).status_code == 200
        return len(captured)

    save(client, reverse("admin:report", args=["revenue"]), roles=[Group.objects.get(name=MARKETING.name).pk])
    queries()
    with_one = queries()
    for report in ("overview", "sessions"):
        save(client, reverse("admin:report", args=[report]), roles=[Group.objects.get(name=MARKETING.name).pk])
    assert queries() == with_one
