from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from commerce.accounts.models import User
from commerce.orders.models import EventKind, Order
from commerce.orders.services.timeline import write_event
from commerce.promotions.models import CouponRedemption
from zuka.platform.actor import Actor


@transaction.atomic
def claim_guest_orders(*, user: User, at: datetime) -> list[Order]:
    """Give an account the orders that guests placed with its e-mail, and return them; none before it is confirmed.

    Their coupons count as the account's from here on.
    """
    if not (user.email and user.email_verified_at):
        return []
    unclaimed = Order.objects.filter(Exact(Lower("guest_email"), user.email.lower()), user=None)
    orders = list(unclaimed.select_for_update(no_key=True).order_by("pk"))
    for order in orders:
        order.user = user
        order.save(update_fields=["user", "updated_at"])
        write_event(
            order=order,
            kind=EventKind.NOTE,
            to_state="",
            note="Placed as a guest; now in the account with this e-mail.",
            at=at,
            actor=Actor(user_id=str(user.pk)),
        )
    CouponRedemption.objects.filter(order__in=orders).update(user=user, guest="")
    return orders
