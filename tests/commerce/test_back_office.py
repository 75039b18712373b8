from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.forms import modelform_factory
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.admin import PersonForm
from commerce.accounts.models import User
from commerce.catalog.models import Product
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import confirm_order, pack_order, pay_order, refund_payment, ship_order
from commerce.payments.models import Provider
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, make_order
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
LISTS = ("user", "category", "brand", "product", "order", "shipment", "return", "payment", "refund")
NOBODY = Actor()


def paid_order(user: User, number: int) -> Order:
    order = make_order(user=user, payment_method=PaymentMethod.PAYSTACK)
    payment = pay_order(
        order=order, provider=Provider.PAYSTACK, reference=f"r{number}", amount_kobo=200_000, at=NOON, actor=NOBODY
    )
    refund_payment(payment=payment, amount_kobo=50_000, reason="", at=NOON, actor=NOBODY)
    for step in (confirm_order, pack_order, ship_order):
        order = step(order=order, at=NOON, actor=NOBODY)
    return order


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(staff_client: Client, name: str) -> None:
    url = reverse(f"admin:commerce_{name}_changelist")
    paid_order(UserFactory.create(), 0)
    queries_of(staff_client, url)  # the first page of a process also fills caches

    with_one = queries_of(staff_client, url)
    for number in (1, 2):
        paid_order(UserFactory.create(), number)

    assert queries_of(staff_client, url) == with_one


def test_the_customer_page_shows_their_orders(staff_client: Client, alice: User, charlie: User) -> None:
    order, other = make_order(user=alice), make_order(user=charlie)

    page = staff_client.get(reverse("admin:commerce_user_change", args=[alice.pk])).content.decode()

    assert (order.number in page, other.number in page) == (True, False)


def test_the_order_page_shows_amounts_and_timeline(staff_client: Client, alice: User) -> None:
    order = paid_order(alice, 1)

    page = staff_client.get(reverse("admin:commerce_order_change", args=[order.pk])).content.decode()

    assert [text in page for text in ("₦2,000.00", "₦2,000.00 by paystack, r1", "Alice", "12 Allen Avenue")] == [
        True
    ] * 4


def press(client: Client, order: Order, button: str, **fields: str) -> Any:
    """Post an order's page as staff do by a button."""
    inlines = {
        f"{prefix}-{count}": "0"
        for prefix in ("lines", "shipments", "returns", "payments", "events")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    data = {**inlines, **fields, f"commerce_order_{button}_order": "1"}
    return client.post(reverse("admin:commerce_order_change", args=[order.pk]), data, follow=True)


def test_a_button_on_the_order_page_takes_its_step(staff_client: Client) -> None:
    order = make_order()

    page = press(staff_client, order, "confirm", notes="Call first", tracking_number="T-9").content.decode()

    order.refresh_from_db()
    assert "Mark packed" in page
    assert f"Order {order.number} is confirmed." in page
    assert (order.status, order.notes, order.tracking_number) == ("confirmed", "Call first", "T-9")
    assert order.events.get(to_state="confirmed").actor == User.objects.get(email="staff@example.com")


def test_the_order_page_cannot_change_facts(staff_client: Client) -> None:
    order = make_order()

    press(staff_client, order, "none", total_kobo="1", status="completed", number="X")

    order.refresh_from_db()
    assert (order.total_kobo, order.status) == (200_000, "placed")


@pytest.mark.parametrize("name", ["order", "payment", "refund"])
def test_the_ledger_takes_no_rows_by_hand(staff_client: Client, alice: User, name: str) -> None:
    order = paid_order(alice, 1)
    pk = {"order": order.pk, "payment": order.payments.get().pk, "refund": order.payments.get().refunds.get().pk}[name]

    assert staff_client.get(reverse(f"admin:commerce_{name}_change", args=[pk])).status_code == 200
    assert staff_client.get(reverse(f"admin:commerce_{name}_add")).status_code == 403
    assert staff_client.post(reverse(f"admin:commerce_{name}_delete", args=[pk])).status_code == 403


def test_prices_are_typed_in_naira(staff_client: Client) -> None:
    product = ProductFactory.create()
    VariantFactory.create(product=product)
    url = reverse("admin:commerce_product_change", args=[product.pk])
    form = staff_client.get(url).context["adminform"].form
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}

    assert str(data["price_kobo"]) == "2000"
    counts = {f"{p}-{c}": "0" for p in ("variants", "images") for c in ("TOTAL_FORMS", "INITIAL_FORMS")}
    tags = {"tags": "[]", "dimensions": "null"}
    answer = staff_client.post(url, {**data, **counts, **tags, "price_kobo": "5500.50", "sale_price_kobo": ""})

    assert answer.status_code == 302
    assert Product.objects.get().price_kobo == 550_050


@pytest.mark.parametrize("name", ["user", "category", "brand", "product"])
def test_pages_for_new_rows_open(staff_client: Client, name: str) -> None:
    assert staff_client.get(reverse(f"admin:commerce_{name}_add")).status_code == 200


def test_staff_make_an_account(staff_client: Client) -> None:
    password = {"usable_password": "true", "password1": "a long password", "password2": "a long password"}

    answer = staff_client.post(
        reverse("admin:commerce_user_add"), {"email": "ngozi@example.com", "name": "Ngozi", **password}
    )

    assert answer.status_code == 302
    assert User.objects.get(email="ngozi@example.com").check_password("a long password") is True


def make_clerk() -> User:
    """Return a member of staff who may change accounts, and is no superuser."""
    clerk = UserFactory.create(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return clerk


def test_staff_cannot_raise_their_own_rights(client: Client, alice: User) -> None:
    clerk = make_clerk()
    client.force_login(clerk)

    own = client.post(reverse("admin:commerce_user_change", args=[clerk.pk]), {"is_superuser": "on"})
    client.post(reverse("admin:commerce_user_change", args=[alice.pk]), {"is_staff": "on", "is_superuser": "on"})
    password = client.get(reverse("admin:auth_user_password_change", args=[clerk.pk]))

    alice.refresh_from_db()
    clerk.refresh_from_db()
    assert (own.status_code, password.status_code) == (403, 403)
    assert (clerk.is_superuser, alice.is_staff, alice.is_superuser) == (False, False, False)


def test_the_menu_shows_only_what_a_person_may_see(client: Client) -> None:
    client.force_login(make_clerk())

    page = client.get(reverse("admin:commerce_user_changelist")).content.decode()

    links = [reverse(f"admin:commerce_{name}_changelist") for name in ("user", "order", "payment")]
    assert [f'href="{link}"' in page for link in links] == [True, False, False]


@pytest.mark.parametrize(
    ("written", "kept", "errors"),
    [
        (" ng", "NG", {}),
        ("", None, {}),
        ("N1", None, {"country": ["“N1” is no country; write its two letters, like NG."]}),
        ("Ü", None, {"country": ["“Ü” is no country; write its two letters, like NG."]}),
    ],
)
def test_a_person_s_country_is_a_code_however_it_is_written(
    alice: User, written: str, kept: str | None, errors: dict[str, Any]
) -> None:
    form = modelform_factory(User, form=PersonForm, fields=["country"])({"country": written}, instance=alice)

    assert form.errors == errors
    assert form.cleaned_data.get("country") == kept
