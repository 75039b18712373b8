"""The log as owners read it: list, entry, history, and the sheet that they take away."""

from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.catalog.models import Product
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, UserFactory
from zuka.platform.audit.actions import acting_for, record_own
from zuka.platform.audit.context import Acting, acting_as
from zuka.platform.audit.models import AuditEntry, AuditPersonal
from zuka.platform.clock import local_day
from zuka.roles import SUPPORT

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    """A customer."""
    person: User = UserFactory.create(email="alice@example.com", name="Alice")
    return person


LIST_QUERIES = 4


def staff(**facts: Any) -> User:
    person: User = UserFactory.create(is_staff=True, **facts)
    return person


def test_the_pages_read_an_entry_as_people_do(client: Client) -> None:
    boss = staff(name="Ola Owner", is_superuser=True)
    client.force_login(boss)
    category = CategoryFactory.create(name="Shirts")
    product = ProductFactory.create(name="Adire shirt", price_kobo=550_000)
    with acting_as(
        Acting("staff", str(boss.pk), str(boss.pk), ip="203.0.113.7", reason="new season", request_id="r-1")
    ):
        Product.objects.filter(pk=product.pk).update(category=category, price_kobo=600_000, name="=1+1")
    entry = AuditEntry.objects.get(model="commerce.product")

    page = client.get(reverse("admin:platform_auditentry_change", args=[entry.pk])).content.decode()
    for words in ("Ola Owner", "₦5,500.00", "₦6,000.00", "Shirts", "new season", "203.0.113.7"):
        assert words in page
    history = client.get(reverse("admin:commerce_product_history", args=[product.pk])).content.decode()
    assert ("₦6,000.00" in history, "Ola Owner" in history) == (True, True)
    assert client.get(reverse("admin:commerce_product_history", args=[0])).status_code == 404


def test_the_list_is_filtered_searched_and_asks_as_often_for_one_entry_as_for_three(
    client: Client, django_assert_num_queries: Any
) -> None:
    boss = staff(name="Ola Owner", email="ola@example.com", is_superuser=True)
    client.force_login(boss)
    url = reverse("admin:platform_auditentry_changelist")
    with acting_as(acting_for(boss)):
        alice = UserFactory.create(name="Alice Ade")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(url)
    with acting_as(acting_for(staff(name="Sam"))):
        BrandFactory.create(name="Aba")
        CategoryFactory.create()
    with django_assert_num_queries(LIST_QUERIES):
        answer = client.get(url)
    assert len(answer.context["cl"].result_list) == 3
    day = local_day(AuditEntry.objects.latest("id").at).isoformat()
    counts = {
        search: len(client.get(f"{url}?{search}").context["cl"].result_list)
        for search in (
            f"who={boss.pk}",
            "action=created",
            "thing=commerce.brand",
            "q=Aba",
            "q=Alice",
            "q=ola%40example.com",
            f"q={alice.pk}",
            "q=nothing",
            "at_from=2020-01-01&at_to=2020-01-02",
            f"at_from={day}&at_to={day}",
            "at_from=yesterday",
        )
    }
    assert list(counts.values()) == [1, 3, 1, 1, 1, 1, 1, 0, 0, 3, 3], counts


def test_the_log_is_taken_away_after_a_proof_safe_for_spreadsheets_and_that_is_noted(client: Client) -> None:
    boss = staff(name="Ola Owner", is_superuser=True)
    boss.set_password("seven green mangoes")
    boss.save()
    client.force_login(boss)
    with acting_as(acting_for(boss)):
        BrandFactory.create(name="=cmd()")
    url = reverse("admin:platform_auditentry_export")
    with time_machine.travel(time.time() + 16 * 60, tick=False):
        asked = client.get(url)
        assert asked["Location"].startswith(reverse("admin:prove"))
        assert client.post(asked["Location"], {"proof": "seven green mangoes"})["Location"] == url
        answer = client.post(url, {"format": "0"})

    text = answer.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "When,Who,What,Thing,Column,Before,After,Why,From,Entry"
    assert ("Name,,'=cmd()" in text, ",=cmd()" in text) == (True, False)
    assert AuditEntry.objects.get(action="export.downloaded").actor_id == str(boss.pk)


def test_only_owners_read_the_log_and_others_see_no_people_in_a_history(client: Client) -> None:
    helper = staff()
    helper.groups.add(Group.objects.get(name=SUPPORT.name))
    client.force_login(helper)
    alice = UserFactory.create(name="Alice Ade")
    with acting_as(acting_for(helper)):
        User.objects.filter(pk=alice.pk).update(name="Alice Bello", language="yo")
    assert client.get(reverse("admin:platform_auditentry_changelist")).status_code == 403
    assert client.get(reverse("admin:platform_auditentry_export")).status_code == 403
    history = client.get(reverse("admin:commerce_user_history", args=[alice.pk])).content.decode()
    assert ("Alice Ade" in history, "yo" in history) == (False, True)
    brand = BrandFactory.create()
    assert client.get(reverse("admin:platform_apikey_history", args=[brand.pk])).status_code in (403, 404)


def test_a_deed_on_an_account_names_it_while_it_may_be_named(client: Client) -> None:
    boss = staff(name="Ola Owner", is_superuser=True)
    client.force_login(boss)
    alice = UserFactory.create(name="Alice Ade")
    record_own("account.password_changed", alice)
    deed = {"action": "account.password_changed"}
    assert "Alice Ade" in client.get(reverse("admin:platform_auditentry_changelist"), deed).content.decode()
    entry = AuditEntry.objects.get(**deed)
    assert AuditPersonal.objects.get(entry_id=entry.pk).at == entry.at
