"""What customers send back: asked for, approved or refused, received, closed. Every step is told by mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from commerce.catalog.models import MovementReason
from commerce.catalog.services import return_stock
from commerce.orders.models import (
    CLOSED,
    EventKind,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnStatus,
)
from commerce.orders.services.mailing import mail_return
from commerce.orders.services.pieces import count_pieces, returnable_pieces, variants_of, worth_of_pieces
from commerce.orders.services.points import follow_points
from commerce.orders.services.shipping import TooManyPieces, follow_parcels, refuse_repeated, refuse_too_many
from commerce.orders.services.timeline import lock_order, write_event
from commerce.orders.states import check_return_move
from commerce.payments.models import NOT_SENT, Refund, RefundStatus
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused
from zuka.platform.idempotency import KeyReused
from zuka.platform.live_settings.reading import live

MOMENTS: Mapping[str, str] = {
    ReturnStatus.APPROVED: "decided_at",
    ReturnStatus.REFUSED: "decided_at",
    ReturnStatus.RECEIVED: "received_at",
    ReturnStatus.CLOSED: "closed_at",
}


class NothingToReturn(Refused):
    """Nothing of the order can be sent back: it was not delivered, all came back, or it is too late."""

    code = "nothing_to_return"


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """What is sent back: a line of the order by its id, how many pieces, and why."""

    line_id: int
    quantity: int
    reason: ReturnReason


def since_when(at: datetime) -> datetime:
    """Return when something must have been delivered, or later, for its customer to ask now to send it back."""
    return at - timedelta(days=live.RETURN_DAYS)


@transaction.atomic
def request_return(
    *,
    order: Order,
    items: Sequence[ReturnItem],
    at: datetime,
    actor: Actor,
    note: str = "",
    is_staff: bool = False,
    position: int | None = None,
    idempotency_key: str | None = None,
) -> Return:
    """Ask to send pieces back that were delivered: a customer within RETURN_DAYS, staff at any time.

    What staff begin is approved at once. `position` is the return that it was filled in as: when that one is there
    already, this is not another one. The same `idempotency_key` for the same order returns the first return. Raises
    `NothingToReturn`, `TooManyPieces`, `Repeated`, `KeyReused`.
    """
    lock_order(order.pk)
    order = Order.objects.with_parts().get(pk=order.pk)
    if asked := find_asked(order=order, items=items, note=note, key=idempotency_key):
        return asked
    refuse_repeated(f"Return {position}", said=position, position=len(order.returns.all()) + 1)
    chosen = choose_items(order=order, items=items, since=None if is_staff else since_when(at))
    goods_return = Return.objects.create(
        order=order,
        position=len(order.returns.all()) + 1,
        note=note,
        requested_by_id=actor.account_id,
        requested_at=at,
        created_at=at,
        idempotency_key=idempotency_key,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(goods_return=goods_return, line=line, quantity=item.quantity, reason=item.reason)
        for line, item in chosen.items()
    )
    words = ", ".join(f"{item.quantity} x {line.full_name}" for line, item in chosen.items())
    note_return(goods_return=goods_return, words=f"asked for: {words}", at=at, actor=actor)
    if is_staff:
        return approve_return(goods_return=goods_return, at=at, actor=actor)
    mail_return(goods_return=goods_return, at=at)
    return goods_return


def find_asked(*, order: Order, items: Sequence[ReturnItem], note: str, key: str | None) -> Return | None:
    """Return the return that the same request asked for before; its order is locked. Raises `KeyReused`."""
    asked = next((each for each in order.returns.all() if key and each.idempotency_key == key), None)
    if asked is None:
        return None
    wanted = {(item.line_id, item.quantity, str(item.reason)) for item in items if item.quantity}
    if (asked.note, {(each.line_id, each.quantity, each.reason) for each in asked.lines.all()}) != (note, wanted):
        raise KeyReused("This Idempotency-Key was used for another return.", field="Idempotency-Key")
    return asked


def choose_items(*, order: Order, items: Sequence[ReturnItem], since: datetime | None) -> dict[OrderLine, ReturnItem]:
    """Return which lines come back. Raises `NothingToReturn`, `TooManyPieces`."""
    left = returnable_pieces(order, since=since)
    if order.status in CLOSED or not left:
        raise NothingToReturn(f"Nothing of order {order.number} can be sent back.", field="lines")
    wanted = {item.line_id: item for item in items if item.quantity}
    chosen = {line: wanted[line.pk] for line in order.lines.all() if line.pk in wanted}
    if not chosen or len(chosen) < len(wanted):
        raise TooManyPieces(f"Say what of order {order.number} comes back.", field="lines")
    counts = {line: item.quantity for line, item in chosen.items()}
    refuse_too_many(chosen=counts, left={line: left.get(line.pk, 0) for line in counts}, doing="to return")
    return chosen


@transaction.atomic
def approve_return(*, goods_return: Return, at: datetime, actor: Actor) -> Return:
    """Let the customer send the pieces back. Raises `IllegalMove`."""
    return move_return(goods_return=goods_return, to_state=ReturnStatus.APPROVED, at=at, actor=actor)


@transaction.atomic
def refuse_return(*, goods_return: Return, answer: str, at: datetime, actor: Actor) -> Return:
    """Say no, with the answer that the customer is written. Raises `IllegalMove`."""
    return move_return(goods_return=goods_return, to_state=ReturnStatus.REFUSED, at=at, actor=actor, answer=answer)


@transaction.atomic
def receive_return(*, goods_return: Return, sellable: Mapping[int, int], at: datetime, actor: Actor) -> Return:
    """Take the pieces back: so many of each line, by the id of the order's line, can be sold again.

    What they are worth is kept, the order is returned when all that was delivered is back. Raises `IllegalMove`,
    `TooManyPieces`.
    """
    order = lock_order(goods_return.order_id)
    before = {line.pk: tally.gone for line, tally in count_pieces(order).items()}
    lines = list(goods_return.lines.select_related("line"))
    counts = {each.line: each.quantity for each in lines}
    chosen = {each.line: sellable[each.line_id] for each in lines if sellable.get(each.line_id)}
    refuse_too_many(chosen=chosen, left=counts, doing="in this return")
    goods_return = move_return(goods_return=goods_return, to_state=ReturnStatus.RECEIVED, at=at, actor=actor)
    for each in lines:
        each.sellable = chosen.get(each.line, 0)
        each.worth_kobo = worth_of_pieces(each.line, before=before[each.line_id], quantity=each.quantity)
    ReturnLine.objects.bulk_update(lines, ["sellable", "worth_kobo"])
    follow_points(order=order, at=at)
    return_stock(variants_of(chosen), reason=MovementReason.RETURNED, order=order.number, at=at, actor=actor)
    follow_parcels(order=order, at=at, actor=actor)
    return goods_return


@transaction.atomic
def close_return(*, goods_return: Return, at: datetime, actor: Actor) -> Return:
    """End a return that was received, refunded or not. Raises `IllegalMove`."""
    return move_return(goods_return=goods_return, to_state=ReturnStatus.CLOSED, at=at, actor=actor)


def close_if_refunded(*, goods_return: Return, at: datetime, actor: Actor) -> None:
    """Close a return when all that it is worth has gone back."""
    done = refunds_of(goods_return).filter(status=RefundStatus.SUCCEEDED)
    went_back = sum(done.values_list("amount_kobo", flat=True))
    if goods_return.status == ReturnStatus.RECEIVED and went_back >= goods_return.worth_kobo:
        close_return(goods_return=goods_return, at=at, actor=actor)


def refunds_of(goods_return: Return) -> QuerySet[Refund]:
    """Return what went back for a return or is on its way, found by the order's payments."""
    return Refund.objects.filter(payment__order_id=goods_return.order_id, goods_return=goods_return)


