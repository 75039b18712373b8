"""Orders that nobody pays: their payments are asked after, then their pieces go back on the shelf."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from analytics.track import track
from commerce.catalog.services import release_stock
from commerce.orders.models import EventKind, Order, OrderPaymentStatus, OrderStatus, PaymentMethod
from commerce.orders.services.moving import pieces_of
from commerce.orders.services.settling import settle_payment
from commerce.orders.services.timeline import customer_of, lock_order, move_order
from commerce.payments.gateways import GatewayRefused, GatewayUnavailable
from commerce.payments.models import Payment, PaymentStatus
from commerce.promotions.services import release_coupons
from zuka.platform.actor import NOBODY

log = structlog.get_logger(__name__)
ASK_AGAIN = timedelta(minutes=10)
AT_ONCE = 100
NOT_PAID = frozenset({OrderPaymentStatus.UNPAID, OrderPaymentStatus.PENDING, OrderPaymentStatus.FAILED})


def settle_waiting_payments(*, at: datetime) -> int:
    """Ask the providers after payments of whose end nobody told us; return how many have ended.

    Up to 100 a run, those first that were not asked for longest. A provider that does not answer is not asked again in
    the same run.
    """
    silent = Q(checked_at=None, created_at__lt=at - ASK_AGAIN) | Q(checked_at__lt=at - ASK_AGAIN)
    waiting = Payment.objects.waiting().filter(silent).order_by("checked_at", "id")
    ended, away = 0, set()
    for payment in waiting[:AT_ONCE]:
        if payment.provider in away:
            continue
        try:
            ended += settle_payment(payment=payment, at=at, actor=NOBODY).status != PaymentStatus.PENDING
        except (GatewayUnavailable, GatewayRefused) as refusal:
            log.warning("payments.provider_away", provider=payment.provider, message=refusal.message)
            away.add(payment.provider)
    return ended


def expire_unpaid_orders(*, at: datetime) -> int:
    """Expire online orders that were not paid within ORDER_HOLD_MINUTES; return how many."""
    limit = at - timedelta(minutes=settings.ORDER_HOLD_MINUTES)
    late = Order.objects.filter(status=OrderStatus.PLACED, payment_status__in=NOT_PAID, placed_at__lt=limit)
    late = late.exclude(payment_method=PaymentMethod.CASH_ON_DELIVERY).order_by("id")
    return sum(expire_order(order=order, at=at) for order in late[:AT_ONCE])


def expire_order(*, order: Order, at: datetime) -> bool:
    """Expire an order unless its provider says that it is paid, or does not say; tell whether it has expired."""
    for payment in order.payments.waiting():
        try:
            settle_payment(payment=payment, at=at, actor=NOBODY)
        except (GatewayUnavailable, GatewayRefused):
            return False  # it may be paid: the next run asks again
    return close_unpaid(order=order, at=at)


@transaction.atomic
def close_unpaid(*, order: Order, at: datetime) -> bool:
    """Expire an order that is still not paid, give its pieces back and track `order.cancelled`."""
    order = lock_order(order.pk)
    if order.status != OrderStatus.PLACED or order.payment_status not in NOT_PAID:
        return False
    reason = f"Not paid within {settings.ORDER_HOLD_MINUTES} minutes"
    move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.EXPIRED, at=at, actor=NOBODY, note=reason)
    release_stock(pieces_of(order))
    release_coupons(order_id=order.pk, at=at)
    order.payments.waiting().update(status=PaymentStatus.CANCELLED, failure_reason=reason, updated_at=at)
    track(
        "order.cancelled",
        actor=customer_of(order),
        at=at,
        message_id=f"order.cancelled:{order.number}",
        order_id=order.number,
        user_id=str(order.user_id) if order.user_id else None,
        value_kobo=order.total_kobo,
        currency=order.currency,
        reason=reason,
    )
    return True
