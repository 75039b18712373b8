from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from commerce.accounts.models import User
from commerce.accounts.services import is_own
from commerce.orders.models import EventKind, Order
from commerce.orders.services.timeline import write_event
from commerce.promotions.models import CouponRedemption
from zuka.platform.actor import Actor


@transaction.atomic
def claim_guest_orders(*, user: User, at: datetime) -> list[Order]:
    """Give an account the orders that guests placed with its e-mail or phone; return them. None before it is confirmed.

    Their coupons count as the account's from here on.
    """
    if not (placed_by := contact_of(user)):
        return []
    unclaimed = Order.objects.filter(placed_by, user=None)
    orders = list(unclaimed.select_for_update(no_key=True).order_by("pk"))
    for order in orders:
        by_email = is_own(user, order.guest_email or "")
        order.user = user
        order.save(update_fields=["user", "updated_at"])
        write_event(
            order=order,
            kind=EventKind.NOTE,
            to_state="",
            note=f"Placed as a guest; now in the account with this {'e-mail' if by_email else 'phone'}.",
            at=at,
            actor=Actor(user_id=str(user.pk)),
        )
    CouponRedemption.objects.filter(order__in=orders).update(user=user, guest="")
    return orders


def contact_of(user: User) -> Q | None:
    """Return by which orders are an account's; None when it has confirmed nothing.

    A phone that a guest mistyped is somebody's: by it come only orders whose e-mail no other account has confirmed.
    """
    found = []
    if user.email and user.email_verified_at:
        found.append(Q(Exact(Lower("guest_email"), user.email.lower())))
    if user.phone and user.phone_verified_at:
        others = User.objects.not_deleted().exclude(pk=user.pk).filter(email_verified_at__isnull=False)
        owners = others.alias(said=Lower("email")).filter(said=Lower(OuterRef("guest_email")))
        found.append(Q(~Q(Exists(owners)), guest_phone=user.phone))
    return reduce(or_, found) if found else None
