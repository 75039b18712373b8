"""Closing an account: what is forgotten, what stays, and what keeps it open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from commerce.accounts.models import Address, DeviceSession, OneTimeCode, User, UserStatus
from commerce.accounts.services import (
    AccountClosed,
    add_address,
    change_profile,
    close_account,
    confirm_email,
    register_customer,
    send_email_code,
)
from commerce.cart.models import Cart, CartReminder, StockAlert, Wishlist
from commerce.cart.services import add_to_cart, add_wish, ask_for_alert, tell_who_waits
from commerce.cart.services.wishing import Wish
from commerce.catalog.models import ProductVariant
from commerce.notifications.models import Notification, NotificationPreference
from commerce.orders.models import Order, OrderStatus
from commerce.orders.services import OrderOpen, cancel_order, pay_order
from commerce.payments.models import Provider
from tests.commerce.accounts.doors import PASSWORD, api, code_sent, mails, sign_in, sign_up, token_of
from tests.commerce.accounts.test_addresses import HOME
from tests.commerce.accounts.test_email_proof import WRONG
from tests.commerce.factories import ADDRESS, NOON, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password and a confirmed e-mail."""
    user = register_customer(
        email="ada@example.com", phone="0803 123 4567", password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor()
    )
    User.objects.update(email_verified_at=NOON, accepts_marketing=True, metadata={"size": 38}, gender_preference="men")
    return user


def close(token: str, **said: str) -> Any:
    return api("delete", "me/", said, token=token)


def test_who_it_was_is_forgotten_and_the_orders_stay(ada: User) -> None:
    token = token_of(ada)
    order = make_order(user=ada)
    cancel_order(order=order, reason="", at=NOON, actor=Actor())
    api("post", "addresses/", {**ADDRESS}, token=token)
    api("post", "cart/lines/", {"sku": VariantFactory.create().sku, "quantity": 1}, token=token)
    assert (Address.objects.count(), Cart.objects.filter(user=ada).count()) == (1, 1)

    assert close(token, password=PASSWORD).status_code == 204

    user = User.objects.get()
    forgotten = (user.email, user.phone, user.name, user.email_verified_at, user.gender_preference, user.metadata)
    assert forgotten == (None, None, "", None, None, {})
    assert (user.status, user.accepts_marketing, user.has_usable_password()) == (UserStatus.DELETED, False, False)
    for table in (Address, DeviceSession, OneTimeCode, Session, Cart):
        assert table.objects.count() == 0, table
    assert [(each.number, each.user) for each in Order.objects.all()] == [(order.number, user)]
    assert (api("get", "me/", token=token).status_code, sign_in().status_code) == (401, 400)


def test_nothing_of_what_they_wished_for_or_were_told_stays(ada: User, settings: Any) -> None:
    settings.SHOP_URL = "https://shop.example"
    token, sold_out = token_of(ada), VariantFactory.create(stock_on_hand=0)
    cancel_order(order=make_order(user=ada), reason="", at=NOON, actor=Actor())
    api("post", "wishlist/", {"product_id": sold_out.product.public_id}, token=token)
    api("put", f"stock-alerts/{sold_out.sku}/", token=token)
    choice = {"group": "stock", "channel": "email", "is_on": False}
    api("patch", "notification-preferences/", choice, token=token)
    _, guests = add_to_cart(user=None, token=None, sku=VariantFactory.create().sku, quantity=1, actor=Actor(), at=NOON)
    api("put", "cart/reminder/", {"email": "Ada@example.com"}, **{"X-Zuka-Cart": guests or ""})
    tables = (Wishlist, StockAlert, Notification, NotificationPreference)
    kept: list[QuerySet[Any]] = [each.objects.all() for each in tables] + [CartReminder.objects.exclude(email="")]
    assert [each.exists() for each in kept] == [True] * 5

    assert close(token, password=PASSWORD).status_code == 204

    assert [each.exists() for each in kept] == [False] * 5
    ProductVariant.objects.update(stock_on_hand=5)
    assert (tell_who_waits(at=NOON), Notification.objects.count()) == (0, 0)


def test_waiting_mails_are_withdrawn_but_for_the_last_one(ada: User) -> None:
    api("post", "password-resets/", {"email": "Ada@example.com"})

    close(token_of(ada), password=PASSWORD)

    assert [(each.template, each.status) for each in OutgoingMail.objects.order_by("id")] == [
        ("account.password_code", "suppressed"),
        ("account.closed", "queued"),
    ]


def test_the_e_mail_is_free_for_a_new_account_with_no_past(ada: User) -> None:
    close(token_of(ada), password=PASSWORD)

    answer = sign_up()

    assert answer.status_code == 200
    assert User.objects.not_deleted().get().pk != ada.pk
    assert mails()[-1] == ("account.entry_code", "ada@example.com")


