"""The ways an order may go: on cash or online, whole or in parts, kept or sent back."""

from __future__ import annotations

from datetime import datetime, timedelta

from commerce.orders.models import EventKind, OrderPaymentStatus, OrderStatus, PaymentMethod
from commerce.payments.models import Payment, PaymentStatus, Provider
from zuka.demo.lives import Life
from zuka.demo.parting import goes_in_parts, live_in_parts
from zuka.demo.regrets import send_back


def live(life: Life) -> None:
    """Let an order live until it is done, or until now."""
    if life.order.payment_method == PaymentMethod.CASH_ON_DELIVERY:
        live_on_cash(life)
    else:
        live_online(life)
    if life.order.status != OrderStatus.COMPLETED:
        return
    if (regret := life.rng.random()) < 0.009:
        please(life)
    elif regret < 0.035:
        send_back(life)


def please(life: Life) -> None:
    """Let the customer keep something faulty for a part of the price."""
    captured = [each for each in life.bought.payments if each.status == PaymentStatus.CAPTURED]
    if len(captured) == 1:
        total = captured[0].amount_kobo
        at = life.at_work(days=life.rng.randrange(2, 9))
        life.refund(total // 500_000 * 100_000 or total, at, "Small fault, kept by the customer")


def live_on_cash(life: Life) -> None:
    """Cash on delivery: confirmed by a call, sent, then paid at the door, or refused there."""
    call = life.at_work(days=0, closes=20)
    if life.rng.random() < 0.06:
        life.cancel(call + timedelta(days=1), "The customer could not be reached")
        return
    if not life.move(EventKind.STATUS, OrderStatus.CONFIRMED, call):
        return
    if goes_in_parts(life):
        live_in_parts(life)
        return
    if not life.send():
        return
    at = life.arrival()
    if life.rng.random() < 0.075:
        refuse(life, at)
    elif life.deliver(at):
        # Asked for and received in one: the courier has the money in hand.
        paid_at = life.after(1, 4)
        if paid_at <= life.until:
            payment = life.request(Provider.CASH, f"{life.order.number}-cash", paid_at)
            life.capture(payment, paid_at)
            life.move(EventKind.STATUS, OrderStatus.COMPLETED, paid_at)


def refuse(life: Life, at: datetime) -> None:
    """Let the customer refuse the parcel; it comes back and the order is cancelled."""
    if life.refuse(at):
        life.cancel(life.at_work(days=life.rng.choice((1, 2, 3))), "Refused at the door")


def live_online(life: Life) -> None:
    """Paid online: mostly at once, some after a second try, some never; then sent."""
    if not pay_online(life):
        return
    if not life.move(EventKind.STATUS, OrderStatus.CONFIRMED, life.after(0.1, 1)):
        return
    if goes_in_parts(life):
        live_in_parts(life)
    elif life.send():
        at = life.arrival()
        if life.deliver(at):
            life.move(EventKind.STATUS, OrderStatus.COMPLETED, at)


def pay_online(life: Life) -> bool:
    """Try to pay up to twice; an order that is not paid is cancelled the next day."""
    provider = Provider(life.order.payment_method)
    for attempt in (1, 2):
        at = life.after(0.2, 0.8) if attempt == 1 else life.after(4, 25)
        if not life.move(EventKind.PAYMENT, OrderPaymentStatus.PENDING, at):
            return False
        payment = life.request(provider, f"{life.order.number}-{life.rng.getrandbits(32):08x}", at)
        fails, answered_at = life.rng.random() < 0.1, life.after(0.7, 4)
        if not fails:
            return life.capture(payment, answered_at)
        if not fail(life, payment, answered_at) or life.rng.random() < 0.5:
            break
    if life.order.payment_status == OrderPaymentStatus.FAILED:
        life.cancel(life.after(24 * 60, 25 * 60), "Not paid within a day")
    return False


def fail(life: Life, payment: Payment, at: datetime) -> bool:
    """Let a payment fail."""
    reason = life.rng.choice(("Insufficient funds", "Declined by the bank", "Not completed in time"))
    if not life.move(EventKind.PAYMENT, OrderPaymentStatus.FAILED, at, reason):
        return False
    payment.status, payment.failure_reason = PaymentStatus.FAILED, reason
    suffix = f":{len(life.bought.payments)}"
    life.bought.state(
        "order.payment_failed", at=at, suffix=suffix, value_kobo=life.order.total_kobo, provider=payment.provider
    )
    return True
