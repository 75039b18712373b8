"""What orders have earned: points, and the reward of whoever brought their customer, once nothing can be sent back."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from commerce.orders.models import Order, OrderStatus, Return, ReturnStatus
from commerce.orders.services.likeness import likeness
from commerce.orders.services.pieces import count_pieces
from commerce.orders.services.points import earning_kobo, settle
from commerce.orders.services.returning import since_when
from commerce.orders.services.timeline import lock_order
from commerce.rewards.services import qualify_referral, referrer_of, waiting_referrals
from zuka.platform.live_settings.reading import live

log = structlog.get_logger(__name__)
AT_ONCE = 200
# What was delivered longer ago was settled, or is from before there were points: a shop that updates owes nothing.
LOOKED_BACK = timedelta(days=60)
GOING_ON = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED)


def settle_due_orders(*, at: datetime) -> int:
    """Settle what orders have earned of which nothing can be sent back any more; return how many. Safe to run twice.

    An order with a return under way waits for it, however long that takes.
    """
    until = since_when(at)
    due = Order.objects.filter(
        Q(delivered_at__gt=until - LOOKED_BACK) | Q(pk__in=ended_returns(at=at).values("order")),
        status=OrderStatus.COMPLETED,
        points_settled_at=None,
        user__isnull=False,
        delivered_at__lte=until,
    ).exclude(returns__status__in=GOING_ON)
    settled = 0
    for pk in due.order_by("delivered_at").values_list("pk", flat=True).iterator(chunk_size=AT_ONCE):
        try:
            settled += settle_order(pk=pk, at=at)
        except Exception:  # one order that cannot be settled must not keep the others from it
            log.exception("orders.points_not_settled", order_id=pk)
    reward_waiting_friends(at=at)
    return settled


def ended_returns(*, at: datetime) -> QuerySet[Return]:
    """Return the returns that have lately ended and that their order has waited for since it was looked at last."""
    since = at - LOOKED_BACK
    ended = Q(decided_at__gt=since) | Q(received_at__gt=since) | Q(closed_at__gt=since)
    return Return.objects.filter(ended, requested_at__lt=F("order__delivered_at") + (at - since_when(at)) + LOOKED_BACK)


def settle_order(*, pk: int, at: datetime) -> bool:
    """Settle one order, then the referral of its customer, each under its own locks; say whether it was to be done."""
    with transaction.atomic():
        order = lock_order(pk)
        if order.points_settled_at or order.user_id is None or order.status != OrderStatus.COMPLETED:
            return False
        settle(order, count_pieces(order), at=at)
    # Apart: both friends' rows are locked in the order of their ids, and the customer's was locked above.
    reward_friends(order, at=at)
    return True


def reward_waiting_friends(*, at: datetime) -> None:
    """Settle the referrals that were left behind when an order was settled: a run was broken off in between."""
    settled = Order.objects.filter(
        user__referral__in=waiting_referrals(),
        points_settled_at__gte=F("user__referral__joined_at"),
        points_settled_kobo__gte=live.REFERRAL_LEAST_KOBO,
    )
    for order in settled.order_by("points_settled_at", "pk").iterator(chunk_size=AT_ONCE):
        try:
            reward_friends(order, at=at)
        except Exception:  # one referral that cannot be settled must not keep the others from it
            log.exception("orders.friends_not_rewarded", order_id=order.pk)


def reward_friends(order: Order, *, at: datetime) -> None:
    """Settle the referral of a settled order's customer, where somebody brought them and what is kept is enough."""
    assert order.user_id is not None
    friend = referrer_of(referred_id=order.user_id)
    if friend is None or earning_kobo(order, count_pieces(order)) < live.REFERRAL_LEAST_KOBO:
        return
    shared = likeness(order=order, other_id=friend)
    qualify_referral(referred_id=order.user_id, number=order.number, shared=shared, at=at)
