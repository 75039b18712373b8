"""Confirming a phone by a code, changing it, and what follows: orders of guests, closing the account."""

from __future__ import annotations

from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import AccountClosed, WrongCode, close_account, confirm_phone, register_customer
from commerce.orders.models import OrderEvent
from commerce.orders.services import Contact
from tests.commerce.accounts.doors import (
    PASSWORD,
    api,
    ask_by_phone,
    code_texted,
    enter,
    mails,
    token_in,
    token_of,
)
from tests.commerce.accounts.test_email_proof import WRONG
from tests.commerce.factories import NOON, UserFactory, make_order
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+2348031234567", "+2348039999999"


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password, whose phone is not confirmed."""
    return register_customer(
        email="ada@example.com", phone=PHONE, password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor()
    )


def ask(token: str, **said: str) -> Any:
    return api("post", "me/phone/", {"password": PASSWORD, **said}, token=token)


def confirm(token: str, code: str, **said: str) -> Any:
    return api("post", "me/phone/confirm/", {"code": code, **said}, token=token)


def test_a_confirmed_phone_signs_in_and_the_e_mail_is_told(ada: User, termii: Providers) -> None:
    token = token_of(ada)
    assert ask(token).status_code == 202

    answer = confirm(token, code_texted(termii))

    assert (answer.status_code, answer.json()["is_phone_confirmed"]) == (200, True)
    assert mails() == [("account.phone_changed", "ada@example.com")]
    assert (ask(token).status_code, ask(token).json()["code"]) == (409, "already_confirmed")
    ask_by_phone()
    assert token_in(enter(code_texted(termii)))
    assert User.objects.count() == 1


def test_another_phone_is_the_account_s_when_it_is_confirmed(ada: User, termii: Providers) -> None:
    token = token_of(ada)
    ask(token, phone="0803 999 9999")
    ada.refresh_from_db()
    assert ada.phone == PHONE

    assert confirm(token, code_texted(termii), phone="0803 999 9999").json()["phone"] == OTHER


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_phone_that_shall_let_in_needs_the_password(ada: User, termii: Providers, password: str) -> None:
    answer = ask(token_of(ada), password=password)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "wrong_password", "password")
    assert termii.messages == []


def test_a_code_is_of_one_account_one_phone_and_one_purpose(ada: User, termii: Providers) -> None:
    token = token_of(ada)
    ask(token)
    code = code_texted(termii)
    thief = UserFactory.create(email="thief@example.com")

    assert confirm(token_of(thief), code, phone=PHONE).json() == WRONG
    assert confirm(token, code, phone=OTHER).json() == WRONG
    assert enter(code).status_code == 400
    assert confirm(token, code).status_code == 200


@pytest.mark.parametrize(("columns", "status"), [({"phone_verified_at": NOON}, 409), ({"email": None}, 409), ({}, 200)])
def test_a_phone_is_taken_from_where_it_was_not_proved(
    ada: User, termii: Providers, columns: dict[str, Any], status: int
) -> None:
    other = UserFactory.create(**{"email": "eve@example.com", "phone": OTHER, **columns})
    token = token_of(ada)

    assert ask(token, phone=OTHER).status_code == 202
    answer = confirm(token, code_texted(termii), phone=OTHER)

    other.refresh_from_db()
    assert (answer.status_code, other.phone) == (status, None if status == 200 else OTHER)
    if status == 409:
        assert answer.json()["code"] == "account_taken"
        assert mails() == []
    else:
        assert mails("account.phone_gone") == [("account.phone_gone", "eve@example.com")]


def test_who_has_no_phone_writes_one(termii: Providers) -> None:
    token = token_of(UserFactory.create(email="ada@example.com"))

    assert (ask(token).status_code, ask(token).json()["field"]) == (400, "phone")


def test_guests_are_asked_to_sign_in() -> None:
    assert [api("post", path).status_code for path in ("me/phone/", "me/phone/confirm/")] == [401, 401]


def test_a_phone_that_signs_in_is_changed_by_a_code_only(termii: Providers) -> None:
    ask_by_phone()
    token = token_in(enter(code_texted(termii)))

    refused = api("patch", "me/", {"phone": OTHER}, token=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "phone_by_code")
    assert api("patch", "me/", {"phone": PHONE, "name": "Ada"}, token=token).status_code == 200

    ask(token, phone=OTHER)
    assert confirm(token, code_texted(termii), phone=OTHER).json()["phone"] == OTHER


def test_a_code_ends_with_its_account(ada: User, termii: Providers) -> None:
    ask(token_of(ada))
    close_account(user=ada, at=NOON)

    with pytest.raises(WrongCode):
        confirm_phone(user=ada, phone=PHONE, code=code_texted(termii), at=NOON)


def test_who_has_nothing_but_a_phone_closes_the_account_by_it(termii: Providers) -> None:
    ask_by_phone()
    token = token_in(enter(code_texted(termii)))

    assert api("post", "me/closing-code/", token=token).status_code == 202
    assert "to close or erase your account" in termii.messages[-1].text
    assert api("delete", "me/", {"code": "00000000"}, token=token).json() == WRONG
    assert api("delete", "me/", {"code": code_texted(termii)}, token=token).status_code == 204

    user = User.objects.get()
    assert (user.phone, user.phone_verified_at) == (None, None)
    with pytest.raises(AccountClosed):
        close_account(user=user, at=NOON)


def test_a_guest_s_orders_come_with_the_proof_and_not_before(ada: User, termii: Providers) -> None:
    contact = Contact(name="Ada", phone="0803 123 4567")
    order = make_order(contact=contact)
    token = token_of(ada)
    assert numbers(token) == []

    ask(token)
    confirm(token, code_texted(termii))

    assert numbers(token) == [order.number]
    note = OrderEvent.objects.get(order=order, kind="note")
    assert note.note == "Placed as a guest; now in the account with this phone."


def test_an_account_that_a_phone_makes_has_its_orders_and_later_ones_come_at_the_next_sign_in(
    termii: Providers,
) -> None:
    contact = Contact(name="Ada", phone=PHONE)
    first = make_order(contact=contact)
    ask_by_phone()
    token = token_in(enter(code_texted(termii)))
    assert numbers(token) == [first.number]

    later = make_order(contact=contact)
    ask_by_phone()
    assert numbers(token_in(enter(code_texted(termii)))) == [later.number, first.number]


@pytest.mark.parametrize(("verified_at", "claimed"), [(None, 1), (NOON, 0)])
def test_a_mistyped_phone_does_not_bring_the_orders_of_who_has_confirmed_their_e_mail(
    termii: Providers, verified_at: Any, claimed: int
) -> None:
    UserFactory.create(email="Bola@example.com", email_verified_at=verified_at)
    make_order(contact=Contact(name="Bola", email="bola@example.com", phone=PHONE))
    ask_by_phone()

    assert len(numbers(token_in(enter(code_texted(termii))))) == claimed


def numbers(token: str) -> list[str]:
    """Return the numbers of a customer's orders, as they see them."""
    return [row["number"] for row in api("get", "orders/", token=token).json()["results"]]
