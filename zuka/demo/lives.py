"""What becomes of an order after it is placed: paid, sent, delivered, refused, cancelled, refunded, reviewed.

A life ends at `until`: what would come later has not happened yet, so the latest orders are open.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from commerce.orders.models import (
    EventKind,
    FulfilmentStatus,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
    Shipment,
    ShipmentStatus,
)
from commerce.orders.states import MACHINES, check_move
from commerce.payments.models import Payment, PaymentStatus, Provider, Refund, RefundStatus
from zuka.demo.orders import Bought, write_row
from zuka.platform.clock import day_start, local_day
from zuka.platform.money import format_money

COURIERS = ("Third Mainland Couriers", "Harmattan Express", "Keke Dispatch")
SUNDAY = 6


def provider_fee(provider: Provider, amount_kobo: int) -> int:
    """Return what a provider keeps of a local payment, in kobo: a share, at Paystack ₦100 more, at most ₦2,000."""
    if provider == Provider.CASH:
        return 0
    if provider == Provider.FLUTTERWAVE:
        return min(amount_kobo * 2 // 100, 200_000)
    return min(amount_kobo * 15 // 1000 + (10_000 if amount_kobo >= 250_000 else 0), 200_000)


class Life:
    """Moves one order forward in time. Each verb says whether it happened before `until`."""

    def __init__(self, bought: Bought, *, rng: Random, until: datetime) -> None:
        self.bought, self.order, self.rng, self.until = bought, bought.order, rng, until
        self.now: datetime = bought.order.placed_at

    def move(self, kind: EventKind, to_state: str, at: datetime, note: str = "") -> bool:
        """Move one machine of the order, if it happened by now."""
        if at > self.until:
            return False
        check_move(order=self.order, kind=kind, to_state=to_state)
        machine = MACHINES[kind]
        from_state = getattr(self.order, machine.column)
        setattr(self.order, machine.column, to_state)
        if moment := machine.moments.get(to_state):
            setattr(self.order, moment, at)
        write_row(self.bought, kind, from_state=from_state, to_state=to_state, at=at, note=note)
        self.now = at
        return True

    def after(self, low: float, high: float) -> datetime:
        """Return a moment between `low` and `high` minutes from now in this life."""
        return self.now + timedelta(seconds=round(self.rng.uniform(low * 60, high * 60), 3))

    def at_work(self, *, days: int, opens: int = 9, closes: int = 17) -> datetime:
        """Return a moment in working hours, `days` days on or on the next day that is no Sunday and not over."""
        day = local_day(self.now) + timedelta(days=days)
        while True:
            moment = day_start(day) + timedelta(seconds=self.rng.randrange(opens * 3600, closes * 3600))
            if moment > self.now and day.weekday() != SUNDAY:
                return moment
            day += timedelta(days=1)

    def cancel(self, at: datetime, reason: str) -> None:
        """Cancel the order."""
        if self.move(EventKind.STATUS, OrderStatus.CANCELLED, at, reason):
            self.bought.state("order.cancelled", at=at, value_kobo=self.order.total_kobo, reason=reason)

    def send(self) -> bool:
        """Pack the order and give it to a courier on a following working day."""
        if not self.move(EventKind.FULFILMENT, FulfilmentStatus.PACKED, self.at_work(days=0)):
            return False
        self.order.estimated_delivery_date = local_day(self.now) + timedelta(days=4)
        at = self.at_work(days=self.rng.choice((0, 0, 1)), opens=11, closes=18)
        if not self.move(EventKind.FULFILMENT, FulfilmentStatus.SHIPPED, at):
            return False
        self.order.shipping_provider = self.rng.choice(COURIERS)
        self.order.tracking_number = f"TRK{self.rng.randrange(10**9):09d}"
        self.bought.shipment = Shipment(
            order=self.order,
            position=1,
            courier=self.order.shipping_provider,
            tracking_number=self.order.tracking_number,
            shipped_at=at,
            created_at=at,
        )
        self.bought.state("order.shipped", at=at, shipping_provider=self.order.shipping_provider)
        return True

    def arrival(self) -> datetime:
        """Return when the courier rings: within Lagos the same day to two days later, elsewhere up to four."""
        is_near = self.order.shipping_address["state"] == "Lagos"
        return self.at_work(days=self.rng.choice((0, 1, 1, 2) if is_near else (1, 2, 2, 3, 4)), opens=10, closes=19)

    def deliver(self, at: datetime) -> bool:
        """Hand the parcel over."""
        if not self.move(EventKind.FULFILMENT, FulfilmentStatus.DELIVERED, at):
            return False
        self.end_parcel(ShipmentStatus.DELIVERED, at)
        self.bought.state("order.delivered", at=at, value_kobo=self.order.total_kobo)
        return True

    def end_parcel(self, status: ShipmentStatus, at: datetime) -> None:
        """Let the parcel's way end."""
        shipment = self.bought.shipment
        assert shipment is not None
        shipment.status = status
        setattr(shipment, f"{status}_at", at)

    def request(self, provider: Provider, reference: str, at: datetime) -> Payment:
        """Ask for the order's money under a new reference."""
        order = self.order
        payment = Payment(
            order=order,
            user=order.user,
            provider=provider,
            reference=reference,
            amount_kobo=order.total_kobo,
            is_test=order.is_test,
            created_at=at,
        )
        self.bought.payments.append(payment)
        return payment

    def capture(self, payment: Payment, at: datetime) -> bool:
        """Receive the money of a payment that was asked for."""
        amount = format_money(payment.amount_kobo, payment.currency)
        note = f"{amount} by {payment.provider}, {payment.reference}"
        if not self.move(EventKind.PAYMENT, OrderPaymentStatus.PAID, at, note):
            return False
        payment.status, payment.captured_at = PaymentStatus.CAPTURED, at
        payment.fee_kobo = provider_fee(Provider(payment.provider), payment.amount_kobo)
        self.bought.state(
            "order.paid",
            at=at,
            value_kobo=self.order.total_kobo,
            payment_method=self.order.payment_method,
            provider=payment.provider,
        )
        return True

    def refund(self, amount_kobo: int, at: datetime, reason: str) -> None:
        """Give money back for the order's captured payment."""
        payment = next(each for each in self.bought.payments if each.status == PaymentStatus.CAPTURED)
        is_whole = amount_kobo == payment.amount_kobo
        state = OrderPaymentStatus.REFUNDED if is_whole else OrderPaymentStatus.PARTIALLY_REFUNDED
        note = f"{format_money(amount_kobo, payment.currency)} refunded. {reason}"
        if not self.move(EventKind.PAYMENT, state, at, note):
            return
        payment.refunded_kobo = amount_kobo
        payment.status = PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTIALLY_REFUNDED
        refund = Refund(
            payment=payment,
            amount_kobo=amount_kobo,
            status=RefundStatus.SUCCEEDED,
            reason=reason,
            refunded_at=at,
            created_at=at,
        )
        self.bought.refunds.append(refund)
        self.bought.state("order.refunded", at=at, suffix=":1", value_kobo=amount_kobo, reason=reason)


