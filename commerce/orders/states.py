"""The machines of orders, parcels and returns: which moves are allowed. Services move; nobody else sets a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    Order,
    OrderPaymentStatus,
    OrderStatus,
    Return,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)
from zuka.platform.errors import Refused


class IllegalMove(Refused):
    """The order's state does not allow this step."""

    code = "illegal_move"


STATUS_MOVES: Mapping[str, frozenset[str]] = {
    OrderStatus.PLACED: frozenset({OrderStatus.CONFIRMED, OrderStatus.CANCELLED, OrderStatus.EXPIRED}),
    OrderStatus.CONFIRMED: frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.EXPIRED: frozenset(),
}

_MONEY_CAME = frozenset({OrderPaymentStatus.PARTIALLY_PAID, OrderPaymentStatus.PAID})
MONEY_WENT = frozenset({OrderPaymentStatus.PARTIALLY_REFUNDED, OrderPaymentStatus.REFUNDED})

PAYMENT_MOVES: Mapping[str, frozenset[str]] = {
    OrderPaymentStatus.UNPAID: _MONEY_CAME | {OrderPaymentStatus.PENDING, OrderPaymentStatus.FAILED},
    OrderPaymentStatus.PENDING: _MONEY_CAME | {OrderPaymentStatus.UNPAID, OrderPaymentStatus.FAILED},
    OrderPaymentStatus.FAILED: _MONEY_CAME | {OrderPaymentStatus.PENDING},
    OrderPaymentStatus.PARTIALLY_PAID: MONEY_WENT | {OrderPaymentStatus.PAID},
    OrderPaymentStatus.PAID: MONEY_WENT,
    OrderPaymentStatus.PARTIALLY_REFUNDED: frozenset({OrderPaymentStatus.REFUNDED}),
    OrderPaymentStatus.REFUNDED: frozenset({OrderPaymentStatus.PARTIALLY_REFUNDED}),  # money came in again
}

FULFILMENT_MOVES: Mapping[str, frozenset[str]] = {
    FulfilmentStatus.UNFULFILLED: frozenset({FulfilmentStatus.PACKED}),
    FulfilmentStatus.PACKED: frozenset(
        {FulfilmentStatus.UNFULFILLED, FulfilmentStatus.PARTIALLY_SHIPPED, FulfilmentStatus.SHIPPED}
    ),
    FulfilmentStatus.PARTIALLY_SHIPPED: frozenset(
        {FulfilmentStatus.SHIPPED, FulfilmentStatus.PARTIALLY_DELIVERED, FulfilmentStatus.REFUSED}
    ),
    FulfilmentStatus.SHIPPED: frozenset(
        {FulfilmentStatus.PARTIALLY_DELIVERED, FulfilmentStatus.DELIVERED, FulfilmentStatus.REFUSED}
    ),
    FulfilmentStatus.PARTIALLY_DELIVERED: frozenset({FulfilmentStatus.DELIVERED, FulfilmentStatus.RETURNED}),
    FulfilmentStatus.DELIVERED: frozenset({FulfilmentStatus.RETURNED}),
    FulfilmentStatus.REFUSED: frozenset({FulfilmentStatus.RETURNED}),
    FulfilmentStatus.RETURNED: frozenset(),
}

SHIPMENT_MOVES: Mapping[str, frozenset[str]] = {
    ShipmentStatus.SHIPPED: frozenset({ShipmentStatus.DELIVERED, ShipmentStatus.REFUSED}),
    ShipmentStatus.DELIVERED: frozenset(),
    ShipmentStatus.REFUSED: frozenset(),
}

RETURN_MOVES: Mapping[str, frozenset[str]] = {
    ReturnStatus.REQUESTED: frozenset({ReturnStatus.APPROVED, ReturnStatus.REFUSED}),
    ReturnStatus.APPROVED: frozenset({ReturnStatus.RECEIVED, ReturnStatus.REFUSED}),  # some never come
    ReturnStatus.REFUSED: frozenset(),
    ReturnStatus.RECEIVED: frozenset({ReturnStatus.CLOSED}),
    ReturnStatus.CLOSED: frozenset(),
}

# Where an order may have pieces to be shipped.
SHIPPING = frozenset(
    {FulfilmentStatus.PACKED, FulfilmentStatus.PARTIALLY_SHIPPED, FulfilmentStatus.PARTIALLY_DELIVERED}
)


