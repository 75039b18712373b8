"""Which moves of an order its customer is written to about, and the facts of each mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from commerce.notifications.services import notify_of_order
from commerce.orders.models import (
    CLOSED,
    EventKind,
    Order,
    OrderLine,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from commerce.orders.services.cash import cash_with_kobo
from commerce.orders.services.reading import access_token
from commerce.payments.models import Refund
from zuka.platform.live_settings.reading import live
from zuka.platform.money import format_money

# Kind of move and new state → mail. Money that goes back and parcels have a mail each: `mail_refund`, `mail_parcel`.
MAILS: Mapping[tuple[str, str], str] = {
    (EventKind.STATUS, OrderStatus.PLACED): "order.placed",
    (EventKind.STATUS, OrderStatus.CANCELLED): "order.cancelled",
    (EventKind.STATUS, OrderStatus.EXPIRED): "order.expired",
    (EventKind.PAYMENT, OrderPaymentStatus.PARTIALLY_PAID): "order.part_paid",
    (EventKind.PAYMENT, OrderPaymentStatus.PAID): "order.paid",
    (EventKind.PAYMENT, OrderPaymentStatus.FAILED): "order.payment_failed",
}
PARCEL_MAILS: Mapping[str, str] = {
    ShipmentStatus.SHIPPED: "order.shipped",
    ShipmentStatus.DELIVERED: "order.delivered",
}
RETURN_MAILS: Mapping[str, str] = {
    ReturnStatus.REQUESTED: "order.return_requested",
    ReturnStatus.APPROVED: "order.return_approved",
    ReturnStatus.REFUSED: "order.return_refused",
    ReturnStatus.RECEIVED: "order.return_received",
}
A_LINK = re.compile(r"://|www\.|[\w-]\.[a-z]{2,}(/|\s|$)", re.IGNORECASE)
# Each further part is written about, all other moves once an order.
EACH_TIME = frozenset({"order.part_paid"})


def email_of(order: Order) -> str:
    """Return where an order's customer is written to: the account's e-mail, else the guest's; empty for neither."""
    return (order.user.email if order.user else None) or order.guest_email or ""


def mail_move(*, order: Order, kind: str, to_state: str, at: datetime) -> None:
    """Tell of a move of an order in its transaction, by mail and in the account, if such a move is told of."""
    mail = MAILS.get((kind, to_state))
    if mail == "order.paid" and order.total_kobo == 0:
        return  # no money came, and the mail about its placement has said so
    if not mail or not can_be_told(order):
        return
    facts = FACTS[mail](order) if mail in FACTS else {}
    turn = str(facts["received_kobo"]) if mail in EACH_TIME else ""
    write_to_customer(order=order, mail=mail, facts=facts, turn=turn, at=at)


def can_be_told(order: Order) -> bool:
    """Say whether an order's customer has an e-mail, or an account to read it in."""
    return bool(order.user_id or email_of(order))


def mail_refund(*, order: Order, refund: Refund, at: datetime) -> None:
    """Queue the mail about money that went back, one a refund, in the refund's transaction."""
    facts = {
        "amount": format_money(refund.amount_kobo, refund.currency),
        "amount_kobo": refund.amount_kobo,
        "currency": refund.currency,
        "provider": refund.payment.provider,
    }
    write_to_customer(order=order, mail="order.refunded", facts=facts, turn=str(refund.pk), at=at)


def mail_parcel(*, order: Order, shipment: Shipment, at: datetime) -> None:
    """Tell of a parcel that left or arrived, once a parcel and state, in the transaction of its move."""
    mail = PARCEL_MAILS.get(shipment.status)
    if not mail or not can_be_told(order):
        return
    facts = parcel_facts(order, shipment)
    write_to_customer(order=order, mail=mail, facts=facts, turn=str(shipment.position), at=at)


def mail_return(*, goods_return: Return, at: datetime) -> None:
    """Tell of a step of a return, once a return and state, in the transaction of its move."""
    mail, order = RETURN_MAILS.get(goods_return.status), goods_return.order
    if not mail or not can_be_told(order):
        return
    inside = goods_return.lines.select_related("line")
    facts = {"lines": piece_facts(inside), "answer": goods_return.answer}
    write_to_customer(order=order, mail=mail, facts=facts, turn=str(goods_return.position), at=at)


