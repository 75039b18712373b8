"""A shop's three days with all that can become of an order: coupons, part-cancellations, refusals, cash, refunds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from commerce.accounts.models import User
from commerce.catalog.models import Brand, Category, ProductVariant
from commerce.orders.models import Order
from commerce.orders.services import (
    OrderItem,
    Parcel,
    cancel_order,
    cancel_pieces,
    collect_cash,
    confirm_order,
    deliver_parcel,
    pack_order,
    pay_order,
    refund_overpaid,
    refuse_parcel,
    ship_parcel,
)
from commerce.payments.models import Provider
from commerce.promotions.models import Coupon
from tests.commerce.factories import ADDRESS, VariantFactory, make_order
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at
from zuka.platform.actor import NOBODY, Actor

DAYS = {"from": "2026-11-19", "to": "2026-11-21", "compare": "none"}
KANO = {**ADDRESS, "state": "Kano"}


def then(moment: datetime) -> dict[str, Any]:
    return {"at": moment, "actor": NOBODY}


def ready(order: Order) -> Order:
    """The order, confirmed and packed on Friday."""
    return pack_order(order=confirm_order(order=order, **then(at(FRIDAY, 8))), **then(at(FRIDAY, 9)))


def ship(order: Order, *pieces: int) -> Any:
    chosen = dict(zip(order.lines.values_list("pk", flat=True), pieces, strict=True))
    return ship_parcel(order=order, parcel=Parcel(chosen), **then(at(FRIDAY, 10)))


def make_variants() -> tuple[ProductVariant, ProductVariant]:
    """A gown of Iro and a cap of no brand: 200 000 kobo each, which cost the shop 90 000."""
    gowns, caps = Category.objects.create(slug="gowns", name="Gowns"), Category.objects.create(slug="caps", name="Caps")
    iro, plain = Brand.objects.create(slug="iro", name="Iro"), Brand.objects.create(slug="plain", name="Plain")
    return (
        VariantFactory.create(product__category=gowns, product__brand=iro, product__public_id="gown"),
        VariantFactory.create(product__category=caps, product__brand=plain, product__public_id="cap"),
    )


def add_fees(order: Order, *, shipping: int, tax: int) -> None:
    """Give an order that nothing has happened to delivery and tax on top of its first line."""
    line = order.lines.order_by("pk")[0]
    line.tax_kobo = tax
    line.save(update_fields=["tax_kobo"])
    order.shipping_kobo, order.tax_kobo, order.total_kobo = shipping, tax, order.total_kobo + shipping + tax
    order.save(update_fields=["shipping_kobo", "tax_kobo", "total_kobo"])


def sell() -> dict[str, Order]:
    """Tell the story and return its orders; it is Saturday evening.

    Ada had ordered in October. On Thursday she pays for 3 gowns and a cap, with two codes, delivery and tax; on
    Saturday the gowns that were not sent are cancelled and refunded. Bola (Kano) keeps 2 gowns for cash with one
    code and refuses a gown and a cap. Chi refuses everything. Dayo cancels unpaid. A test account's order never counts.
    """
    gown, cap = make_variants()
    Coupon.objects.create(code="TENTH", name="A tenth", kind="percentage", percent=10, stackable=True)
    Coupon.objects.create(code="ODD", name="Odd", kind="fixed", amount_kobo=100_003, stackable=True)
    ada, chi, dayo = (User.objects.create_user(email=f"{name}@example.com") for name in ("ada", "chi", "dayo"))
    tester = User.objects.create_user(email="test@example.com", is_test=True)

    def order(person: User | None, gowns: int, caps: int, **choices: Any) -> Order:
        wanted = ((gown, gowns), (cap, caps))
        lines = [OrderItem(variant.sku, quantity) for variant, quantity in wanted if quantity]
        actor = Actor(user_id=str(person.pk)) if person else Actor(visitor_id="bola")
        return make_order(**{"lines": lines, "at": at(THURSDAY, 12), "user": person, "actor": actor, **choices})

    first = order(ada, 0, 1, at=at(THURSDAY, 12) - timedelta(days=40))
    paid = order(ada, 3, 1, coupon_codes=["TENTH", "ODD"], payment_method="paystack")
    add_fees(paid, shipping=150_000, tax=7_501)
    cash = order(None, 3, 1, coupon_codes=["ODD"], shipping_address=KANO)
    refused, unsold = order(chi, 1, 0), order(dayo, 1, 1, coupon_codes=["TENTH"])
    order(tester, 2, 2, coupon_codes=["ODD"])

    cancel_order(order=unsold, reason="", **then(at(THURSDAY, 13)))
    kobo = paid.total_kobo
    pay_order(
        order=paid, provider=Provider.PAYSTACK, reference="p", amount_kobo=kobo, fee_kobo=2_000, **then(at(FRIDAY, 8))
    )
    deliver_parcel(shipment=ship(ready(paid), 1, 1), **then(at(FRIDAY, 15)))
    cancel_pieces(order=paid, reason="Sold out", **then(at(SATURDAY, 9)))
    paid.refresh_from_db()
    refund_overpaid(order=paid, amount_kobo=paid.taken_off_kobo, request_key=uuid4(), **then(at(SATURDAY, 10)))
    cash = ready(cash)
    kept, back = ship(cash, 2, 0), ship(cash, 1, 1)
    deliver_parcel(shipment=kept, **then(at(FRIDAY, 16)))
    collect_cash(order=cash, **then(at(FRIDAY, 17)))
    refuse_parcel(shipment=back, **then(at(SATURDAY, 11)))
    refuse_parcel(shipment=ship(ready(refused), 1), **then(at(SATURDAY, 12)))
    return {"first": first, "paid": paid, "cash": cash, "refused": refused, "unsold": unsold}