# Where all pieces of an order left, and are at the shop again.
ALL_BACK = frozenset({FulfilmentStatus.REFUSED, FulfilmentStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: the order's column, what staff call it, its moves, and the moment that a state sets first."""

    column: str
    label: str
    moves: Mapping[str, frozenset[str]]
    moments: Mapping[str, str]


MACHINES: Mapping[EventKind, Machine] = {
    EventKind.STATUS: Machine(
        "status",
        "order",
        STATUS_MOVES,
        {OrderStatus.CONFIRMED: "confirmed_at", OrderStatus.CANCELLED: "cancelled_at"},
    ),
    EventKind.PAYMENT: Machine("payment_status", "payment", PAYMENT_MOVES, {OrderPaymentStatus.PAID: "paid_at"}),
    EventKind.FULFILMENT: Machine(
        "fulfilment_status",
        "fulfilment",
        FULFILMENT_MOVES,
        {
            FulfilmentStatus.PARTIALLY_SHIPPED: "shipped_at",
            FulfilmentStatus.SHIPPED: "shipped_at",
            FulfilmentStatus.DELIVERED: "delivered_at",
        },
    ),
}


def check_move(*, order: Order, kind: EventKind, to_state: str) -> None:
    """Raise `IllegalMove`, naming both states, unless the machine allows this move."""
    machine = MACHINES[kind]
    from_state = getattr(order, machine.column)
    if to_state not in machine.moves[from_state]:
        words = f"{from_state} to {to_state}".replace("_", " ")
        raise IllegalMove(f"Order {order.number}: its {machine.label} state cannot go from {words}.", field="status")


def check_parcel_move(*, shipment: Shipment, to_state: str) -> None:
    """Raise `IllegalMove`, naming both states, unless a parcel may come to this state."""
    refuse_move(shipment, SHIPMENT_MOVES, to_state)


def check_return_move(*, goods_return: Return, to_state: str) -> None:
    """Raise `IllegalMove`, naming both states, unless a return may come to this state."""
    refuse_move(goods_return, RETURN_MOVES, to_state)


def refuse_move(thing: Shipment | Return, moves: Mapping[str, frozenset[str]], to_state: str) -> None:
    """Raise `IllegalMove` unless a machine's table allows a thing the way to a state."""
    if to_state not in moves[thing.status]:
        raise IllegalMove(f"{thing} is {thing.status}, it cannot be {to_state}.", field="status")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pieces of an order, or of one of its lines, were ordered, and what became of them.

    What was shipped was delivered, refused, or is on its way; what was refused is not shipped again. What was
    returned, or is on its way back, was delivered. What was cancelled never left.
    """

    ordered: int = 0
    shipped: int = 0
    delivered: int = 0
    refused: int = 0
    returned: int = 0
    cancelled: int = 0

    @property
    def left(self) -> int:
        """Return how many are still to be shipped."""
        return self.ordered - self.cancelled - self.shipped

    @property
    def gone(self) -> int:
        """Return how many the customer does not keep: cancelled, refused at the door, or sent back."""
        return self.cancelled + self.refused + self.returned

    @property
    def on_the_way(self) -> int:
        """Return how many are with a courier."""
        return self.shipped - self.delivered - self.refused

    @property
    def accepted(self) -> int:
        """Return how many left and were not refused: they are with a courier, or came to the customer."""
        return self.shipped - self.refused

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def is_out(order: Order, pieces: Tally) -> bool:
    """Say whether something of an order is with a courier or its customer: then it cannot be cancelled.

    Where the state tells it has the last word: orders from before parcels and returns were kept may have none of them.
    """
    state = order.fulfilment_status
    if state in ALL_BACK or state in {FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED}:
        return state not in ALL_BACK
    return pieces.accepted > pieces.returned


def fulfilment_of(pieces: Tally, *, before: str) -> str:
    """Return the fulfilment state that an order's pieces are in; `before` the first parcel it is as packing left it."""
    if not pieces.shipped:
        return before
    if pieces.left or pieces.on_the_way:
        if pieces.delivered:
            return FulfilmentStatus.PARTIALLY_DELIVERED
        return FulfilmentStatus.PARTIALLY_SHIPPED if pieces.left else FulfilmentStatus.SHIPPED
    if not pieces.delivered:
        return FulfilmentStatus.REFUSED
    return FulfilmentStatus.RETURNED if pieces.returned == pieces.delivered else FulfilmentStatus.DELIVERED