def live(life: Life) -> None:
    """Let an order live until it is done, or until now."""
    if life.order.payment_method == PaymentMethod.CASH_ON_DELIVERY:
        live_on_cash(life)
    else:
        live_online(life)
    if life.order.status == OrderStatus.COMPLETED and life.rng.random() < 0.022:
        give_back(life)


def live_on_cash(life: Life) -> None:
    """Cash on delivery: confirmed by a call, sent, then paid at the door, or refused there."""
    call = life.at_work(days=0, closes=20)
    if life.rng.random() < 0.06:
        life.cancel(call + timedelta(days=1), "The customer could not be reached")
        return
    if not life.move(EventKind.STATUS, OrderStatus.CONFIRMED, call) or not life.send():
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
    if not life.move(EventKind.FULFILMENT, FulfilmentStatus.REFUSED, at, "Refused at the door"):
        return
    life.end_parcel(ShipmentStatus.REFUSED, at)
    if life.move(EventKind.FULFILMENT, FulfilmentStatus.RETURNED, life.at_work(days=life.rng.choice((1, 2, 3)))):
        life.cancel(life.after(5, 60), "Refused at the door")


def live_online(life: Life) -> None:
    """Paid online: mostly at once, some after a second try, some never; then sent."""
    if not pay_online(life):
        return
    if life.move(EventKind.STATUS, OrderStatus.CONFIRMED, life.after(0.1, 1)) and life.send():
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


def give_back(life: Life) -> None:
    """Let the customer return everything, or keep it for a part of the price."""
    at, total = life.at_work(days=life.rng.randrange(2, 9)), life.order.total_kobo
    if life.rng.random() < 0.4:
        life.refund(total // 500_000 * 100_000 or total, at, "Small fault, kept by the customer")
    elif life.move(EventKind.FULFILMENT, FulfilmentStatus.RETURNED, at, "Wrong size"):
        life.refund(total, life.at_work(days=0), "Returned: wrong size")
