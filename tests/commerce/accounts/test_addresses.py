from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import Address, User
from commerce.accounts.services import AddressDetails, add_address, change_address, remove_address
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.factories import NOON, in_threads

pytestmark = pytest.mark.django_db
HOME: AddressDetails = {
    "label": "Home",
    "recipient_name": "Alice Bello",
    "street_address": "12 Allen Avenue",
    "city": "Ikeja",
    "state": "Lagos",
}


def add(user: User, label: str = "Home", *, minutes: int = 0, **details: Any) -> Address:
    written: AddressDetails = {**HOME, "label": label, **details}  # type: ignore[typeddict-item]
    return add_address(user=user, details=written, at=NOON + timedelta(minutes=minutes))


def labels(user: User) -> list[tuple[str, bool]]:
    return list(Address.objects.filter(user=user).order_by("created_at").values_list("label", "is_default"))


def test_an_address_is_added_and_read_again(alice: User) -> None:
    added = call(alice, "post", "addresses/", {**HOME, "phone": "0803 123 4567"})

    expected = {
        "id": str(Address.objects.get().pk),
        **HOME,
        "phone": "+2348031234567",
        "country": "NG",
        "postal_code": "",
        "is_default": True,
    }
    assert (added.status_code, added.json(), added["Cache-Control"]) == (201, expected, "private, no-store")
    assert call(alice, "get", "addresses/").json() == [expected]
    assert call(alice, "get", f"addresses/{expected['id']}/").json() == expected


def test_the_default_one_is_the_first_then_whichever_is_chosen(alice: User, charlie: User) -> None:
    add(charlie)
    add(alice, "Home")
    add(alice, "Office", minutes=1)
    chosen = add(alice, "Shop", minutes=2, is_default=True)
    first = labels(alice)

    change_address(user=alice, address_id=chosen.pk, details={"is_default": False}, at=NOON)
    kept = labels(alice)
    call(alice, "patch", f"addresses/{Address.objects.get(label='Office').pk}/", {"is_default": True})

    assert first == kept == [("Home", False), ("Office", False), ("Shop", True)]
    assert labels(alice) == [("Home", False), ("Office", True), ("Shop", False)]
    assert [row["label"] for row in call(alice, "get", "addresses/").json()] == ["Office", "Shop", "Home"]
    assert labels(charlie) == [("Home", True)]


def test_what_is_not_sent_stays(alice: User) -> None:
    address = add(alice, phone="08031234567")

    answer = call(alice, "patch", f"addresses/{address.pk}/", {"city": "Lekki", "phone": ""})

    address.refresh_from_db()
    assert answer.status_code == 200
    assert (address.city, address.phone, address.street_address, address.is_default) == (
        "Lekki",
        "",
        "12 Allen Avenue",
        True,
    )


def test_after_the_default_one_the_newest_is_the_default(alice: User) -> None:
    home, office, shop = (add(alice, name, minutes=number) for number, name in enumerate(("Home", "Office", "Shop")))

    answer = call(alice, "delete", f"addresses/{home.pk}/")
    after_home = labels(alice)
    remove_address(user=alice, address_id=office.pk, at=NOON)
    after_office = labels(alice)
    remove_address(user=alice, address_id=shop.pk, at=NOON)

    assert (answer.status_code, answer.content) == (204, b"")
    assert (after_home, after_office, labels(alice)) == (
        [("Office", False), ("Shop", True)],
        [("Shop", True)],
        [],
    )


def test_addresses_of_others_are_not_there(alice: User, charlie: User) -> None:
    theirs = add(charlie)

    answers = [
        call(alice, method, f"addresses/{pk}/", {"city": "Abuja"} if method == "patch" else None)
        for pk in (theirs.pk, uuid4())
        for method in ("get", "patch", "delete")
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (404, {"code": "not_found", "message": "There is no such address."})
    ] * 6
    assert call(alice, "get", "addresses/").json() == []
    assert Address.objects.get().city == "Ikeja"


