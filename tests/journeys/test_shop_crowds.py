"""The crowds of a shop through HTTP: parallel connections to real servers, and what the ledger says afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.commerce.factories import at_once
from tests.journeys.marketplace import Clerk, Marketplace, open_marketplace
from tests.journeys.test_shop_path import mailed_code
from zuka.up.homes import CHECKOUT

pytestmark = pytest.mark.journey
JOB = """
import pathlib, time
from commerce.tasks import watch_payments
folder = pathlib.Path({folder!r})
(folder / "ready").touch()
while not (folder / "go").exists():
    time.sleep(0.001)
watch_payments()
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Marketplace]:
    """One shop for all crowds; each buys something else."""
    with open_marketplace() as shop:
        yield shop


@pytest.fixture(scope="module")
def clerks(shop: Marketplace) -> Iterator[tuple[Clerk, Clerk]]:
    """Two of the staff."""
    with shop.clerk() as one, shop.clerk() as another:
        yield one, another


def packed(shop: Marketplace, clerk: Clerk, quantity: int) -> tuple[str, int, str]:
    """A packed order of so many pieces: its number and id, and the sku."""
    sku = shop.product(10)
    number = shop.order(sku, quantity)[1]["number"]
    pk = shop.pk("commerce_order", "number", number)
    assert [clerk.step(name, pk) for name in ("confirm", "pack")] == [302, 302]
    return number, pk, sku


def line_of(shop: Marketplace, order: int) -> str:
    """The field of an order's one line in dialogs."""
    return f"line_{shop.site.sql('SELECT id FROM commerce_order_line WHERE order_id = %s', [order])[0][0]}"


def test_fifty_buyers_for_five_pieces(shop: Marketplace) -> None:
    sku = shop.product(5)

    answers = at_once(*[lambda: shop.order(sku)] * 50)

    assert Counter((status, answer.get("code")) for status, answer in answers) == {
        (201, None): 5,
        (409, "out_of_stock"): 45,
    }
    assert shop.stock(sku) == (5, 5)


def test_fifty_uses_of_a_coupon_for_one(shop: Marketplace) -> None:
    sku = shop.product(100)

    answers = at_once(*[lambda: shop.order(sku, coupon_code="ONCE")] * 50)

    assert Counter(status for status, _answer in answers) == {201: 1, 409: 49}
    # Who comes when it is used up already, and had never had it accepted, is not told that there is such a code.
    refused = {answer["code"] for status, answer in answers if status == 409}
    assert refused <= {"coupon_used_up", "coupon_unknown"}
    assert shop.find("commerce_coupon", "code", "ONCE", "usage_count") == [(1,)]
    assert shop.stock(sku) == (100, 1)


def test_twenty_messages_at_once_and_out_of_order(shop: Marketplace) -> None:
    """It was paid and partly refunded on the provider's page before the shop heard of either."""
    order, reference = shop.pay(shop.product(3))
    secret = shop.providers.keys.paystack_secret
    body = {"transaction": reference, "amount": 60_000}
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx2.post(f"{shop.providers.paystack_url}/refund", json=body, headers=headers).status_code == 200
    shop.providers.settle_refunds(reference)

    answers = at_once(
        *[lambda: shop.tell(reference, "refund.processed")] * 10, *[lambda: shop.tell(reference, "charge.success")] * 10
    )

    assert answers == [200] * 20
    assert shop.state(order["number"])[:2] == ("placed", "partially_refunded")
    payment = shop.pk("commerce_payment", "reference", reference)
    assert shop.find("commerce_refund", "payment_id", str(payment), "status", "amount_kobo") == [("succeeded", 60_000)]
    facts = shop.facts(order["number"])
    assert (facts["order.paid"], facts["order.refunded"]) == (1, 1)


def test_a_message_the_way_back_and_staff_at_once(shop: Marketplace, clerks: tuple[Clerk, Clerk]) -> None:
    order, reference = shop.pay(shop.product(3))
    pk = shop.pk("commerce_payment", "reference", reference)

    at_once(
        *[lambda: shop.tell(reference)] * 5,
        *[lambda: shop.come_back(order, reference)] * 5,
        *[lambda clerk=clerk: clerk.press("payment", pk, "ask_provider") for clerk in clerks],
    )

    assert shop.state(order["number"])[:2] == ("placed", "paid")
    assert shop.find("commerce_payment", "reference", reference, "status") == [("captured",)]
    assert shop.facts(order["number"])["order.paid"] == 1


