"""What staff do to orders by one click: the steps, and the buttons of an order's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from commerce.orders.models import (
    CLOSED,
    EventKind,
    FulfilmentStatus,
    Order,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.services import (
    cancel_order,
    collect_cash,
    confirm_order,
    deliver_order,
    pack_order,
    refuse_delivery,
    ship_order,
)
from commerce.orders.states import MACHINES, SHIPPING, Tally, is_out
from zuka.platform.actor import actor_for
from zuka.platform.clock import now
from zuka.platform.errors import Refused


@dataclass(frozen=True, slots=True)
class Step:
    """One thing staff do to an order: its button, the service behind it, and the move it makes."""

    name: str
    label: str
    done: str
    service: Callable[..., Any]
    kind: EventKind
    to_state: str

    def is_open(self, order: Order, pieces: Tally) -> bool:
        """Say whether the order and its pieces allow the move; the service has the last word."""
        if self.kind == EventKind.FULFILMENT and order.status != OrderStatus.CONFIRMED:
            return False
        if self.name in PARCEL_STEPS:
            return PARCEL_STEPS[self.name](order, pieces)
        machine = MACHINES[self.kind]
        allowed = self.to_state in machine.moves[getattr(order, machine.column)]
        return allowed and STEPS_ALLOWED.get(self.name, always)(order, pieces)


def can_ship(order: Order, pieces: Tally) -> bool:
    """Say whether an order is packed and has pieces that have not left."""
    return order.fulfilment_status in SHIPPING and pieces.left > 0


def is_away(_order: Order, pieces: Tally) -> bool:
    """Say whether something is with a courier."""
    return pieces.on_the_way > 0


def always(_order: Order, _pieces: Tally) -> bool:
    """Say that nothing but the machine stands in the way."""
    return True


def has_cash(order: Order, pieces: Tally) -> bool:
    """Say whether a courier may have brought cash for an order."""
    return order.payment_method == PaymentMethod.CASH_ON_DELIVERY and order.status not in CLOSED and pieces.accepted > 0


def is_here(order: Order, pieces: Tally) -> bool:
    """Say whether nothing of an order is out."""
    return not is_out(order, pieces)


# Steps that need more than a state that allows them.
STEPS_ALLOWED: Mapping[str, Callable[[Order, Tally], bool]] = {"collect": has_cash, "cancel": is_here}
# Steps of the pieces that are there, which the order's one state does not tell.
PARCEL_STEPS: Mapping[str, Callable[[Order, Tally], bool]] = {"ship": can_ship, "deliver": is_away, "refuse": is_away}


STEPS = (
    Step("confirm", "Confirm", "confirmed", confirm_order, EventKind.STATUS, OrderStatus.CONFIRMED),
    Step("pack", "Mark packed", "packed", pack_order, EventKind.FULFILMENT, FulfilmentStatus.PACKED),
    Step("ship", "Mark shipped", "shipped", ship_order, EventKind.FULFILMENT, FulfilmentStatus.SHIPPED),
    Step("deliver", "Mark delivered", "delivered", deliver_order, EventKind.FULFILMENT, FulfilmentStatus.DELIVERED),
    Step("collect", "Cash collected", "paid in cash", collect_cash, EventKind.PAYMENT, OrderPaymentStatus.PAID),
    Step("refuse", "Delivery refused", "refused", refuse_delivery, EventKind.FULFILMENT, FulfilmentStatus.REFUSED),
    Step(
        "cancel",
        "Cancel",
        "cancelled",
        partial(cancel_order, reason="Cancelled by staff"),
        EventKind.STATUS,
        OrderStatus.CANCELLED,
    ),
)


def refusal_of(step: Step, request: HttpRequest, order: Order) -> str | None:
    """Run a step for the staff member who asked; return why it was refused, None when it was done."""
    try:
        step.service(order=order, at=now(), actor=actor_for(user_id=request.user.pk))
    except Refused as refusal:
        return refusal.message
    return None


def take_step(step: Step, request: HttpRequest, order: Order) -> None:
    """Run a step and tell its outcome to the staff member who asked."""
    if reason := refusal_of(step, request, order):
        messages.error(request, reason)
    else:
        messages.success(request, f"Order {order.number} is {step.done}.")


def page_button(step: Step) -> Callable[..., None]:
    """Return the button of a step on an order's page; it is posted with the form."""

    def run(_admin: Any, request: HttpRequest, order: Order) -> None:
        take_step(step, request, order)

    run.short_description = step.label  # type: ignore[attr-defined]  # Django reads it from the function
    return run
