"""Online orders after their placement: payments nobody told us of, and orders that nobody pays."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from commerce.catalog.services import release_stock
from commerce.orders.models import CLOSED, EventKind, Order, OrderPaymentStatus, OrderStatus, PaymentMethod
from commerce.orders.services.moving import pieces_of, track_step
from commerce.orders.services.points import follow_points
from commerce.orders.services.rounds import Round
from commerce.orders.services.settling import ask_and_apply
from commerce.orders.services.timeline import lock_order, move_order
from commerce.payments.gateways import GATEWAYS, ChargeState, GatewayRefused, GatewayUnavailable
from commerce.payments.models import RECEIVED, Payment, PaymentStatus
from commerce.promotions.services import release_coupons
from zuka.platform.actor import NOBODY
from zuka.platform.live_settings.reading import live

log = structlog.get_logger(__name__)
ASK_AGAIN, ASK_ENDED_AGAIN = timedelta(minutes=10), timedelta(hours=1)
# Cards that failed are tried again on the same page, and some pay on a page of yesterday.
ASKED_FOR = timedelta(days=3)
AT_ONCE = 100
NOT_PAID = frozenset({OrderPaymentStatus.UNPAID, OrderPaymentStatus.PENDING, OrderPaymentStatus.FAILED})
ENDED = (PaymentStatus.FAILED, PaymentStatus.CANCELLED)


def unsettled(*, at: datetime) -> QuerySet[Payment]:
    """Return the payments to ask after, those first that were not asked for longest: open ones each ten minutes, failed
    and cancelled ones, whose money may come yet, each hour for three days.
    """

    def silent(since: timedelta) -> Q:
        return Q(checked_at=None, created_at__lt=at - since) | Q(checked_at__lt=at - since)

    ended = Q(status__in=ENDED, created_at__gt=at - ASKED_FOR) & silent(ASK_ENDED_AGAIN)
    waiting = Q(status=PaymentStatus.PENDING) & silent(ASK_AGAIN)
    return Payment.objects.online().filter(waiting | ended).order_by(F("checked_at").asc(nulls_first=True), "id")


def settle_waiting_payments(*, at: datetime, round_: Round | None = None) -> int:
    """Ask the providers after payments of whose end nobody told us; return how many have ended. Up to 100 a run."""
    run, ended = round_ or Round(at=at), 0
    for payment in unsettled(at=at).select_related("order")[:AT_ONCE]:
        if run.may_ask(payment.provider) and asked(payment=payment, run=run):
            ended += payment.status == PaymentStatus.PENDING and not still_waits(payment)
    return ended


def still_waits(payment: Payment) -> bool:
    """Say whether a payment is still open; one that nobody will pay any more is closed."""
    payment.refresh_from_db()
    if payment.status != PaymentStatus.PENDING:
        return False
    order = payment.order
    is_stale = payment.checked_at is not None and payment.checked_at - payment.created_at > ASKED_FOR
    if is_stale or order.status in CLOSED or order.payment_status not in NOT_PAID:
        end_payment(payment, reason="Nobody paid on this page")
        return False
    return True


def end_payment(payment: Payment, *, reason: str) -> None:
    """Close a payment that is open; if its money comes all the same within three days, it is found."""
    waiting = Payment.objects.filter(pk=payment.pk, status=PaymentStatus.PENDING)
    waiting.update(status=PaymentStatus.CANCELLED, failure_reason=reason)


def asked(*, payment: Payment, run: Round) -> ChargeState | None:
    """Ask after one payment and return what its provider says; None when nobody knows, whatever went wrong."""
    try:
        _, charge = ask_and_apply(payment=payment, at=run.at, actor=NOBODY)
    except (GatewayUnavailable, GatewayRefused) as refusal:
        log.warning("payments.provider_away", provider=payment.provider, message=refusal.message)
        run.note(payment.provider, answered=False)
        return None
    except Exception:  # one payment that cannot be settled must not keep the others from it
        log.exception("payments.failed", reference=payment.reference)
        return None
    run.note(payment.provider, answered=True)
    return charge.state if charge else ChargeState.OPEN


def expire_unpaid_orders(*, at: datetime, round_: Round | None = None) -> int:
    """Expire online orders for which nobody began to pay within ORDER_HOLD_MINUTES; return how many.

    An order whose provider cannot be asked waits, and holds up no other.
    """
    run, limit = round_ or Round(at=at), at - timedelta(minutes=live.ORDER_HOLD_MINUTES)
    late = Order.objects.filter(status=OrderStatus.PLACED, payment_status__in=NOT_PAID, placed_at__lt=limit)
    late = late.exclude(payment_method=PaymentMethod.CASH_ON_DELIVERY).order_by("id")
    late = late.exclude(payments__status=PaymentStatus.PENDING, payments__created_at__gte=limit)
    expired = 0
    for order in late.iterator(chunk_size=AT_ONCE):
        if run.is_over:
            break
        try:
            expired += expire_order(order=order, run=run)
        except Exception:  # as in `asked`
            log.exception("orders.not_expired", order=order.number)
    return expired


def expire_order(*, order: Order, run: Round) -> bool:
    """Expire an order unless its provider says that it is paid or being paid, or does not say; tell whether it has."""
    payments = list(order.payments.online().exclude(status__in=RECEIVED))
    for payment in payments:
        if not GATEWAYS[payment.provider].is_configured() and run.at - order.placed_at > ASKED_FOR:
            continue  # the shop has given this provider up
        if not run.may_ask(payment.provider) or asked(payment=payment, run=run) in {None, ChargeState.UNDER_WAY}:
            return False
    return close_unpaid(order=order, asked_ids=[payment.pk for payment in payments], at=run.at)


@transaction.atomic
def close_unpaid(*, order: Order, asked_ids: list[int], at: datetime) -> bool:
    """Expire an order that is still not paid, give its pieces and coupon back and track `order.cancelled`.

    Not one for which a payment was begun since its payments were asked after.
    """
    order = lock_order(order.pk)
    waiting = order.payments.waiting()
    if order.status != OrderStatus.PLACED or order.payment_status not in NOT_PAID:
        return False
    if waiting.exclude(pk__in=asked_ids).exists():
        return False
    reason = f"Not paid within {live.ORDER_HOLD_MINUTES} minutes"
    move_order(order=order, kind=EventKind.STATUS, to_state=OrderStatus.EXPIRED, at=at, actor=NOBODY, note=reason)
    follow_points(order=order, at=at)
    release_stock(pieces_of(order))
    release_coupons(order_id=order.pk, at=at)
    waiting.update(status=PaymentStatus.CANCELLED, failure_reason=reason, updated_at=at)
    track_step("order.cancelled", order=order, at=at, value_kobo=order.total_kobo, reason=reason)
    return True