def mail_cancelled_pieces(*, order: Order, pieces: Mapping[OrderLine, int], kobo: int, turn: str, at: datetime) -> None:
    """Tell of pieces that were cancelled while the rest of the order goes on, in the transaction of that."""
    if not can_be_told(order):
        return
    facts = {
        "lines": [{**line_facts(line), "quantity": quantity} for line, quantity in pieces.items()],
        "less_kobo": kobo,
        "has_paid": bool(kobo) and order.payments.filter(currency=order.currency).received_kobo() > order.worth_kobo,
    }
    write_to_customer(order=order, mail="order.part_cancelled", facts=facts, turn=turn, at=at)


def piece_facts(inside: Iterable[ShipmentLine | ReturnLine]) -> list[dict[str, Any]]:
    """Return what of the order is in a parcel or comes back."""
    return [{**line_facts(each.line), "quantity": each.quantity} for each in inside]


def write_to_customer(*, order: Order, mail: str, facts: Mapping[str, Any], turn: str, at: datetime) -> None:
    """Tell of an order by mail and in the account, with what every message about it says, and its own facts."""
    shared = {
        "name": order.contact_name or (order.user.name if order.user else ""),
        "currency": order.currency,
        "total_kobo": order.total_kobo,
    }
    notify_of_order(
        kind=mail,
        number=order.number,
        user_id=order.user_id,
        email=email_of(order),
        token="" if order.user_id else access_token(order),
        context={**shared, **facts},
        at=at,
        turn=turn,
    )


def placement_facts(order: Order) -> dict[str, Any]:
    """Return what was ordered, what it costs, where it goes and how it is paid."""
    amounts = ("subtotal_kobo", "shipping_kobo", "tax_kobo", "tax_included_kobo", "tax_title")
    return {
        **{name: getattr(order, name) for name in amounts},
        "discounts": [{"code": code, "kobo": kobo} for code, kobo in order.discounts],
        "lines": [line_facts(line) for line in order.lines.all()],
        # Anybody may order to anybody's e-mail address: no link of theirs goes into our mail.
        "address": [line for line in address_lines(order.shipping_address) if not A_LINK.search(line)],
        "payment_method": str(order.payment_method),
        "payment_name": PaymentMethod(order.payment_method).label,
        "hold_minutes": live.ORDER_HOLD_MINUTES,
    }


def line_facts(line: OrderLine) -> dict[str, Any]:
    """Return a line as it was frozen at placement."""
    return {
        "name": line.name,
        "choice": line.choice,
        "quantity": line.quantity,
        "total_kobo": line.total_kobo,
    }


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """Return an address as it stands on a parcel."""
    place = ", ".join(str(address[name]) for name in ("city", "state") if address.get(name))
    parts = [address.get("recipient_name"), address.get("street_address"), place, address.get("phone")]
    return [str(part) for part in parts if part]


def money_facts(order: Order) -> dict[str, Any]:
    """Return how much came in so far, how much is due, and whether the order had ended before."""
    received = order.payments.filter(currency=order.currency).received_kobo()
    return {
        "total_kobo": order.worth_kobo,
        "received_kobo": received,
        "due_kobo": max(order.due_kobo, 0),
        "is_closed": order.status in CLOSED,
    }


def parcel_facts(order: Order, shipment: Shipment) -> dict[str, Any]:
    """Return what is in a parcel, who brings it, when, and what the customer has to have ready.

    `parcel` is its number in the order; 0 for one that holds the whole order.
    """
    inside = list(shipment.lines.select_related("line"))
    is_whole = sum(each.quantity for each in inside) == sum(line.kept_quantity for line in order.lines.all())
    on_delivery = order.payment_method == PaymentMethod.CASH_ON_DELIVERY
    date = order.estimated_delivery_date
    return {
        "parcel": 0 if is_whole else shipment.position,
        "lines": piece_facts(inside),
        "courier": shipment.courier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "delivery_date": date.isoformat() if date else "",
        "cash_kobo": max(cash_with_kobo(order, shipment), 0) if on_delivery else 0,
    }


def ending_facts(order: Order) -> dict[str, Any]:
    """Return whether money of the customer's is here that goes back."""
    return {"has_paid": order.payments.received_kobo() > order.payments.refunded_kobo()}


def failing_facts(order: Order) -> dict[str, Any]:
    """Return what the order comes to now."""
    return {"total_kobo": order.worth_kobo}


FACTS: Mapping[str, Callable[[Order], dict[str, Any]]] = {
    "order.payment_failed": failing_facts,
    "order.placed": placement_facts,
    "order.part_paid": money_facts,
    "order.paid": money_facts,
    "order.cancelled": ending_facts,
}