def test_guests_have_no_addresses(alice: User) -> None:
    one = f"addresses/{add(alice).pk}/"
    asked = [("get", "addresses/"), ("post", "addresses/"), ("get", one), ("patch", one), ("delete", one)]

    assert [call(None, method, path).status_code for method, path in asked] == [401] * 5


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"city": ""}, "blank", "city"),
        ({"recipient_name": None}, "null", "recipient_name"),
        ({"phone": "call me"}, "invalid_phone", "phone"),
        ({"country": "Nigeria"}, "invalid", "country"),
        ({"street_address": "x" * 301}, "max_length", "street_address"),
        ({"is_default": "perhaps"}, "invalid", "is_default"),
    ],
)
def test_a_refused_address_names_its_field(alice: User, changes: dict[str, Any], code: str, field: str) -> None:
    address = add(alice)

    answers = [
        call(alice, "post", "addresses/", {**HOME, **changes}),
        call(alice, "patch", f"addresses/{address.pk}/", changes),
    ]

    assert [(answer.status_code, answer.json()["code"], answer.json()["field"]) for answer in answers] == [
        (400, code, field)
    ] * 2
    assert list(Address.objects.values_list("city", "country")) == [("Ikeja", "NG")]


def test_a_customer_has_twenty_addresses_at_most(alice: User) -> None:
    for minutes in range(20):
        add(alice, minutes=minutes)

    answer = call(alice, "post", "addresses/", dict(HOME))

    assert (answer.status_code, answer.json()) == (
        409,
        {"code": "too_many_addresses", "message": "You can keep 20 addresses. Remove one first."},
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_three_queries(alice: User, django_assert_num_queries: Any, rows: int) -> None:
    for minutes in range(rows):
        add(alice, minutes=minutes)
    token = token_of(alice)

    with django_assert_num_queries(3):  # the session, its account, the addresses
        answer = Client().get("/api/v1/addresses/", headers={"X-Session-Token": token})
    assert len(answer.json()) == rows


@pytest.mark.django_db(transaction=True)
def test_ten_threads_leave_one_default(alice: User) -> None:
    in_threads(10, lambda: add(alice, is_default=True))
    chosen = iter(list(Address.objects.values_list("pk", flat=True)) * 2)

    in_threads(10, lambda: change_address(user=alice, address_id=next(chosen), details={"is_default": True}, at=NOON))
    after_changes = [is_default for _, is_default in labels(alice)]
    in_threads(9, lambda: remove_address(user=alice, address_id=next(chosen), at=NOON))

    assert sorted(after_changes) == [False] * 9 + [True]
    assert labels(alice) == [("Home", True)]


@pytest.mark.django_db(transaction=True)
def test_twenty_is_the_limit_for_threads_too(alice: User) -> None:
    for minutes in range(18):
        add(alice, minutes=minutes)

    statuses = in_threads(5, lambda: call(alice, "post", "addresses/", dict(HOME)).status_code)

    assert sorted(statuses) == [201, 201, 409, 409, 409]


def test_the_database_keeps_one_default_and_e164(alice: User) -> None:
    add(alice)

    with pytest.raises(IntegrityError, match="address_one_default"):
        Address.objects.create(user=alice, **{**HOME, "is_default": True})


def test_staff_read_addresses_on_the_customers_page(staff_client: Client, alice: User, charlie: User) -> None:
    add(alice, street_address="7 Marina Road")
    add(charlie, street_address="9 Broad Street")

    page = staff_client.get(reverse("admin:commerce_user_change", args=[alice.pk])).content.decode()

    assert ("7 Marina Road" in page, "9 Broad Street" in page, "addresses-0-street_address" in page) == (
        True,
        False,
        False,
    )
    assert staff_client.get(reverse("admin:commerce_user_add")).status_code == 200
