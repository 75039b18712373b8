"""What becomes of an order's points when its pieces or its money go: in the transaction in which they go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from commerce.orders.models import CLOSED, Order, OrderLine
from commerce.orders.services.pieces import count_pieces, worth_of_pieces
from commerce.orders.states import Tally
from commerce.rewards.services import lessen_points, return_points, settle_points


def follow_points(*, order: Order, at: datetime) -> None:
    """Give back what a locked order's points paid for of pieces that are gone, and take back what those had earned.

    Called before stock and coupons are locked, as placing an order takes its customer's row before those.
    """
    if order.user_id is None or not (order.points_used or order.points_settled_at):
        return
    tallies = count_pieces(order)
    if order.points_used:
        return_points(user_id=order.user_id, number=order.number, to=points_gone(order, tallies), at=at)
    if order.points_settled_at:
        settle(order, tallies, at=at)


def points_gone(order: Order, tallies: Mapping[OrderLine, Tally]) -> int:
    """Return how many points paid for pieces that are gone: all of them when nothing is kept, else rounded down."""
    if order.status in CLOSED or not any(tally.ordered - tally.gone for tally in tallies.values()):
        return order.points_used
    gone_kobo = sum(line.points_kobo * tally.gone // line.quantity for line, tally in tallies.items())
    return order.points_used * gone_kobo // order.points_kobo


def earning_kobo(order: Order, tallies: Mapping[OrderLine, Tally]) -> int:
    """Return what was paid for the goods of an order that are kept, in kobo: no more than the shop still has for them.

    Delivery and what points or coupons paid for earn nothing, nor do orders of staff, or in another currency.
    """
    if order.status in CLOSED or order.is_test or order.currency != settings.SHOP_CURRENCY:
        return 0
    kept = sum(
        worth_of_pieces(line, before=0, quantity=line.quantity) - worth_of_pieces(line, before=0, quantity=tally.gone)
        for line, tally in tallies.items()
    )
    money = order.payments.filter(currency=order.currency)
    delivery = max(
        order.total_kobo - sum(worth_of_pieces(line, before=0, quantity=line.quantity) for line in tallies), 0
    )
    return max(min(kept, money.received_kobo() - money.refunded_kobo() - delivery), 0)


def settle(order: Order, tallies: Mapping[OrderLine, Tally], *, at: datetime) -> None:
    """Make a locked order's customer have earned what it is worth now, and note it."""
    assert order.user_id is not None
    kobo = earning_kobo(order, tallies)
    if order.points_settled_at is None:
        order.points_settled_at, order.points_settled_kobo = at, kobo
        order.points_earned = settle_points(user_id=order.user_id, number=order.number, kobo=kobo, at=at)
    else:
        first_kobo = order.points_settled_kobo
        order.points_earned = lessen_points(
            user_id=order.user_id, number=order.number, kobo=kobo, first_kobo=first_kobo, at=at
        )
    order.save(update_fields=["points_earned", "points_settled_at", "points_settled_kobo", "updated_at"])
