"""Orders that leave in two parcels, or of which the shop had not all: part refused, part cancelled."""

from __future__ import annotations

from commerce.orders.models import EventKind, OrderPaymentStatus, OrderStatus, PaymentMethod
from commerce.payments.models import Provider
from zuka.demo.lives import Life
from zuka.platform.money import format_money


def goes_in_parts(life: Life) -> bool:
    """Say whether an order does not leave in one: some that have several pieces do not."""
    return sum(line.quantity for line in life.bought.lines) > 1 and life.rng.random() < 0.2


def live_in_parts(life: Life) -> None:
    """Send one piece first; the rest follows, is refused at the door, or cannot be had and is cancelled."""
    first = [1, *[0] * (len(life.bought.lines) - 1)]
    if not life.pack() or not life.ship(first, life.departure()):
        return
    fate, at = life.rng.random(), life.arrival()
    if not life.deliver(at):
        return
    collect(life)
    rest = [tally.left for tally in life.bought.tallies()]
    if fate < 0.4:
        if not cancel(life, rest):
            return
    else:
        if not life.ship(rest, life.departure()):
            return
        verb = life.refuse if fate < 0.65 else life.deliver
        if not verb(life.arrival(), 2):
            return
        collect(life)
    finish(life)


def cancel(life: Life, counts: list[int]) -> bool:
    """Let staff cancel pieces that the shop cannot get."""
    at = life.at_work(days=1)
    if at > life.until:
        return False
    kobo = life.bought.worth_of(counts)
    names = []
    for line, count in zip(life.bought.lines, counts, strict=True):
        line.cancelled_quantity += count
        names += [f"{count} x {line.full_name}"] if count else []
    life.order.taken_off_kobo += kobo
    less = format_money(kobo, life.order.currency)
    life.follow(at, f"Cancelled: {', '.join(names)}, {less} less. Sold out")
    suffix = f":{sum(counts)}"
    life.bought.state("order.part_cancelled", at=at, suffix=suffix, value_kobo=kobo, reason="Sold out")
    return True


def collect(life: Life) -> None:
    """Let the courier bring the cash for what was handed over; the fee comes with the first parcel."""
    if life.order.payment_method != PaymentMethod.CASH_ON_DELIVERY:
        return
    rest = [tally.left + tally.on_the_way for tally in life.bought.tallies()]
    due = life.order.worth_kobo - life.received_kobo() - life.bought.worth_of(rest)
    at = life.after(1, 4)
    if due <= 0 or at > life.until:
        return
    turn = len(life.bought.payments) + 1
    reference = f"{life.order.number}-cash" if turn == 1 else f"{life.order.number}-cash-{turn}"
    life.capture(life.request(Provider.CASH, reference, at, due), at)


def finish(life: Life) -> None:
    """End an order of which all pieces are where they go: paid it is completed, and what is too much goes back."""
    at, kind = life.now, EventKind.PAYMENT
    over = life.received_kobo() - life.order.worth_kobo
    if life.order.payment_status == OrderPaymentStatus.PARTIALLY_PAID and over >= 0:
        worth = format_money(life.order.worth_kobo, life.order.currency)
        life.move(kind, OrderPaymentStatus.PAID, at, f"The order comes to {worth} now: nothing more to pay")
        life.tell_paid(life.bought.payments[-1].provider, at)
    if life.order.payment_status != OrderPaymentStatus.PAID:
        return
    life.move(EventKind.STATUS, OrderStatus.COMPLETED, at)
    if over > 0 and life.rng.random() < 0.8:
        life.refund(over, life.after(10, 600), f"Paid too much for order {life.order.number}")
