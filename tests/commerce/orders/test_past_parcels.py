"""Orders that were sent before parcels were kept get one each, with all that was ordered in it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.orders.models import Order, OrderEvent, OrderLine, Shipment, ShipmentLine
from commerce.orders.services import count_all, refuse_delivery, ship_order
from commerce.orders.states import Tally
from commerce.promotions.models import Coupon
from tests.commerce.factories import NOON, make_order
from tests.commerce.orders.stories import STAFF, delivered, packed

LATER = NOON + timedelta(days=2)


def forget_parcels() -> None:
    ShipmentLine.objects.all().delete()
    Shipment.objects.all().delete()


def migrate() -> None:
    with connection.cursor() as cursor:
        migration: Any = import_module("commerce.migrations.0017_past_parcels")
        for statement in (migration.PARCELS, migration.LINES):
            cursor.execute(statement)


@pytest.mark.django_db
def test_every_order_that_left_has_its_parcel() -> None:
    make_order(at=NOON)
    packed(1)
    sent = ship_order(order=packed(1, 2), **STAFF)
    Order.objects.filter(pk=sent.pk).update(shipping_provider="GIG", tracking_number="T-1")
    delivered(2, at=LATER)
    refuse_delivery(order=ship_order(order=packed(3), **STAFF), at=LATER, actor=STAFF["actor"])
    returned, came_back = delivered(1), ship_order(order=packed(1), **STAFF)
    refuse_delivery(order=came_back, **STAFF)
    Order.objects.filter(pk__in=[returned.pk, came_back.pk]).update(fulfilment_status="returned")
    forget_parcels()

    migrate()
    migrate()

    columns = ("position", "status", "courier", "tracking_number", "shipped_at", "delivered_at", "refused_at")
    assert list(Shipment.objects.order_by("order_id").values_list(*columns)) == [
        (1, "shipped", "GIG", "T-1", NOON, None, None),
        (1, "delivered", "", "", NOON, LATER, None),
        (1, "refused", "", "", NOON, None, LATER),
        (1, "delivered", "", "", NOON, NOON, None),
        (1, "refused", "", "", NOON, None, NOON),
    ]
    assert [count_all(order) for order in Order.objects.order_by("id")] == [
        Tally(1),
        Tally(1),
        Tally(3, 3),
        Tally(2, 2, 2),
        Tally(3, 3, 0, 3),
        Tally(1, 1, 1),
        Tally(1, 1, 0, 1),
    ]
    assert OrderEvent.objects.filter(kind="fulfilment", to_state="refused").count() == 2


@pytest.mark.django_db
def test_what_a_coupon_took_off_past_orders_is_shared_by_their_lines() -> None:
    Coupon.objects.create(code="THIRD", name="A third", kind="percentage", percent=Decimal("33.33"))
    Coupon.objects.create(code="FREE", name="Free", kind="free_shipping")
    rate = ShippingRate.objects.create(zone=ShippingZone.objects.create(name="All"), name="Van", amount_kobo=150_000)
    orders = [packed(1, 3, 2, coupon_codes=["THIRD"]), packed(1, coupon_codes=["FREE"]), packed(1)]
    before = [list(order.lines.values_list("discount_kobo", flat=True)) for order in orders]
    OrderLine.objects.update(discount_kobo=0)

    with connection.cursor() as cursor:
        migration: Any = import_module("commerce.migrations.0019_past_discounts")
        cursor.execute(migration.SPREAD)

    after = [list(order.lines.values_list("discount_kobo", flat=True)) for order in orders]
    assert after == before == [[66_660, 199_980, 133_320], [0], [0]]
    assert [order.discount_kobo for order in orders] == [399_960, rate.amount_kobo, 0]
