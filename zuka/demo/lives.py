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
    Return,
    Shipment,
    ShipmentStatus,
)
from commerce.orders.states import MACHINES, Tally, check_move, fulfilment_of
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
        moment = machine.moments.get(to_state)
        if moment and getattr(self.order, moment) is None:
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
        return self.pack() and self.ship([line.quantity for line in self.bought.lines], self.departure())

    def pack(self) -> bool:
        """Pack the order."""
        if not self.move(EventKind.FULFILMENT, FulfilmentStatus.PACKED, self.at_work(days=0)):
            return False
        self.order.estimated_delivery_date = local_day(self.now) + timedelta(days=4)
        return True

    def departure(self) -> datetime:
        """Return when a courier takes a parcel along."""
        return self.at_work(days=self.rng.choice((0, 0, 1)), opens=11, closes=18)

    def ship(self, counts: list[int], at: datetime) -> bool:
        """Give so many pieces of each line to a courier, if it happened by now."""
        if at > self.until:
            return False
        position = len(self.bought.parcels) + 1
        courier, number = self.rng.choice(COURIERS), f"TRK{self.rng.randrange(10**9):09d}"
        shipment = Shipment(
            order=self.order,
            position=position,
            courier=courier,
            tracking_number=number,
            shipped_at=at,
            created_at=at,
        )
        self.bought.parcels.append((shipment, counts))
        self.follow(at, f"{shipment} with {courier}, {number}")
        if position == 1:
            self.bought.state("order.shipped", at=at, shipping_provider=courier)
        return True

    def follow(self, at: datetime, note: str) -> None:
        """Move the order's fulfilment to where its pieces are; where that is the same, write only the note."""
        before, kind = self.order.fulfilment_status, EventKind.FULFILMENT
        to_state = fulfilment_of(sum(self.bought.tallies(), Tally()), before=before)
        if to_state == before:
            if note:
                write_row(self.bought, kind, from_state=before, to_state=before, at=at, note=note)
            self.now = at
            return
        self.move(kind, to_state, at, note)
        if to_state == FulfilmentStatus.DELIVERED:
            self.bought.state("order.delivered", at=at, value_kobo=self.order.worth_kobo)

    def arrival(self) -> datetime:
        """Return when the courier rings: within Lagos the same day to two days later, elsewhere up to four."""
        is_near = self.order.shipping_address["state"] == "Lagos"
        return self.at_work(days=self.rng.choice((0, 1, 1, 2) if is_near else (1, 2, 2, 3, 4)), opens=10, closes=19)

    def deliver(self, at: datetime, position: int = 1) -> bool:
        """Hand a parcel over."""
        return self.end_parcel(position, ShipmentStatus.DELIVERED, at)

    def refuse(self, at: datetime, position: int = 1) -> bool:
        """Let the customer refuse a parcel: its pieces come back, and the order costs as much less."""
        if at <= self.until:
            _, counts = self.bought.parcels[position - 1]
            self.order.taken_off_kobo += self.bought.worth_of(counts)
        return self.end_parcel(position, ShipmentStatus.REFUSED, at)

    def end_parcel(self, position: int, status: ShipmentStatus, at: datetime) -> bool:
        """Let a parcel's way end, if it happened by now."""
        if at > self.until:
            return False
        shipment, _ = self.bought.parcels[position - 1]
        shipment.status = status
        setattr(shipment, f"{status}_at", at)
        self.follow(at, f"{shipment} {status}")
        return True

    def request(self, provider: Provider, reference: str, at: datetime, amount_kobo: int | None = None) -> Payment:
        """Ask for the order's money, or a part of it, under a new reference."""
        order = self.order
        payment = Payment(
            order=order,
            user=order.user,
            provider=provider,
            reference=reference,
            amount_kobo=order.total_kobo if amount_kobo is None else amount_kobo,
            is_test=order.is_test,
            created_at=at,
        )
        self.bought.payments.append(payment)
        return payment

    def capture(self, payment: Payment, at: datetime) -> bool:
        """Receive the money of a payment that was asked for; where that is not all, the order is paid in part."""
        amount = format_money(payment.amount_kobo, payment.currency)
        note = f"{amount} by {payment.provider}, {payment.reference}"
        is_whole = self.received_kobo() + payment.amount_kobo >= self.order.worth_kobo
        to_state = OrderPaymentStatus.PAID if is_whole else OrderPaymentStatus.PARTIALLY_PAID
        if not self.move(EventKind.PAYMENT, to_state, at, note):
            return False
        payment.status, payment.captured_at = PaymentStatus.CAPTURED, at
        payment.fee_kobo = provider_fee(Provider(payment.provider), payment.amount_kobo)
        if is_whole:
            self.tell_paid(payment.provider, at)
        return True

    def received_kobo(self) -> int:
        """Return what came in so far."""
        return sum(each.amount_kobo for each in self.bought.payments if each.is_received)

    def tell_paid(self, provider: str, at: datetime) -> None:
        """Track that the order is paid."""
        method, worth = self.order.payment_method, self.order.worth_kobo
        self.bought.state("order.paid", at=at, value_kobo=worth, payment_method=method, provider=provider)

    def refund(self, amount_kobo: int, at: datetime, reason: str, goods_return: Return | None = None) -> bool:
        """Give money back for the order's captured payment; what was paid too much leaves the order paid."""
        if at > self.until:
            return False
        payment = next(each for each in self.bought.payments if each.status == PaymentStatus.CAPTURED)
        is_whole = amount_kobo == payment.amount_kobo
        note = f"{format_money(amount_kobo, payment.currency)} refunded. {reason}"
        state, kind = self.order.payment_status, EventKind.PAYMENT
        if self.received_kobo() - amount_kobo >= self.order.worth_kobo:
            write_row(self.bought, kind, from_state=state, to_state=state, at=at, note=note)
        else:
            to_state = OrderPaymentStatus.REFUNDED if is_whole else OrderPaymentStatus.PARTIALLY_REFUNDED
            self.move(kind, to_state, at, note)
        self.now = at
        payment.refunded_kobo = amount_kobo
        payment.status = PaymentStatus.REFUNDED if is_whole else PaymentStatus.PARTIALLY_REFUNDED
        refund = Refund(
            payment=payment,
            amount_kobo=amount_kobo,
            status=RefundStatus.SUCCEEDED,
            reason=reason,
            refunded_at=at,
            created_at=at,
            goods_return=goods_return,
        )
        self.bought.refunds.append(refund)
        self.bought.state("order.refunded", at=at, suffix=":1", value_kobo=amount_kobo, reason=reason)
        return True
