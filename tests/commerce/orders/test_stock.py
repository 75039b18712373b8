"""Stock under a crowd: nothing is sold twice, and what is not shipped comes back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from analytics.store.models import Event
from commerce.cart.models import Cart
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import OutOfStock
from commerce.orders.models import Order
from commerce.orders.services import (
    OrderItem,
    cancel_order,
    confirm_order,
    deliver_order,
    pack_order,
    refuse_delivery,
    ship_order,
)
from commerce.orders.states import IllegalMove
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.cart.test_checkout import ORDER
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.actor import NOBODY

STAFF: dict[str, Any] = {"at": NOON, "actor": NOBODY}


def stock() -> list[tuple[int, int]]:
    """On hand and reserved, of each variant."""
    return list(ProductVariant.objects.order_by("pk").values_list("stock_on_hand", "stock_reserved"))


def outcome(work: Any) -> str:
    try:
        work()
    except OutOfStock:
        return "out of stock"
    return "ordered"


@pytest.mark.django_db
def test_pieces_are_reserved_by_the_order_and_leave_with_the_parcel() -> None:
    variant = VariantFactory.create(stock_on_hand=5)
    order = make_order(lines=[OrderItem(variant.sku, 2)])
    assert stock() == [(5, 2)]
    pack_order(order=confirm_order(order=order, **STAFF), **STAFF)
    assert stock() == [(5, 2)]
    ship_order(order=order, **STAFF)
    assert stock() == [(3, 0)]
    deliver_order(order=order, **STAFF)
    assert stock() == [(3, 0)]


@pytest.mark.django_db
def test_what_is_refused_at_the_door_can_be_sold_again() -> None:
    variant = VariantFactory.create(stock_on_hand=5)
    order = make_order(lines=[OrderItem(variant.sku, 2)])
    pack_order(order=confirm_order(order=order, **STAFF), **STAFF)
    ship_order(order=order, **STAFF)
    refuse_delivery(order=order, **STAFF)
    assert stock() == [(5, 0)]


@pytest.mark.django_db
def test_cancelling_a_refused_order_leaves_what_others_have_reserved() -> None:
    variant = VariantFactory.create(stock_on_hand=5)
    order = make_order(lines=[OrderItem(variant.sku, 2)])
    make_order(lines=[OrderItem(variant.sku, 3)])
    pack_order(order=confirm_order(order=order, **STAFF), **STAFF)
    ship_order(order=order, **STAFF)
    refuse_delivery(order=order, **STAFF)
    cancel_order(order=order, reason="refused", **STAFF)
    assert stock() == [(5, 3)]


@pytest.mark.django_db
def test_cancelling_gives_pieces_back_once() -> None:
    variant = VariantFactory.create(stock_on_hand=5)
    order = make_order(lines=[OrderItem(variant.sku, 2), OrderItem(variant.sku, 1)])
    assert stock() == [(5, 3)]
    cancel_order(order=order, reason="changed my mind", **STAFF)
    with pytest.raises(IllegalMove):
        cancel_order(order=order, reason="again", **STAFF)
    assert stock() == [(5, 0)]


@pytest.mark.django_db
def test_an_order_reserves_all_or_nothing() -> None:
    first, second = VariantFactory.create(stock_on_hand=5), VariantFactory.create(stock_on_hand=1)
    with pytest.raises(OutOfStock, match=f"Only 1 of {second.product.name} is left") as caught:
        make_order(lines=[OrderItem(first.sku, 2), OrderItem(second.sku, 2)])
    assert (caught.value.field, stock(), Order.objects.count(), Event.objects.count()) == (
        "lines",
        [(5, 0), (1, 0)],
        0,
        0,
    )


@pytest.mark.django_db
def test_a_variant_that_is_gone_stops_no_parcel() -> None:
    variant = VariantFactory.create()
    order = make_order(lines=[OrderItem(variant.sku, 1)])
    variant.delete()
    cancel_order(order=order, reason="gone", **STAFF)
    assert Order.objects.get().status == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_fifty_people_want_five_pieces() -> None:
    variant = VariantFactory.create(stock_on_hand=5)
    lines = [OrderItem(variant.sku, 1)]

    outcomes = in_threads(50, lambda: outcome(lambda: make_order(lines=lines)))

    assert (outcomes.count("ordered"), outcomes.count("out of stock")) == (5, 45)
    assert stock() == [(5, 5)]
    assert Order.objects.count() == Event.objects.filter(event_type="order.created").count() == 5


@pytest.mark.django_db(transaction=True)
def test_orders_of_the_same_products_in_another_order_do_not_wait_for_each_other_for_ever() -> None:
    first, second = VariantFactory.create(stock_on_hand=12), VariantFactory.create(stock_on_hand=12)
    ways = itertools.cycle([[first.sku, second.sku], [second.sku, first.sku]])

    in_threads(16, lambda: outcome(lambda: make_order(lines=[OrderItem(sku, 1) for sku in next(ways)])))

    assert stock() == [(12, 12), (12, 12)]
    assert Order.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_orders_and_cancellations_at_once_leave_what_is_right() -> None:
    variant = VariantFactory.create(stock_on_hand=8)
    lines = [OrderItem(variant.sku, 1)]

    def order_and_think_again() -> None:
        cancel_order(order=make_order(lines=lines), reason="no", **STAFF)

    in_threads(8, order_and_think_again)

    assert stock() == [(8, 0)]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_order_one_cart_once() -> None:
    user, variant = UserFactory.create(), VariantFactory.create(stock_on_hand=20)
    token = token_of(user)
    in_threads(6, lambda: call(None, "post", "cart/lines/", {"sku": variant.sku}, **{"X-Session-Token": token}))
    assert [(cart.status, cart.lines.get().quantity) for cart in Cart.objects.all()] == [("active", 6)]

    answers = in_threads(6, lambda: call(None, "post", "orders/", ORDER, **{"X-Session-Token": token}))

    codes = sorted(answer.json().get("code", "placed") for answer in answers)
    assert codes == ["empty_cart"] * 5 + ["placed"]
    assert (Order.objects.count(), stock()) == (1, [(20, 6)])
    added = Event.objects.filter(event_type="cart.item_added").values_list("message_id", flat=True)
    assert len(set(added)) == 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("source", ["cart", "lines"])
def test_the_same_attempt_sent_twice_at_once_is_one_order_for_both(source: str) -> None:
    variant = VariantFactory.create(stock_on_hand=1)
    headers = {"Idempotency-Key": "attempt-1"}
    body: dict[str, Any] = {**ORDER, "lines": [{"sku": variant.sku, "quantity": 1}]}
    if source == "cart":
        made = call(None, "post", "cart/lines/", {"sku": variant.sku}).json()
        body, headers = ORDER, {**headers, "X-Zuka-Cart": made["token"]}

    answers = in_threads(4, lambda: call(None, "post", "orders/", body, **headers))

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["number"] for answer in answers}) == Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_customer_s_cart_can_be_filled_while_an_order_closes_it() -> None:
    user, variant = UserFactory.create(), VariantFactory.create(stock_on_hand=90)
    headers = {"X-Session-Token": token_of(user)}
    add = {"sku": variant.sku}
    call(None, "post", "cart/lines/", add, **headers)
    ways = itertools.cycle([("orders/", ORDER), ("cart/lines/", add)])

    answers = in_threads(4, lambda: call(None, "post", *next(ways), **headers))

    additions = [answer.status_code for answer in answers if answer.request["PATH_INFO"].endswith("cart/lines/")]
    assert additions == [201, 201]


@pytest.mark.django_db(transaction=True)
def test_a_guest_s_cart_is_merged_once_however_many_tabs_sign_in() -> None:
    user, variant = UserFactory.create(), VariantFactory.create(stock_on_hand=20)
    made = call(None, "post", "cart/lines/", {"sku": variant.sku, "quantity": 2}).json()
    headers = {"X-Session-Token": token_of(user), "X-Zuka-Cart": made["token"]}

    in_threads(6, lambda: call(None, "get", "cart/", **headers))

    assert Cart.objects.get(user=user).lines.get().quantity == 2
    assert Cart.objects.get(user=None).status == "merged"
