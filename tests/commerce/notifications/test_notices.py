from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.notifications.models import Notification
from commerce.notifications.services import drop_old_notices, keep_notice
from commerce.orders.models import PaymentMethod
from commerce.orders.services import (
    Contact,
    approve_return,
    confirm_order,
    deliver_order,
    pack_order,
    pay_order,
    refund_payment,
    ship_order,
)
from commerce.payments.models import Provider
from commerce.tasks import forget_old_notices
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.factories import NOON, UserFactory, in_threads, make_order
from tests.commerce.notifications.stories import STAFF, kinds
from tests.commerce.orders.stories import ask, packed, receive
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def write(user: User, number: int, **choices: Any) -> Notification:
    """A notice that an order was delivered."""
    key = f"order.delivered:{number}"
    facts = {"kind": "order.delivered", "context": {"number": str(number)}, "path": f"/o/{number}", "at": NOON}
    keep_notice(key=key, user_id=user.pk, **{**facts, **choices})
    return Notification.objects.get(key=key)


def titles(user: User) -> list[str]:
    return [each["title"] for each in call(user, "get", "notifications/").json()["results"]]


def unread(user: User) -> int:
    count: int = call(user, "get", "notifications/unread/").json()["unread"]
    return count


def test_an_account_without_an_e_mail_reads_of_parcels_and_returns() -> None:
    user = UserFactory.create(email=None, phone="+2348012345678")
    order = packed(1, user=user, contact=Contact())
    ship_order(order=order, at=NOON, actor=STAFF)
    deliver_order(order=order, at=NOON, actor=STAFF)
    goods_return = ask(order, 1)
    approve_return(goods_return=goods_return, at=NOON, actor=STAFF)
    receive(goods_return)

    assert list(Notification.objects.order_by("id").values_list("kind", flat=True)) == [
        "order.placed",
        "order.shipped",
        "order.delivered",
        "order.return_requested",
        "order.return_approved",
        "order.return_received",
    ]
    assert OutgoingMail.objects.count() == 0


def test_each_move_that_is_mailed_stands_in_the_account_too(alice: User, settings: Any) -> None:
    settings.ORDER_PATH = "/o/{number}/#token={token}"
    order = make_order(user=alice, payment_method=PaymentMethod.PAYSTACK)
    paid: dict[str, Any] = {
        "provider": Provider.PAYSTACK,
        "reference": "r",
        "amount_kobo": 200_000,
        "at": NOON,
        "actor": STAFF,
    }
    for _ in range(2):
        payment = pay_order(order=order, **paid)
    for step in (confirm_order, pack_order, ship_order, deliver_order):
        order = step(order=order, at=NOON, actor=STAFF)
    refund_payment(payment=payment, amount_kobo=10_000, reason="", at=NOON, actor=STAFF)

    notices = list(Notification.objects.order_by("id"))

    assert [each.kind for each in notices] == kinds(order)
    assert [(each.key, each.title) for each in notices] == list(
        OutgoingMail.objects.order_by("id").values_list("key", "subject")
    )
    assert {(each.user_id, each.link, each.body, each.read_at) for each in notices} == {
        (alice.pk, f"/o/{order.number}/", "", None)
    }


def test_a_customer_without_an_e_mail_finds_it_in_the_account_and_a_guest_in_the_mail(alice: User) -> None:
    make_order()
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == (0, 1)
    User.objects.update(email=None, phone="+2348012345678")
    make_order(user=User.objects.get(), contact=Contact())
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_move_told_twice_at_once_is_one_notice(alice: User) -> None:
    in_threads(3, lambda: write(alice, 1))
    assert Notification.objects.count() == 1


def test_notices_are_listed_newest_first_and_read_one_by_one_or_all_at_once(alice: User) -> None:
    first, *_ = [write(alice, number) for number in (1, 2, 3)]
    answer = call(alice, "get", "notifications/")
    assert (answer.headers["Cache-Control"], unread(alice)) == ("private, no-store", 3)
    assert answer.json()["results"][2] == {
        "id": first.pk,
        "kind": "order.delivered",
        "title": "Order 1 has been delivered",
        "body": "",
        "link": "/o/1",
        "created_at": "2026-03-10T12:00:00+01:00",
        "read_at": None,
    }
    assert call(alice, "post", f"notifications/{first.pk}/read/").status_code == 204
    assert unread(alice) == 2
    assert (call(alice, "post", "notifications/read/").status_code, unread(alice)) == (204, 0)
    assert len(titles(alice)) == 3


