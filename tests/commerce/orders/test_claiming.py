"""Orders of guests become the account's once it has confirmed the e-mail they were placed with, and not before."""

from __future__ import annotations

from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import email_proved, register_customer
from commerce.orders.models import Order, OrderEvent
from commerce.orders.services import Contact, claim_guest_orders, confirm_order
from commerce.orders.services.mailing import email_of
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from tests.commerce.accounts.doors import PASSWORD, api, code_sent, sign_in, sign_up, token_in
from tests.commerce.factories import NOON, UserFactory, in_threads, make_order
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    """A customer whose e-mail is confirmed."""
    return UserFactory.create(email="ada@example.com", email_verified_at=NOON)


@pytest.fixture
def unproved(db: None) -> User:
    """A customer with a password, whose e-mail is not confirmed."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada", at=NOON, actor=Actor())


def numbers(token: str) -> list[str]:
    """Return the numbers of a customer's orders, as they see them."""
    return [row["number"] for row in api("get", "orders/", token=token).json()["results"]]


def test_a_confirmed_e_mail_brings_the_guest_s_orders_and_signing_in_alone_does_not(unproved: User) -> None:
    order = make_order(contact=Contact(name="Ada", email="Ada@Example.com"))
    make_order(contact=Contact(name="Eve", email="eve@example.com"))
    token = token_in(sign_in())
    assert numbers(token) == []

    api("post", "me/email/", token=token)
    api("post", "me/email/confirm/", {"code": code_sent("ada@example.com")}, token=token)

    assert numbers(token) == [order.number]
    (note,) = OrderEvent.objects.filter(order=order, kind="note")
    assert (note.note, note.actor_id) == (
        "Placed as a guest; now in the account with this e-mail.",
        User.objects.get().pk,
    )


def test_signing_up_by_a_mailed_code_brings_them_at_once() -> None:
    order = make_order()

    assert numbers(token_in(sign_up())) == [order.number]


def test_a_password_set_by_mail_brings_them_too(unproved: User) -> None:
    order = make_order()
    api("post", "password-resets/", {"email": "ada@example.com"})
    said = {"email": "ada@example.com", "code": code_sent("ada@example.com"), "password": "seven green mangoes"}

    assert api("post", "password-resets/confirm/", said).status_code == 204

    assert numbers(token_in(sign_in(password="seven green mangoes"))) == [order.number]


def test_what_is_ordered_as_a_guest_later_comes_with_the_next_sign_in() -> None:
    token = token_in(sign_up())
    order = make_order()

    assert numbers(token) == []
    assert numbers(token_in(sign_in())) == [order.number]


def test_an_order_of_somebody_else_is_never_claimed(ada: User) -> None:
    theirs = make_order(user=UserFactory.create(email=None, phone="+2348031234567"))

    assert (theirs.guest_email, claim_guest_orders(user=ada, at=NOON)) == ("ada@example.com", [])


@pytest.mark.parametrize("columns", [{"email_verified_at": None}, {"email": None, "phone": "+2348031234567"}])
def test_nothing_is_claimed_without_a_confirmed_e_mail(ada: User, columns: dict[str, Any]) -> None:
    make_order()
    for name, value in columns.items():
        setattr(ada, name, value)

    assert claim_guest_orders(user=ada, at=NOON) == []


def test_a_claimed_order_is_written_about_to_the_account(ada: User) -> None:
    order = make_order()
    claim_guest_orders(user=ada, at=NOON)
    User.objects.update(email="new@example.com")

    assert email_of(Order.objects.get(pk=order.pk)) == "new@example.com"
    assert confirm_order(order=order, at=NOON, actor=Actor()).user == ada


def test_coupons_of_a_claimed_order_count_as_the_account_s(ada: User) -> None:
    Coupon.objects.create(code="ONCE", name="Once", kind=CouponKind.FIXED, amount_kobo=1_000, user_limit=1)
    make_order(coupon_codes=["ONCE"])

    claim_guest_orders(user=ada, at=NOON)

    assert [(each.user, each.guest) for each in CouponRedemption.objects.all()] == [(ada, "")]


@pytest.mark.parametrize("rows", [1, 3])
def test_sign_ins_that_find_nothing_ask_one_question(ada: User, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        make_order(contact=Contact(name="Eve", email="eve@example.com"))

    with django_assert_num_queries(3):  # a savepoint around one question
        claim_guest_orders(user=ada, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_six_proofs_at_once_claim_an_order_once() -> None:
    user = UserFactory.create(email="ada@example.com", email_verified_at=NOON)
    orders = [make_order(), make_order()]

    in_threads(6, lambda: email_proved.send(sender=User, user=user, at=NOON))

    assert set(Order.objects.values_list("user_id", flat=True)) == {user.pk}
    assert OrderEvent.objects.filter(kind="note").count() == len(orders)


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_placed_meanwhile_is_claimed_then_or_at_the_next_sign_in() -> None:
    user = UserFactory.create(email="ada@example.com", email_verified_at=NOON)
    turns = iter(range(6))

    def work() -> None:
        if next(turns) % 2:
            make_order()
        else:
            claim_guest_orders(user=user, at=NOON)

    in_threads(6, work)
    claim_guest_orders(user=user, at=NOON)

    assert list(Order.objects.values_list("user_id", flat=True)) == [user.pk] * 3
    assert OrderEvent.objects.filter(kind="note").count() == 3
