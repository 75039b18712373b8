"""Orders of one product in a crowd: nobody waits longer than needed, nothing is sold twice, nobody waits for ever."""

from __future__ import annotations

import itertools
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.catalog.models import MovementReason, ProductVariant
from commerce.catalog.services import OutOfStock, adjust_stock
from commerce.orders.models import Order
from commerce.orders.services import (
    OrderItem,
    cancel_order,
    confirm_order,
    pack_order,
    refuse_delivery,
    ship_order,
)
from commerce.promotions.models import Coupon
from tests.commerce.factories import VariantFactory, in_threads, make_order
from tests.commerce.orders.stories import STAFF

WRITES = re.compile(r'\b(INSERT INTO|UPDATE) "?(\w+)"?')


def make_coupon() -> Coupon:
    """A coupon that takes ₦1 off, as often as one likes."""
    return Coupon.objects.create(code="ONE", name="One", kind="fixed", amount_kobo=100)


def writes_in(said: CaptureQueriesContext) -> list[str]:
    """What was written to which table, in turn."""
    return [" ".join(found) for query in said for found in WRITES.findall(query["sql"])]


@pytest.mark.django_db
def test_the_product_s_row_is_locked_last_and_the_coupon_s_after_it() -> None:
    make_coupon()
    variant = VariantFactory.create(stock_on_hand=5)

    with CaptureQueriesContext(connection) as said:
        make_order(lines=[OrderItem(variant.sku, 1)], coupon_codes=["ONE"])

    writes = writes_in(said)
    assert writes[-3:] == [
        "UPDATE commerce_product_variant",
        "UPDATE commerce_coupon",
        "INSERT INTO commerce_coupon_redemption",
    ]
    assert "INSERT INTO commerce_order_line" in writes
    assert len([write for write in writes if "variant" in write or write.endswith("_coupon")]) == 2


@pytest.mark.django_db
def test_what_is_sold_out_is_refused_before_anything_is_written() -> None:
    first, second = VariantFactory.create(stock_on_hand=5), VariantFactory.create(stock_on_hand=0)

    with CaptureQueriesContext(connection) as said, pytest.raises(OutOfStock) as caught:
        make_order(lines=[OrderItem(second.sku, 1), OrderItem(first.sku, 6)])

    assert writes_in(said) == []
    assert str(caught.value) == f"Only 5 of {first.product.name} are left."


@pytest.mark.django_db(transaction=True)
def test_a_crowd_that_orders_cancels_ships_and_counts_at_once() -> None:
    coupon = make_coupon()
    variants = VariantFactory.create_batch(3, stock_on_hand=20)
    skus = [variant.sku for variant in variants]
    turns = itertools.count()

    def shopper() -> str:
        turn = next(turns)
        lines = [OrderItem(skus[(turn + at) % 3], 1) for at in range(3)]
        try:
            order = make_order(lines=lines, coupon_codes=["ONE"] if turn % 2 else [])
        except OutOfStock:
            return "sold out"
        if turn % 3 == 0:
            cancel_order(order=order, reason="no", **STAFF)
            return "cancelled"
        if turn % 3 == 1:
            return "kept"
        ship_order(order=pack_order(order=confirm_order(order=order, **STAFF), **STAFF), **STAFF)
        adjust_stock(variant=variants[turn % 2], reason=MovementReason.RECEIVED, add=1, **STAFF)
        refuse_delivery(order=order, **STAFF)
        return "refused"

    outcomes = in_threads(18, shopper)

    assert {word: outcomes.count(word) for word in set(outcomes)} == {"cancelled": 6, "kept": 6, "refused": 6}
    assert list(ProductVariant.objects.order_by("pk").values_list("stock_on_hand", "stock_reserved")) == [
        (23, 6),
        (23, 6),
        (20, 6),
    ]
    coupon.refresh_from_db()
    kept = Order.objects.exclude(coupon_code=None).exclude(status="cancelled").count()
    assert (coupon.usage_count, coupon.redemptions.filter(released_at=None).count()) == (kept, kept)
