"""Returns in the back office: what staff may do next, and what comes of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.orders.models import Order, Return, ReturnLine
from commerce.orders.services import approve_return, collect_cash, decline_refund, proposed_kobo
from commerce.payments.models import Refund
from tests.commerce.factories import UserFactory
from tests.commerce.orders.stories import STAFF, ask, delivered, receive, state_of
from tests.commerce.orders.test_back_office_parcels import page, press, said

pytestmark = pytest.mark.django_db
BUTTONS = ("approve", "receive", "give_back", "refuse", "close")


def offered(client: Client, goods_return: Return) -> list[str]:
    content = client.get(page(goods_return)).content.decode()
    return [each for each in BUTTONS if reverse(f"admin:commerce_return_{each}", args=[goods_return.pk]) in content]


def paid(*quantities: int) -> Order:
    order = delivered(*quantities)
    collect_cash(order=order, **STAFF)
    return order


def test_staff_take_a_return_from_the_request_to_the_money(staff_client: Client) -> None:
    order = paid(2)
    goods_return = ask(order, 2)
    line = f"line_{order.lines.get().pk}"
    seen = [offered(staff_client, goods_return)]

    assert said(press(staff_client, goods_return, "approve")) == ["Return 1: Approved, to be sent back."]
    seen.append(offered(staff_client, goods_return))
    press(staff_client, goods_return, "receive", **{line: "1"})
    seen.append(offered(staff_client, goods_return))
    form = staff_client.get(reverse("admin:commerce_return_give_back", args=[goods_return.pk])).content.decode()
    assert ('value="4000.00"' in form, "At most ₦4,000.00" in form) == (True, True)
    key = {"request_key": str(uuid4())}
    press(staff_client, goods_return, "give_back", amount="1000.50", **key)
    again = press(staff_client, goods_return, "give_back", amount="1000.50", **key)
    seen.append(offered(staff_client, goods_return))
    press(staff_client, goods_return, "give_back", amount="2999.50", request_key=str(uuid4()))
    seen.append(offered(staff_client, goods_return))

    assert seen == [
        ["approve", "refuse"],
        ["receive", "refuse"],
        ["give_back", "close"],
        ["give_back", "close"],
        [],
    ]
    assert said(again)[-1:] == ["This refund was sent already."]
    goods_return.refresh_from_db()
    assert (goods_return.status, ReturnLine.objects.get().sellable) == ("closed", 1)
    assert list(Refund.objects.values_list("amount_kobo", flat=True)) == [100_050, 299_950]
    assert state_of(order)[1:] == ("returned", [(9, 0)])


def test_staff_refuse_with_an_answer(staff_client: Client) -> None:
    goods_return = ask(paid(1), 1)

    assert press(staff_client, goods_return, "refuse", answer="").status_code == 200
    press(staff_client, goods_return, "refuse", answer="It was worn.")

    goods_return.refresh_from_db()
    assert (goods_return.status, goods_return.answer) == ("refused", "It was worn.")
    assert said(press(staff_client, goods_return, "approve"))[-1] == "Return 1 is refused, it cannot be approved."


def test_staff_begin_a_return_on_the_order_s_page(staff_client: Client) -> None:
    order = paid(2, 1)
    first, second = order.lines.all()
    begin = reverse("admin:commerce_order_begin_return", args=[order.pk])
    assert begin in staff_client.get(page(order)).content.decode()
    pieces = {f"line_{first.pk}": "2", f"line_{second.pk}": "1"}

    answer = press(staff_client, order, "begin_return", reason="damaged", note="By phone", **pieces)
    empty = press(staff_client, order, "begin_return", reason="damaged")

    assert said(answer) == [f"Return 1 of order {order.number} is approved."]
    assert said(empty)[-1] == f"Nothing of order {order.number} can be sent back."
    assert (Return.objects.get().note, begin in staff_client.get(page(order)).content.decode()) == ("By phone", False)


def test_a_return_is_written_by_its_buttons_alone(staff_client: Client) -> None:
    goods_return = ask(paid(1), 1)
    assert staff_client.post(page(goods_return), {"status": "closed"}).status_code == 403
    assert staff_client.get(reverse("admin:commerce_return_add")).status_code == 403
    assert staff_client.post(reverse("admin:commerce_return_delete", args=[goods_return.pk])).status_code == 403


def test_who_may_answer_returns_may_not_refund_them(client: Client) -> None:
    clerk = UserFactory.create(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_return", "change_return"]))
    client.force_login(clerk)
    goods_return = ask(paid(1), 1)
    approve_return(goods_return=goods_return, **STAFF)
    receive(goods_return)

    assert offered(client, goods_return) == ["close"]
    assert press(client, goods_return, "give_back", amount="1", request_key=str(uuid4())).status_code == 403
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("kind", ["order", "return"])
def test_pages_take_as_many_queries_for_three_lines_as_for_one(staff_client: Client, kind: str) -> None:
    def queries(row: Order | Return) -> int:
        staff_client.get(page(row))
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(page(row)).status_code == 200
        return len(captured)

    one, three = paid(5), paid(5, 5, 5)
    returns = [ask(one, 1), ask(three, 1, 1, 1)]
    for _ in range(2):
        ask(three, 0, 1, 1)
    assert queries(one if kind == "order" else returns[0]) == queries(three if kind == "order" else returns[1])


def test_a_large_refund_of_a_return_is_only_asked_for(staff_client: Client, settings: Any) -> None:
    settings.REFUND_FOUR_EYES = 1_000
    order = paid(2)
    goods_return = receive(approve_return(goods_return=ask(order, 2), **STAFF))

    answer = press(staff_client, goods_return, "give_back", amount="4000", request_key=str(uuid4()))

    assert said(answer)[-1] == "A colleague has to approve the refund; it is asked for."
    assert list(Refund.objects.values_list("status", flat=True)) == ["asked"]
    assert (offered(staff_client, goods_return), proposed_kobo(goods_return)) == (["close"], 0)
    decline_refund(
        refund=Refund.objects.select_related("payment").get(), note="no", at=STAFF["at"], actor=STAFF["actor"]
    )
    assert proposed_kobo(goods_return) == 400_000