def unrefunded_kobo(goods_return: Return) -> int:
    """Return what a return is worth, less what went back for it or is on its way."""
    under_way = refunds_of(goods_return).exclude(status__in=NOT_SENT)
    return goods_return.worth_kobo - sum(under_way.values_list("amount_kobo", flat=True))


def move_return(
    *, goods_return: Return, to_state: ReturnStatus, at: datetime, actor: Actor, answer: str = ""
) -> Return:
    """Move a return under its order's lock, note it in the order's timeline and write to the customer.

    Returns it fresh. Raises `IllegalMove`.
    """
    order = lock_order(goods_return.order_id)
    goods_return = Return.objects.get(pk=goods_return.pk)
    goods_return.order = order
    check_return_move(goods_return=goods_return, to_state=to_state)
    moment = MOMENTS[to_state]
    goods_return.status, goods_return.answer = to_state, answer or goods_return.answer
    setattr(goods_return, moment, at)
    goods_return.save(update_fields=["status", "answer", moment, "updated_at"])
    note_return(goods_return=goods_return, words=": ".join(filter(None, [to_state, answer])), at=at, actor=actor)
    mail_return(goods_return=goods_return, at=at)
    return goods_return


def note_return(*, goods_return: Return, words: str, at: datetime, actor: Actor) -> None:
    """Write into the order's timeline what became of a return."""
    note = f"{goods_return} {words}"
    write_event(order=goods_return.order, kind=EventKind.NOTE, to_state="", at=at, actor=actor, note=note)