@pytest.mark.parametrize("said", [{}, {"password": "wrong"}, {"code": "12345678"}])
def test_the_password_is_needed(ada: User, said: dict[str, str]) -> None:
    answer = close(token_of(ada), **said)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "wrong_password", "password")
    assert User.objects.get().status == UserStatus.ACTIVE


def test_who_has_no_password_is_mailed_a_code() -> None:
    user = register_customer(email="ada@example.com", at=NOON, actor=Actor())
    token = token_of(user)
    assert close(token, code="00000000").json() == WRONG

    assert api("post", "me/closing-code/", token=token).status_code == 202

    assert close(token, code=code_sent("ada@example.com")).status_code == 204
    assert User.objects.get().status == UserStatus.DELETED


def test_an_open_order_keeps_the_account(ada: User) -> None:
    order = make_order(user=ada)

    answer = close(token_of(ada), password=PASSWORD)

    assert (answer.status_code, answer.json()) == (
        409,
        {
            "code": "order_open",
            "message": f"Your order {order.number} is still open: let it arrive, or cancel it first.",
            "field": "order",
        },
    )
    assert (User.objects.get().email, api("get", "me/", token=token_of(ada)).status_code) == ("ada@example.com", 200)


def test_money_that_is_to_come_back_keeps_the_account(ada: User) -> None:
    order = make_order(user=ada)
    pay_order(order=order, provider=Provider.PAYSTACK, reference="r1", amount_kobo=200_000, at=NOON, actor=Actor())
    cancel_order(order=order, reason="", at=NOON, actor=Actor())

    with pytest.raises(OrderOpen, match="its money has to come back"):
        close_account(user=ada, at=NOON)


def test_a_completed_order_does_not(ada: User) -> None:
    make_order(user=ada)
    Order.objects.update(status=OrderStatus.COMPLETED)

    close_account(user=ada, at=NOON)

    assert User.objects.get().status == UserStatus.DELETED


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}])
def test_staff_do_not_close_their_accounts(ada: User, rights: dict[str, bool]) -> None:
    User.objects.update(**rights)

    answer = close(token_of(ada), password=PASSWORD)

    assert (answer.status_code, answer.json()["code"]) == (409, "staff_account")


def test_guests_have_nothing_to_close() -> None:
    assert [api("delete", "me/").status_code, api("post", "me/closing-code/").status_code] == [401, 401]


LATE: dict[str, Callable[[User, ProductVariant], Any]] = {
    "another name": lambda user, _: change_profile(user=user, changes={"name": "Ada", "phone": "08031234567"}),
    "an address": lambda user, _: add_address(user=user, details=HOME, at=NOON),
    "an e-mail": lambda user, _: confirm_email(
        user=user, email="new@example.com", code=code_sent("new@example.com"), at=NOON
    ),
    "a wish": lambda user, gown: add_wish(user=user, wish=Wish(gown.product.public_id), actor=Actor(), at=NOON),
    "an alert": lambda user, gown: ask_for_alert(user=user, sku=gown.sku, at=NOON),
}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_what_was_asked_for_as_the_account_closed_leaves_nothing_in_it(ada: User, late: Callable[..., Any]) -> None:
    gown = VariantFactory.create(stock_on_hand=0)
    send_email_code(user=ada, email="new@example.com", at=NOON)
    codes = list(OneTimeCode.objects.all())
    close_account(user=User.objects.get(), at=NOON)
    OneTimeCode.objects.bulk_create(codes)  # the request had found it already

    with pytest.raises(AccountClosed):
        late(ada, gown)

    user = User.objects.get()
    assert (user.email, user.phone, user.name, Address.objects.count()) == (None, None, "", 0)


def test_a_closed_account_orders_nothing(ada: User) -> None:
    close_account(user=ada, at=NOON)

    with pytest.raises(AccountClosed):
        make_order(user=ada)
    with pytest.raises(AccountClosed):
        close_account(user=ada, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_an_order_and_the_closing_at_once_leave_no_open_order_without_its_owner() -> None:
    for _ in range(4):
        user = UserFactory.create()
        turns = iter(range(2))

        def work(user: User = user, turns: Any = turns) -> str:
            try:
                if next(turns):
                    make_order(user=user)
                else:
                    close_account(user=user, at=NOON)
            except (OrderOpen, AccountClosed) as refusal:
                return refusal.code
            return "done"

        outcomes = in_threads(2, work)

        user.refresh_from_db()
        is_closed = user.status == UserStatus.DELETED
        assert sorted(outcomes) == sorted(["done", "account_closed" if is_closed else "order_open"])
        assert Order.objects.filter(user=user).count() == (0 if is_closed else 1)
