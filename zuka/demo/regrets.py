"""What customers send back: asked for, mostly approved, received, refunded; the latest are still on their way."""

from __future__ import annotations

from datetime import datetime

from commerce.orders.models import EventKind, Return, ReturnLine, ReturnReason, ReturnStatus
from commerce.payments.models import PaymentStatus
from zuka.demo.lives import Life
from zuka.demo.orders import write_row

REASONS = (*[ReturnReason.TOO_SMALL] * 4, *[ReturnReason.TOO_LARGE] * 3, *ReturnReason)
WORDS = ("", "", "The zip does not close.", "The colour is not that of the picture.", "It came too late for the party.")
ANSWER = "It was worn, so we cannot sell it again."


def send_back(life: Life) -> None:
    """Let a customer send a line of an order back, or all of it."""
    asked_at = life.at_work(days=life.rng.randrange(1, 9), opens=7, closes=22)
    kept = [tally.delivered for tally in life.bought.tallies()]
    chosen = kept if life.rng.random() < 0.4 else first_of(kept)
    reason, words = life.rng.choice(REASONS), life.rng.choice(WORDS)
    if asked_at > life.until:
        return
    goods_return = Return(
        order=life.order,
        position=1,
        note=words,
        requested_by=life.order.user,
        requested_at=asked_at,
        created_at=asked_at,
    )
    life.bought.returns.append(goods_return)
    life.bought.return_lines += [
        ReturnLine(goods_return=goods_return, line=line, quantity=count, reason=reason)
        for line, count in zip(life.bought.lines, chosen, strict=True)
        if count
    ]
    what = ", ".join(f"{each.quantity} x {each.line.full_name}" for each in life.bought.return_lines)
    note(life, f"{goods_return} asked for: {what}", asked_at)
    decide(life, goods_return)


def first_of(counts: list[int]) -> list[int]:
    """Return one piece of the first line that has any."""
    at = next(at for at, count in enumerate(counts) if count)
    return [1 if place == at else 0 for place in range(len(counts))]


def note(life: Life, words: str, at: datetime) -> None:
    """Write into the order's timeline."""
    write_row(life.bought, EventKind.NOTE, to_state="", at=at, note=words)
    life.now = at


def move(life: Life, goods_return: Return, to_state: ReturnStatus, column: str, at: datetime) -> bool:
    """Move the return, if it happened by now."""
    if at > life.until:
        return False
    goods_return.status = to_state
    setattr(goods_return, column, at)
    said = f": {goods_return.answer}" if to_state == ReturnStatus.REFUSED else ""
    note(life, f"{goods_return} {to_state}{said}", at)
    return True


def decide(life: Life, goods_return: Return) -> None:
    """Let staff answer; what they approve comes back days later, and its money goes back."""
    at = life.at_work(days=1)
    if life.rng.random() < 0.15:
        goods_return.answer = ANSWER if at <= life.until else ""
        move(life, goods_return, ReturnStatus.REFUSED, "decided_at", at)
        return
    if move(life, goods_return, ReturnStatus.APPROVED, "decided_at", at):
        receive(life, goods_return, life.at_work(days=life.rng.choice((2, 3, 4, 5))))


def receive(life: Life, goods_return: Return, at: datetime) -> None:
    """Let the pieces come back, and then the money."""
    if at > life.until:
        return
    worths = [life.bought.worth_of(counts_of(life, each)) for each in life.bought.return_lines]
    move(life, goods_return, ReturnStatus.RECEIVED, "received_at", at)
    for each, worth in zip(life.bought.return_lines, worths, strict=True):
        each.worth_kobo = worth
        each.sellable = each.quantity if life.rng.random() < 0.8 else 0
    life.follow(at, "")
    refund(life, goods_return, sum(worths))


def counts_of(life: Life, returned: ReturnLine) -> list[int]:
    """Return how many pieces of each of the order's lines a line of a return is."""
    return [returned.quantity if line is returned.line else 0 for line in life.bought.lines]


def refund(life: Life, goods_return: Return, worth: int) -> None:
    """Send back what the pieces are worth, where one payment gives it, and close the return."""
    captured = [each for each in life.bought.payments if each.status == PaymentStatus.CAPTURED]
    at = life.at_work(days=life.rng.choice((0, 0, 1)))
    if len(captured) != 1 or captured[0].amount_kobo < worth or life.rng.random() < 0.1:
        return  # staff have still to do it
    if life.refund(worth, at, f"{goods_return} of order {life.order.number}", goods_return):
        move(life, goods_return, ReturnStatus.CLOSED, "closed_at", at)