def test_cancelling_expiring_and_paying_at_once(shop: Marketplace, clerks: tuple[Clerk, Clerk], tmp_path: Path) -> None:
    """Whoever comes first, the money is in the ledger once and the pieces are free or the order is paid and held."""
    sku = shop.product(3)
    order, reference = shop.pay(sku)
    number = order["number"]
    pk = shop.pk("commerce_order", "number", number)
    past = "UPDATE commerce_order SET placed_at = placed_at - interval '1 day' WHERE number = %s"
    shop.site.sql(past, [number])
    shop.site.sql("UPDATE commerce_payment SET created_at = created_at - interval '1 day' WHERE order_id = %s", [pk])
    command = [sys.executable, "manage.py", "shell", "-c", JOB.format(folder=str(tmp_path))]
    with subprocess.Popen(command, cwd=CHECKOUT, env=shop.site.environment, stdout=subprocess.DEVNULL) as job:
        while not (tmp_path / "ready").exists():
            assert job.poll() is None
            time.sleep(0.01)
        at_once(
            (tmp_path / "go").touch,
            *[lambda: shop.tell(reference)] * 3,
            *[lambda clerk=clerk: clerk.step("cancel", pk) for clerk in clerks],
        )
        assert job.wait(60) == 0

    status, money, _ = shop.state(number)
    assert (status, money, shop.stock(sku)) in [("cancelled", "paid", (3, 0)), ("expired", "paid", (3, 0))]
    facts = shop.facts(number)
    [(kept, attention)] = shop.find("commerce_payment", "reference", reference, "status", "attention")
    assert (kept, facts["order.cancelled"]) == ("captured", 1)
    assert attention == ("" if facts["order.paid"] else "order_closed")


def test_two_of_the_staff_refund_one_payment(shop: Marketplace, clerks: tuple[Clerk, Clerk]) -> None:
    order, reference = shop.pay(shop.product(3))
    assert shop.tell(reference) == 200
    pk = shop.pk("commerce_payment", "reference", reference)
    most = order["total"]["kobo"] * 3 // 4

    at_once(
        *[
            lambda clerk=clerk: clerk.press(
                "payment", pk, "refund", amount=f"{most / 100:.2f}", reason="late", request_key=str(uuid4())
            )
            for clerk in clerks * 2
        ]
    )

    assert shop.find("commerce_refund", "payment_id", str(pk), "amount_kobo") == [(most,)]


def test_a_cart_is_merged_once(shop: Marketplace) -> None:
    sku = shop.product(10)
    _, made = shop.site.send("POST", "/api/v1/cart/lines/", {"sku": sku, "quantity": 2})
    email = "ngozi@shop.example"
    shop.site.send("POST", "/api/v1/email-sign-ins/", {"email": email})
    said = {"email": email, "code": mailed_code(shop.site, email, "account.entry_code")}
    _, answer = shop.site.send("POST", "/_allauth/app/v1/auth/email", said)
    headers = {"X-Session-Token": answer["meta"]["session_token"], "X-Zuka-Cart": made["token"]}

    answers = at_once(*[lambda: shop.site.send("GET", "/api/v1/cart/", headers=headers)] * 12)

    assert {status for status, _ in answers} == {200}
    carts = "SELECT c.status, sum(l.quantity) FROM commerce_cart c JOIN commerce_cart_line l ON l.cart_id = c.id"
    found = shop.site.sql(f"{carts} JOIN commerce_user u ON u.id = c.user_id GROUP BY c.id, c.status")
    assert found == [("active", 2)]


def test_an_attempt_that_is_sent_again_and_again_is_one_order(shop: Marketplace) -> None:
    sku = shop.product(10)

    answers = at_once(*[lambda: shop.order(sku, key="attempt-1")] * 20)

    assert {status for status, _ in answers} == {201}
    assert len({answer["number"] for _, answer in answers}) == 1
    assert shop.stock(sku) == (10, 1)


def test_two_of_the_staff_cancel_the_rest(shop: Marketplace, clerks: tuple[Clerk, Clerk]) -> None:
    number, pk, sku = packed(shop, clerks[0], 4)
    field = line_of(shop, pk)
    clerks[0].press("order", pk, "ship_part", position="1", **{field: "1"})

    at_once(
        *[lambda clerk=clerk: clerk.press("order", pk, "cancel_part", left="3", **{field: "3"}) for clerk in clerks * 2]
    )

    assert (shop.state(number)[2], shop.stock(sku)) == ("shipped", (9, 0))
    assert shop.facts(number)["order.part_cancelled"] == 1


def test_the_same_pieces_are_shipped_or_cancelled(shop: Marketplace, clerks: tuple[Clerk, Clerk]) -> None:
    number, pk, sku = packed(shop, clerks[0], 3)
    field = line_of(shop, pk)
    clerks[0].press("order", pk, "ship_part", position="1", **{field: "1"})

    at_once(
        lambda: clerks[0].press("order", pk, "cancel_part", left="2", **{field: "2"}),
        lambda: clerks[1].press("order", pk, "ship_part", position="2", **{field: "2"}),
    )

    [(ordered, cancelled)] = shop.find("commerce_order_line", "order_id", str(pk), "quantity", "cancelled_quantity")
    assert (shop.state(number)[2], ordered) == ("shipped", 3)
    assert (shop.stock(sku), cancelled) in [((9, 0), 2), ((7, 0), 0)]
