from __future__ import annotations

from django.db.models import Q

from commerce.accounts.models import User
from commerce.orders.models import CLOSED, Order, OrderPaymentStatus, OrderStatus
from zuka.platform.errors import Refused

# The shop still has the customer's money.
HELD = (OrderPaymentStatus.PARTIALLY_PAID, OrderPaymentStatus.PAID)


class OrderOpen(Refused):
    """Something is still to be done about an order of the account."""

    code = "order_open"


def refuse_open_orders(*, user: User) -> None:
    """Raise `OrderOpen`, which names it, while an order of the account is under way or its money is to go back."""
    is_open = ~Q(status__in=[*CLOSED, OrderStatus.COMPLETED]) | Q(status__in=CLOSED, payment_status__in=HELD)
    order = Order.objects.of_user(user.pk).filter(is_open).order_by("pk").first()
    if order is None:
        return
    todo = "its money has to come back to you first" if order.status in CLOSED else "let it arrive, or cancel it first"
    raise OrderOpen(f"Your order {order.number} is still open: {todo}.", field="order")
