"""Cash at the door: what was handed over is paid for, to the kobo, and nothing else."""

from __future__ import annotations

import pytest

from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.orders.models import Order
from commerce.orders.services import cancel_pieces, collect_cash, deliver_parcel, refuse_parcel
from commerce.orders.services.cash import cash_with_kobo
from commerce.orders.services.paying import NotPayable
from commerce.promotions.models import Coupon
from tests.commerce.conftest import Facts
from tests.commerce.factories import in_threads
from tests.commerce.orders.stories import STAFF, packed, ship

pytestmark = pytest.mark.django_db
FEE = 150_000


@pytest.fixture
def order(db: None) -> Order:
    """Three pieces for 524 998 kobo (174 999, 174 999, 175 000), one for 174 999, and the fee."""
    zone = ShippingZone.objects.create(name="All")
    ShippingRate.objects.create(zone=zone, name="Van", amount_kobo=FEE)
    Coupon.objects.create(code="ODD", name="Odd", kind="fixed", amount_kobo=100_003)
    return packed(3, 1, coupon_codes=["ODD"])


def collected(order: Order) -> list[int]:
    """What the couriers brought, the first first."""
    return list(order.payments.order_by("id").values_list("amount_kobo", flat=True))


def state(order: Order) -> tuple[str, str, int]:
    """Where the order and its money stand, and what is due."""
    order.refresh_from_db()
    return order.status, order.payment_status, order.due_kobo


def test_a_parcel_is_paid_when_it_comes_and_the_fee_with_the_first(order: Order, facts: Facts) -> None:
    first, second = ship(order, 1, 0), ship(order, 2, 1)
    deliver_parcel(shipment=first, **STAFF)
    assert collect_cash(order=order, **STAFF).amount_kobo == 175_000 + FEE
    assert collect_cash(order=order, **STAFF).reference == f"{order.number}-cash"
    assert state(order) == ("confirmed", "partially_paid", 524_997)

    deliver_parcel(shipment=second, **STAFF)
    again = collect_cash(order=order, **STAFF)

    assert (again.reference, collected(order)) == (f"{order.number}-cash-2", [175_000 + FEE, 524_997])
    assert state(order) == ("completed", "paid", 0)
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [order.total_kobo]


def test_what_was_refused_is_not_paid_for_and_the_fee_is(order: Order, facts: Facts) -> None:
    first, second = ship(order, 2, 0), ship(order, 1, 1)
    refuse_parcel(shipment=first, **STAFF)
    deliver_parcel(shipment=second, **STAFF)

    assert collect_cash(order=order, **STAFF).amount_kobo == 349_999 + FEE
    assert state(order) == ("completed", "paid", 0)
    assert order.taken_off_kobo == 349_998
    assert [fact["value_kobo"] for fact in facts("order.delivered")] == [349_999 + FEE]


def test_cash_that_came_before_the_rest_was_refused_pays_for_the_order(order: Order, facts: Facts) -> None:
    first, second = ship(order, 1, 0), ship(order, 2, 1)
    deliver_parcel(shipment=first, **STAFF)
    collect_cash(order=order, **STAFF)

    refuse_parcel(shipment=second, **STAFF)

    assert (state(order), collected(order)) == (("completed", "paid", 0), [175_000 + FEE])
    assert [fact["value_kobo"] for fact in facts("order.paid")] == [175_000 + FEE]


def test_before_it_is_marked_as_delivered_what_left_is_paid_for(order: Order) -> None:
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    cancel_pieces(order=order, reason="", **STAFF)
    assert collect_cash(order=order, **STAFF).amount_kobo == 175_000 + FEE
    assert state(order) == ("completed", "paid", 0)


def test_nothing_is_paid_for_what_never_came(order: Order) -> None:
    refuse_parcel(shipment=ship(order, 3, 1), **STAFF)
    assert state(order) == ("confirmed", "unpaid", FEE)
    with pytest.raises(NotPayable, match="there is no cash to collect"):
        collect_cash(order=order, **STAFF)


def test_each_courier_is_told_what_is_theirs_to_collect(order: Order) -> None:
    assert cash_with_kobo(order, None) == order.total_kobo
    first = ship(order, 1, 0)
    second = ship(order, 1, 1)

    told = [cash_with_kobo(order, each) for each in (first, second, None)]

    assert told == [175_000 + FEE, 349_998, 174_999]
    assert sum(told) == order.total_kobo
    refuse_parcel(shipment=first, **STAFF)
    first.refresh_from_db()
    order.refresh_from_db()
    assert [cash_with_kobo(order, each) for each in (first, second, None)] == [0, 349_999 + FEE, 174_999]


@pytest.mark.django_db(transaction=True)
def test_clerks_who_record_the_same_cash_record_it_once(order: Order) -> None:
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    assert len(set(in_threads(6, lambda: collect_cash(order=order, **STAFF).pk))) == 1
    assert collected(order) == [175_000 + FEE]
