"""What all verbs of orders share: the lock, the timeline row with its mail, and whom a tracked fact is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from commerce.orders.models import EventKind, Order, OrderEvent
from commerce.orders.services.mailing import mail_move
from commerce.orders.states import MACHINES, check_move
from zuka.platform.actor import Actor


def lock_order(pk: int) -> Order:
    """Return an order fresh from its row, locked until the transaction ends. Rows that refer to it may be added."""
    return Order.objects.select_for_update(no_key=True).get(pk=pk)


def customer_of(order: Order) -> Actor:
    """Return whom the facts of an order are about: its customer, also when staff or a provider moves it.

    A guest without a visitor id is one of their own, named by the order, since a fact needs a person.
    """
    guest = None if order.user_id else f"guest-{order.number}"
    return Actor(user_id=str(order.user_id) if order.user_id else None, visitor_id=order.visitor_id or guest)


def write_event(
    *, order: Order, kind: EventKind, to_state: str, at: datetime, actor: Actor, from_state: str = "", note: str = ""
) -> OrderEvent:
    """Add a row to an order's timeline; where it is a move that customers are told of, queue the mail."""
    event = OrderEvent.objects.create(
        order=order,
        kind=kind,
        from_state=from_state,
        to_state=to_state,
        note=note,
        actor_id=actor.account_id,
        occurred_at=at,
    )
    if to_state != from_state:
        mail_move(order=order, kind=kind, to_state=to_state, at=at)
    return event


def move_order(*, order: Order, kind: EventKind, to_state: str, at: datetime, actor: Actor, note: str = "") -> None:
    """Move one machine of a locked order, set the state's moment and write the timeline. Raises `IllegalMove`.

    A moment that several states set is that of the first.
    """
    check_move(order=order, kind=kind, to_state=to_state)
    machine = MACHINES[kind]
    from_state = getattr(order, machine.column)
    columns: dict[str, Any] = {machine.column: to_state}
    moment = machine.moments.get(to_state)
    if moment and getattr(order, moment) is None:
        columns[moment] = at
    for column, value in columns.items():
        setattr(order, column, value)
    order.save(update_fields=[*columns, "updated_at"])
    write_event(order=order, kind=kind, from_state=from_state, to_state=to_state, at=at, actor=actor, note=note)
