"""Beginning an online payment: a row in the ledger first, then the provider is asked, then the row has its page."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from commerce.orders.models import EventKind, Order, OrderPaymentStatus, PaymentMethod
from commerce.orders.services.mailing import email_of
from commerce.orders.services.paying import NotPayable, refuse_unpayable
from commerce.orders.services.timeline import lock_order, move_order
from commerce.payments.gateways import GATEWAYS, Bill, GatewayRefused, GatewayUnavailable
from commerce.payments.models import Payment, PaymentStatus, Provider
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

# A page is used again for as long, rather than that a customer who goes back pays on two.
PAGE_KEPT = timedelta(minutes=30)
BEING_STARTED = timedelta(seconds=30)
MAY_BE_PENDING = frozenset({OrderPaymentStatus.UNPAID, OrderPaymentStatus.FAILED})


class MethodUnavailable(Refused):
    """The shop has no keys for this way to pay."""

    code = "payment_method_unavailable"


class PaymentStarting(Refused):
    """Another request is beginning a payment of this order right now."""

    code = "payment_starting"


class MissingEmail(Refused):
    """A provider sends its receipt to an e-mail address, and the order has none."""

    code = "missing_email"


def open_methods() -> list[PaymentMethod]:
    """Return the ways to pay that the shop offers: in cash, and with each provider that it has keys for."""
    online = [method for method in PaymentMethod if method in GATEWAYS and GATEWAYS[method].is_configured()]
    return [PaymentMethod.CASH_ON_DELIVERY, *online]


def start_payment(*, order: Order, return_url: str, at: datetime, actor: Actor) -> Payment:
    """Begin to pay what an order is due with the provider its customer chose; return the payment with its page.

    From there the provider sends the customer to `return_url`. A page that was begun in the last half hour for the
    same amount is returned again. Raises `NotPayable`, `MethodUnavailable`, `MissingEmail`, `PaymentStarting`,
    `GatewayUnavailable`, `GatewayRefused`.
    """
    gateway = GATEWAYS.get(order.payment_method)
    if gateway is None:
        raise NotPayable(f"Order {order.number} is paid on delivery.", field="payment_method")
    if not gateway.is_configured():
        raise MethodUnavailable("This way to pay is not available at the moment.", field="payment_method")
    payment = open_payment(order=order, at=at, actor=actor)
    if payment.checkout_url:
        return payment
    try:
        payment.checkout_url = gateway.start(bill_of(payment, return_url=return_url))
    except (GatewayRefused, GatewayUnavailable) as refusal:
        drop_payment(payment=payment, reason=refusal.message, at=at, actor=actor)
        raise
    payment.save(update_fields=["checkout_url", "updated_at"])
    return payment


@transaction.atomic
def open_payment(*, order: Order, at: datetime, actor: Actor) -> Payment:
    """Return the payment that is open with its page, or a new one without. Raises as `start_payment` does."""
    order = lock_order(order.pk)
    due = order.due_kobo
    refuse_unpayable(order=order, due=due, amount_kobo=due, currency=order.currency)
    if not email_of(order):
        raise MissingEmail("Give an e-mail to pay online: the receipt goes there.", field="contact.email")
    newest = order.payments.waiting().filter(amount_kobo=due, created_at__gt=at - PAGE_KEPT).order_by("-id").first()
    if newest and newest.checkout_url:
        newest.order = order
        return newest
    if newest and newest.created_at > at - BEING_STARTED:
        raise PaymentStarting("This payment is being started. Try again in a moment.")
    if order.payment_status in MAY_BE_PENDING:
        move_order(order=order, kind=EventKind.PAYMENT, to_state=OrderPaymentStatus.PENDING, at=at, actor=actor)
    return Payment.objects.create(
        order=order,
        user_id=order.user_id,
        provider=Provider(order.payment_method),
        reference=f"{order.number}-{secrets.token_hex(4)}",
        currency=order.currency,
        amount_kobo=due,
        is_test=order.is_test,
        created_at=at,
    )


@transaction.atomic
def drop_payment(*, payment: Payment, reason: str, at: datetime, actor: Actor) -> None:
    """Take back a payment that never got a page: nobody can pay it."""
    order = lock_order(payment.order_id)
    Payment.objects.filter(pk=payment.pk, status=PaymentStatus.PENDING).update(
        status=PaymentStatus.FAILED, failure_reason=reason, updated_at=at
    )
    if order.payment_status == OrderPaymentStatus.PENDING and not order.payments.waiting().exists():
        to_state = OrderPaymentStatus.UNPAID
        move_order(order=order, kind=EventKind.PAYMENT, to_state=to_state, at=at, actor=actor, note=reason)


def bill_of(payment: Payment, *, return_url: str) -> Bill:
    """Return what the customer is to pay on the provider's page."""
    order = payment.order
    return Bill(
        reference=payment.reference,
        amount_kobo=payment.amount_kobo,
        currency=payment.currency,
        email=email_of(order),
        name=order.contact_name or (order.user.get_full_name() if order.user else ""),
        phone=order.guest_phone or "",
        return_url=return_url,
    )
