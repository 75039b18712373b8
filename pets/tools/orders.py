"""Where orders are, and what is sent back. Only the person's own: other people's are not found."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from commerce.money import money
from commerce.orders.models import Order, OrderLine, ReturnReason
from commerce.orders.services import (
    NothingToReturn,
    ReturnItem,
    find_order,
    request_return,
    returnable_pieces,
    since_when,
)
from pets.models import MessageKind
from pets.tools.catalogue import Words
from pets.tools.forms import Arguments, ChoiceNeeded, Context, Data, NotFound, Outcome, Proposal, Tool

REASONS = ReturnReason.values


class Which(Arguments):
    """An order by its number; without one the newest."""

    number: Annotated[str, msgspec.Meta(max_length=30)] | None = None


class SendBack(Arguments):
    """What is sent back: a line of the order by its sku; without one the only line that can be."""

    number: Annotated[str, msgspec.Meta(max_length=30)] | None = None
    sku: Words | None = None
    quantity: Annotated[int, msgspec.Meta(ge=1, le=99)] = 1
    reason: Literal["too_small", "too_large", "not_as_shown", "damaged", "wrong_product", "changed_mind"] = (
        "changed_mind"
    )


def own_order(context: Context, number: str | None) -> Order:
    """Return an order of the person, the newest without a number. Raises `NotFound`."""
    if number is None:
        mine = Order.objects.of_user(context.user.pk).with_parts()
        found = mine.order_by("-placed_at", "-id").first()
    else:
        wanted = number.replace("\x00", "").strip().upper()
        found = find_order(number=wanted, user_id=context.user.pk, token=None)
    if found is None:
        raise NotFound("You have no such order.")
    return found


def order_json(order: Order) -> Data:
    """Return an order as pets tell of it."""
    return {
        "number": order.number,
        "status": str(order.derived_status),
        "payment_status": order.payment_status,
        "placed_at": order.placed_at.isoformat(),
        "total": money(order.worth_kobo, order.currency),
        "tracking": order.tracking,
        "courier": order.courier,
        "lines": [{"name": line.full_name, "quantity": line.quantity} for line in order.lines.all()],
    }


def order_status(context: Context, asked: Which) -> Outcome:
    """Return where one of the person's orders is. Raises `NotFound`."""
    return Outcome(MessageKind.ORDER, {"order": order_json(own_order(context, asked.number))})


def sku_of(line: OrderLine) -> str:
    """Return the sku that a line was bought by."""
    return str(line.product_snapshot.get("sku", ""))


def returnable(order: Order, context: Context) -> dict[OrderLine, int]:
    """Return the lines of an order of which pieces can be sent back now. Raises `NothingToReturn`."""
    left = returnable_pieces(order, since=since_when(context.at))
    found = {line: left[line.pk] for line in order.lines.all() if left.get(line.pk)}
    if not found:
        raise NothingToReturn(f"Nothing of order {order.number} can be sent back now.")
    return found


def chosen_line(order: Order, context: Context, sku: str | None) -> OrderLine:
    """Return which line comes back. Raises `ChoiceNeeded`, `NotFound`, `NothingToReturn`."""
    lines = returnable(order, context)
    meant = [line for line in lines if sku in {None, sku_of(line)}]
    if not meant:
        raise NotFound("That cannot be sent back.")
    if len(meant) > 1:
        choices = [
            {
                "label": line.full_name,
                "say": f"return {line.full_name} [{sku_of(line)}] of {order.number}",
                "sku": sku_of(line),
            }
            for line in meant
        ]
        data = {"product": {"name": f"order {order.number}"}, "choices": choices, "number": order.number}
        raise ChoiceNeeded("Choose what comes back.", data=data)
    return meant[0]


def propose_return(context: Context, asked: SendBack) -> Proposal:
    """Ask before a return is asked for. Raises what `chosen_line` raises."""
    order = own_order(context, asked.number)
    line = chosen_line(order, context, asked.sku)
    reason = ReturnReason(asked.reason)
    question = (
        f"Shall I ask to send {asked.quantity} × {line.full_name} of {order.number} back ({reason.label.lower()})?"
    )
    arguments = {"number": order.number, "sku": sku_of(line), "quantity": asked.quantity, "reason": str(reason)}
    return Proposal(question, arguments, {"number": order.number, "product": line.full_name})


def start_return(context: Context, asked: SendBack) -> Outcome:
    """Ask to send something back, by the shop's rules; the same action asks once. Raises `NothingToReturn`."""
    order = own_order(context, asked.number)
    line = chosen_line(order, context, asked.sku)
    made = request_return(
        order=order,
        items=[ReturnItem(line.pk, asked.quantity, ReturnReason(asked.reason))],
        at=context.at,
        actor=context.actor,
        idempotency_key=f"pet:{context.action_id}" if context.action_id else None,
    )
    return Outcome(MessageKind.RETURN, {"number": order.number, "product": line.full_name, "status": made.status})


TOOLS = (
    Tool("order_status", "Say where an order of the person is; the newest without a number.", Which, order_status),
    Tool("start_return", "Ask to send something back; asked first.", SendBack, start_return, propose_return),
)
