"""A small shop's days, told once: events and orders at fixed moments in Lagos, and how tests read tables."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from analytics.store.event import Event
from analytics.track import track_many
from commerce.accounts.models import User
from commerce.catalog.models import Brand, Category, Product
from commerce.orders.models import Order, OrderLine
from commerce.payments.models import Payment, Refund

LAGOS = ZoneInfo("Africa/Lagos")
THURSDAY, FRIDAY, SATURDAY = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21)
numbers = itertools.count(1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LAGOS)


def event(event_type: str, moment: datetime, **columns: Any) -> None:
    track_many([build_event(event_type, moment, **columns)])


def build_event(event_type: str, moment: datetime, **columns: Any) -> Any:
    defaults = {"source_name": event_type, "received_at": moment, "platform": "web"}
    return Event(
        **{**defaults, "id": UUID(int=next(numbers)), "event_type": event_type, "occurred_at": moment, **columns}
    )


def make_product(ref: str, name: str) -> Product:
    category, _ = Category.objects.get_or_create(slug="gowns", defaults={"name": "Gowns"})
    brand, _ = Brand.objects.get_or_create(slug="iro", defaults={"name": "Iro"})
    return Product.objects.create(
        public_id=ref, sku=ref.upper(), slug=ref, name=name, category=category, brand=brand, price_kobo=500_000
    )


def place(ref: str, moment: datetime, *, quantity: int = 1, price: int = 500_000, **columns: Any) -> Order:
    total = quantity * price
    order = Order.objects.create(
        number=f"ZUKA-2026-{next(numbers):06}",
        contact_name="Ada",
        placed_at=moment,
        **{
            "payment_method": "paystack",
            "guest_email": "ada@example.com",
            "subtotal_kobo": total,
            "total_kobo": total,
            **columns,
        },
    )
    OrderLine.objects.create(
        order=order, product_ref=ref, product_snapshot={}, quantity=quantity, unit_price_kobo=price, total_kobo=total
    )
    return order


def pay(order: Order, moment: datetime, kobo: int | None = None) -> Payment:
    amount = kobo or order.total_kobo
    payment = Payment.objects.create(
        order=order,
        provider="paystack",
        reference=f"ref-{next(numbers)}",
        status="captured",
        amount_kobo=amount,
        captured_at=moment,
    )
    Order.objects.filter(pk=order.pk).update(payment_status="paid", paid_at=moment)
    return payment


def refund(payment: Payment, moment: datetime, kobo: int) -> Refund:
    return Refund.objects.create(
        payment=payment, amount_kobo=kobo, status="succeeded", refunded_at=moment, reason="too small"
    )


def rows(table: str, *columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        listed = ", ".join(columns)
        cursor.execute(f"SELECT {listed} FROM {table} ORDER BY {listed}")
        return list(cursor.fetchall())


def make_user(email: str) -> User:
    return User.objects.create_user(email=email, password=None, name="Ada")


def day_after(day: date) -> date:
    return day + timedelta(days=1)
