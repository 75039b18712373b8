"""Orders that were cancelled or refused in part: reports and ledger agree to the kobo."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine
from django.db.models import F, Sum

from analytics.ask import ask
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from commerce.orders.models import Order
from commerce.orders.services import (
    OrderItem,
    cancel_pieces,
    collect_cash,
    deliver_parcel,
    pay_order,
    refund_overpaid,
    refuse_parcel,
)
from commerce.payments.models import Payment, Provider, Refund
from commerce.promotions.models import Coupon
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from tests.report.selling import DAYS, ready, ship, then
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at


def order_of(*quantities: int) -> Order:
    """An order of Thursday, packed on Friday: pieces for 200 000 kobo, 100 003 off."""
    lines = [OrderItem(VariantFactory.create().sku, quantity) for quantity in quantities]
    order = make_order(lines=lines, at=at(THURSDAY, 12), shipping_address=ADDRESS, coupon_codes=["ODD"])
    return ready(order)


@pytest.mark.django_db
def test_what_was_cancelled_or_refused_leaves_the_reports_as_it_leaves_the_ledger() -> None:
    Coupon.objects.create(code="ODD", name="Odd", kind="fixed", amount_kobo=100_003)
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        paid, cash = order_of(3, 1), order_of(3, 1)
        pay_order(
            order=paid, provider=Provider.PAYSTACK, reference="p", amount_kobo=paid.total_kobo, **then(at(FRIDAY, 9))
        )
        deliver_parcel(shipment=ship(paid, 1, 0), **then(at(FRIDAY, 15)))
        cancel_pieces(order=paid, reason="Sold out", **then(at(SATURDAY, 9)))
        refund_overpaid(order=paid, amount_kobo=524_997, request_key=uuid4(), **then(at(SATURDAY, 10)))
        kept, refused = ship(cash, 2, 0), ship(cash, 1, 1)
        deliver_parcel(shipment=kept, **then(at(FRIDAY, 16)))
        collect_cash(order=cash, **then(at(FRIDAY, 17)))
        refuse_parcel(shipment=refused, **then(at(SATURDAY, 11)))
        fill_dirty()

        table = ask("revenue", **DAYS)

        # Day, orders and kobo placed, orders paid, captured, refunded, revenue, orders and kobo delivered.
        assert table.rows == [
            (THURSDAY, 2, 1_399_994, 0, 0, 0, 0, 0, 0),
            (FRIDAY, 0, 0, 1, 1_049_996, 0, 1_049_996, 0, 0),
            (SATURDAY, 0, 0, 1, 0, 524_997, -524_997, 2, 524_999),
        ]
        assert verify(first=THURSDAY, last=SATURDAY) == []
        received = Payment.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
        went_back = Refund.objects.aggregate(kobo=Sum("amount_kobo"))["kobo"]
        worth = Order.objects.aggregate(kobo=Sum(F("total_kobo") - F("taken_off_kobo")))["kobo"]
        assert table.totals["revenue_kobo"] == received - went_back == worth == table.totals["delivered_kobo"]
