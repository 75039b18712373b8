"""The log as owners read it: list, entry, history, and the sheet that they take away."""

from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import ProviderIdentity, User
from commerce.catalog.models import Product
from commerce.orders.models import Order
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, UserFactory, make_order
from tests.platform.audit.building import make_row
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


def test_a_history_shows_rows_and_names_to_who_may_see_them(client: Client) -> None:
    boss, reader = staff(name="Ola Owner", is_superuser=True), staff()
    alice, order = UserFactory.create(name="Alice Ade"), make_order()
    with acting_as(acting_for(boss)):
        make_row(ProviderIdentity, user=alice)
        User.objects.filter(pk=alice.pk).update(language="yo")
        Order.objects.filter(pk=order.pk).update(user=alice)
    things = {"user": alice.pk, "order": order.pk}
    pages = [reverse(f"admin:commerce_{name}_history", args=[pk]) for name, pk in things.items()]
    client.force_login(boss)
    whole = [client.get(page).context["moments"] for page in pages]
    assert ([len(each) for each in whole], "Alice Ade" in str(whole[1][0].changes)) == ([3, 1], True)

    reader.user_permissions.set(Permission.objects.filter(codename="view_order"))
    client.force_login(reader)
    assert "Alice Ade" not in str(client.get(pages[1]).context["moments"])
    reader.user_permissions.set(Permission.objects.filter(codename="view_user"))
    client.force_login(User.objects.get(pk=reader.pk))
    assert [each.entry.model for each in client.get(pages[0]).context["moments"]] == ["commerce.user"]


ODD = {
    **dict.fromkeys(["at_from=9999-12-31", "at_to=9999-12-31", "at_from=0001-01-01"], 200),
    **dict.fromkeys(["thing=%00", "who=%00"], 400),
}


@pytest.mark.parametrize(("asked", "status"), ODD.items())
def test_odd_filters_are_no_crash(client: Client, asked: str, status: int) -> None:
    client.force_login(staff(is_superuser=True))
    assert client.get(f"{reverse('admin:platform_auditentry_changelist')}?{asked}").status_code == status


def test_an_export_keeps_no_searched_words_and_says_where_it_ends(client: Client, monkeypatch: Any) -> None:
    boss = staff(is_superuser=True)
    client.force_login(boss)
    with acting_as(acting_for(boss)):
        BrandFactory.create_batch(3, description="ada@example.com")
    url = reverse("admin:platform_auditentry_export")
    whole = client.post(f"{url}?q=ada%40example.com&action=created", {"format": "0"}).content.decode()
    assert AuditEntry.objects.get(action="export.downloaded").after["filters"] == "action=created"
    assert "There is more" not in whole
    monkeypatch.setattr("zuka.platform.audit.admin.MOST_EXPORTED", 2)
    assert "There is more: this file ends after 2 entries." in client.post(url, {"format": "0"}).content.decode()
