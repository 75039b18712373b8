"""What orders earn: once nothing of them can be sent back any more, and nothing of them moves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from analytics.store.event import Event
from commerce.orders.models import OrderStatus, ReturnStatus
from commerce.orders.services.pieces import worth_of_pieces
from commerce.rewards.services.ordering import points_for
from commerce.rewards.services.rules import RULES, xp_for
from zuka.demo.friends import Friends
from zuka.demo.orders import Bought
from zuka.demo.people import Customer
from zuka.platform.clock import day_start, local_day

GOING_ON = (ReturnStatus.REQUESTED, ReturnStatus.APPROVED)


def settles_at(bought: Bought) -> datetime | None:
    """Return when the nightly job settles an order; None for one that never is, or of which something is under way."""
    order = bought.order
    is_going_on = any(each.status in GOING_ON for each in bought.returns)
    if order.status != OrderStatus.COMPLETED or order.user is None or order.is_test or is_going_on:
        return None
    assert order.delivered_at is not None
    moved = [refund.refunded_at for refund in bought.refunds]
    moved += [each.received_at or each.decided_at for each in bought.returns]
    ends = [order.delivered_at + timedelta(days=settings.RETURN_DAYS), *(each for each in moved if each)]
    return day_start(local_day(max(ends)) + timedelta(days=1))


def earning_kobo(bought: Bought) -> int:
    """Return what was paid for the goods that are kept, in kobo: no more than the shop still has for them."""
    order = bought.order
    kept = worth = 0
    for line, tally in zip(bought.lines, bought.tallies(), strict=True):
        whole = worth_of_pieces(line, before=0, quantity=line.quantity)
        worth, kept = worth + whole, kept + whole - worth_of_pieces(line, before=0, quantity=tally.gone)
    received = sum(payment.amount_kobo for payment in bought.payments if payment.is_received)
    refunded = sum(refund.amount_kobo for refund in bought.refunds)
    return max(min(kept, received - refunded - max(order.total_kobo - worth, 0)), 0)


def settle(bought: Bought, customer: Customer, friends: Friends, *, at: datetime) -> list[Event]:
    """Give a customer what an order has earned, and a friend their due; return what the shop tracks of it."""
    order, kobo, purses = bought.order, earning_kobo(bought), friends.purses
    if at > purses.until:
        return []
    points = points_for(kobo)
    order.points_settled_at, order.points_settled_kobo, order.points_earned = at, kobo, points
    told: list[Event] = []
    if points:
        told = purses.earn(customer, "order", order.number, points, xp=xp_for(points), at=at)
        why = RULES["order"].title
        purses.tell(customer, "rewards.points", f"order:{order.number}", at=at, points=f"{points:,}", why=why)
    return [*told, *friends.settle(customer, number=order.number, kobo=kobo, at=at)]