def test_notices_are_their_customer_s_alone(alice: User, charlie: User) -> None:
    notice = write(alice, 1)
    strange = call(charlie, "post", f"notifications/{notice.pk}/read/")
    call(charlie, "post", "notifications/read/")
    assert (strange.status_code, strange.json()["code"]) == (404, "not_found")
    assert (titles(charlie), unread(charlie), unread(alice)) == ([], 0, 1)
    doors = (("get", ""), ("get", "unread/"), ("post", "read/"), ("post", f"{notice.pk}/read/"))
    assert [call(None, method, f"notifications/{path}").status_code for method, path in doors] == [401] * 4


def test_reading_twice_keeps_the_first_moment(alice: User) -> None:
    notice = write(alice, 1)
    for _ in range(2):
        call(alice, "post", f"notifications/{notice.pk}/read/")
        moment = Notification.objects.get().read_at
    call(alice, "post", "notifications/read/")
    assert Notification.objects.get().read_at == moment


def test_a_list_of_three_takes_as_many_queries_as_one(alice: User, django_assert_num_queries: Any) -> None:
    client = Client(headers={"X-Session-Token": token_of(alice)})
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            write(alice, number)
        with django_assert_num_queries(3):
            assert client.get("/api/v1/notifications/").status_code == 200


def test_old_notices_are_dropped_read_or_not(alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commerce.notifications.services.AT_ONCE", 2)
    settings.NOTICE_RETENTION_DAYS = 30
    for number in range(5):
        write(alice, number, at=NOON - number * DAY)
    assert drop_old_notices(at=NOON + 28 * DAY) == 2
    assert titles(alice) == [f"Order {number} has been delivered" for number in (2, 1, 0)]
    forget_old_notices(unknown="keyword")
    assert titles(alice) == []


def test_the_customer_page_and_the_list_of_staff_show_notices(
    staff_client: Client, alice: User, charlie: User, django_assert_num_queries: Any
) -> None:
    write(alice, 1)
    write(charlie, 2)
    page = staff_client.get(reverse("admin:commerce_user_change", args=[alice.pk])).content.decode()
    assert ("Order 1 has been" in page, "Order 2 has been" in page) == (True, False)

    url = reverse("admin:commerce_notification_changelist")
    staff_client.get(url)
    for number in (3, 4):
        with django_assert_num_queries(3):
            assert f"Order {number - 1} has been" in staff_client.get(url).content.decode()
        write(charlie, number)


PREFERENCES = "notification-preferences/"


def chosen(user: User) -> list[tuple[str, str, bool, bool]]:
    answer = call(user, "get", PREFERENCES)
    return [(each["group"], each["channel"], each["is_on"], each["is_fixed"]) for each in answer.json()]


def choose(user: User | None, **body: Any) -> Any:
    return call(user, "patch", PREFERENCES, body)


def test_a_customer_chooses_what_can_be_chosen(alice: User) -> None:
    fixed = [("orders", "in_app", True, True), ("orders", "email", True, True)]
    assert chosen(alice)[:3] == [*fixed, ("reminders", "email", False, False)]
    answer = choose(alice, group="reminders", channel="email", is_on=True)
    assert answer.json()[2] == {
        "group": "reminders",
        "channel": "email",
        "title": "Your cart",
        "text": "One e-mail when you have left something in your cart.",
        "is_on": True,
        "is_fixed": False,
    }
    assert chosen(alice)[2] == ("reminders", "email", True, False)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"group": "orders", "channel": "email", "is_on": False}, (400, "fixed_preference", "channel")),
        ({"group": "reminders", "channel": "in_app", "is_on": True}, (400, "fixed_preference", "channel")),
        ({"group": "weather", "channel": "email", "is_on": True}, (400, "invalid_choice", "group")),
        ({"group": "orders", "channel": "email"}, (400, "required", "is_on")),
    ],
)
def test_other_choices_are_refused(alice: User, body: Any, expected: Any) -> None:
    answer = choose(alice, **body)
    assert (answer.status_code, answer.json()["code"], answer.json().get("field")) == expected


def test_preferences_are_for_who_is_signed_in() -> None:
    assert [call(None, "get", PREFERENCES).status_code, choose(None).status_code] == [401, 401]
