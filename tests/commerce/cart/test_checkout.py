"""From a cart to an order: the quote, the order, and what is tracked on the way."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.catalog.models import Product, ProductVariant
from commerce.orders.models import Order
from tests.commerce.accounts.doors import call
from tests.commerce.cart.test_cart_api import add, gown, guest, refusal
from tests.commerce.factories import ADDRESS, VariantFactory

__all__ = ["gown"]
pytestmark = pytest.mark.django_db
ORDER = {
    "contact": {"name": "Ada Obi", "email": "ada@example.com"},
    "shipping_address": ADDRESS,
    "payment_method": "cash_on_delivery",
}
SEEN: dict[str, Any] = {
    "X-Zuka-Visitor": "ada",
    "X-Zuka-Session": "s1",
    "X-Zuka-Campaign": "utm_source=instagram&utm_campaign=detty",
}


def order(user: User | None = None, **headers: str) -> Any:
    return call(user, "post", "orders/", ORDER, **headers)


def facts() -> list[tuple[Any, ...]]:
    columns = ("event_type", "visitor_id", "user_id", "utm_source", "product_ref", "quantity", "value_kobo")
    return list(Event.objects.order_by("occurred_at", "id").values_list(*columns))


def test_a_quote_says_what_an_order_costs(gown: ProductVariant) -> None:
    answer = call(None, "post", "checkout/", **guest(gown, 2))

    amount = {"kobo": 400_000, "currency": "NGN", "display": "₦4,000.00"}
    nothing = {"kobo": 0, "currency": "NGN", "display": "₦0.00"}
    assert (answer.status_code, answer.json()["cart"]["quantity"]) == (200, 2)
    assert {name: answer.json()[name] for name in ("subtotal", "shipping", "discount", "tax", "total")} == {
        "subtotal": amount,
        "shipping": nothing,
        "discount": nothing,
        "tax": nothing,
        "total": amount,
    }


@pytest.mark.parametrize(
    ("columns", "code"), [({"stock_on_hand": 1}, "out_of_stock"), ({"active": False}, "not_for_sale")]
)
def test_a_cart_that_cannot_be_ordered_is_refused_at_the_checkout_and_at_the_order(
    gown: ProductVariant, columns: Any, code: str
) -> None:
    headers = guest(gown, 2)
    ProductVariant.objects.update(**columns)
    status = 400 if code == "not_for_sale" else 409

    assert refusal(call(None, "post", "checkout/", **headers)) == (status, code, "lines")
    assert refusal(order(**headers)) == (status, code, "lines")
    assert (Order.objects.count(), Cart.objects.get().status) == (0, "active")


def test_an_empty_cart_is_refused(gown: ProductVariant, alice: User) -> None:
    callers: list[tuple[Any, dict[str, Any]]] = [(None, {}), (None, {"X-Zuka-Cart": "unknown"}), (alice, {})]
    for caller, headers in callers:
        assert refusal(call(caller, "post", "checkout/", **headers)) == (400, "empty_cart", None)
        assert refusal(order(caller, **headers)) == (400, "empty_cart", None)
    headers = guest(gown)
    call(None, "delete", f"cart/lines/{gown.sku}/", **headers)
    assert refusal(order(**headers)) == (400, "empty_cart", None)


def test_an_order_is_made_of_the_cart_and_closes_it(gown: ProductVariant) -> None:
    headers = guest(gown, 2)
    cart = Cart.objects.get()
    answer = order(**headers, **SEEN)

    placed = Order.objects.get()
    gown.refresh_from_db()
    assert (answer.status_code, answer.json()["total"]["kobo"], placed.cart) == (201, 400_000, cart)
    assert (gown.stock_on_hand, gown.stock_reserved) == (5, 2)
    assert (placed.visitor_id, placed.session_id) == ("ada", "s1")
    assert (placed.utm_source, placed.utm_medium, placed.utm_campaign) == ("instagram", None, "detty")
    cart.refresh_from_db()
    assert (cart.status, cart.converted_at) == ("converted", placed.placed_at)
    assert call(None, "get", "cart/", **headers).json()["id"] is None
    assert refusal(order(**headers)) == (400, "empty_cart", None)


def test_the_same_key_places_one_order_although_the_cart_is_closed(gown: ProductVariant) -> None:
    headers = {**guest(gown, 2), "Idempotency-Key": "attempt-1"}
    first, second = order(**headers), order(**headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] == second.json()["number"]
    gown.refresh_from_db()
    assert (Order.objects.count(), gown.stock_reserved) == (1, 2)


def test_an_order_costs_what_the_customer_was_shown(gown: ProductVariant) -> None:
    headers = guest(gown, 2)
    Product.objects.update(price_kobo=250_000)

    answer = call(None, "post", "orders/", {**ORDER, "expected_total_kobo": 400_000}, **headers)

    assert refusal(answer) == (409, "price_changed", "expected_total_kobo")
    assert answer.json()["message"] == "Your order comes to ₦5,000.00 now. Look at it again."
    assert (Order.objects.count(), Cart.objects.get().status) == (0, "active")
    gown.refresh_from_db()
    assert gown.stock_reserved == 0
    assert call(None, "post", "orders/", {**ORDER, "expected_total_kobo": 500_000}, **headers).status_code == 201


def test_an_attempt_is_the_same_in_another_visit(gown: ProductVariant) -> None:
    headers = {**guest(gown), "Idempotency-Key": "attempt-1"}
    campaigns: list[dict[str, Any]] = [{}, SEEN]
    assert len({order(**headers, **campaign).json()["number"] for campaign in campaigns}) == 1


def test_a_path_is_tracked_step_by_step(gown: ProductVariant, alice: User) -> None:
    ref = gown.product.public_id
    cap = VariantFactory.create(sku="CAP")
    headers = {**guest(gown, 2), **SEEN}
    Event.objects.all().delete()
    call(None, "patch", "cart/lines/G-M/", {"quantity": 4}, **headers)
    call(None, "patch", "cart/lines/G-M/", {"quantity": 4}, **headers)
    call(None, "patch", "cart/lines/G-M/", {"quantity": 1}, **headers)
    add(cap.sku, **headers)
    call(None, "delete", "cart/lines/CAP/", **headers)
    call(None, "post", "checkout/", **headers)
    call(None, "post", "checkout/", **headers)
    user = str(alice.pk)
    call(alice, "post", "checkout/", **headers)
    order(alice, **headers)

    known = ("ada", None, "instagram")
    cap_ref = cap.product.public_id
    assert facts() == [
        ("cart.item_added", *known, ref, 2, 400_000),
        ("cart.item_removed", *known, ref, 3, 600_000),
        ("cart.item_added", *known, cap_ref, 1, 200_000),
        ("cart.item_removed", *known, cap_ref, 1, 200_000),
        ("checkout.started", *known, None, None, 200_000),
        ("checkout.started", "ada", user, "instagram", None, None, 200_000),
        ("order.created", "ada", user, "instagram", None, None, 200_000),
    ]


def test_where_the_tracker_is_blocked_the_cart_speaks_for_the_guest(gown: ProductVariant) -> None:
    headers = guest(gown)
    call(None, "post", "checkout/", **headers)
    order(**headers)

    speaker = f"cart-{Cart.objects.get().pk.hex}"
    assert [row[:3] for row in facts()] == [
        ("cart.item_added", speaker, None),
        ("checkout.started", speaker, None),
        ("order.created", speaker, None),
    ]
    assert Order.objects.get().visitor_id == speaker
