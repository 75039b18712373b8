"""Comparing a day's charges: each with its payment, then the day's payments that no charge is for."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from commerce.orders.services.comparing.listing import DayList
from commerce.orders.services.comparing.outcome import Amount, Found, Outcome, words_of
from commerce.orders.services.settling import settle_payment
from commerce.payments.gateways import GATEWAYS, Charge, ChargeState, GatewayRefused
from commerce.payments.models import DifferenceKind, Payment
from zuka.platform.actor import NOBODY
from zuka.platform.clock import day_bounds, local_day

AT_ONCE = 500
# Each is one request; a day on which more are missing has another trouble.
MOST_ASKED = 200
CAME_IN = frozenset({ChargeState.PAID, ChargeState.REVERSED})


def compare_charges(outcome: Outcome, listed: DayList) -> None:
    """Compare what a provider lists with the payments. Raises GatewayUnavailable."""
    charges = sorted(listed.charges.values(), key=lambda each: each.provider_id)
    matched: set[int] = set()
    for start in range(0, len(charges), AT_ONCE):
        some = charges[start : start + AT_ONCE]
        payments = payments_of(outcome.provider, some)
        for charge in some:
            compare_charge(outcome, charge, payments.get(charge.reference), matched)
    compare_unlisted(outcome, matched)


def payments_of(provider: str, charges: Iterable[Charge]) -> dict[str, Payment]:
    """Return the payments of some charges by their reference."""
    references = [charge.reference for charge in charges]
    found = Payment.objects.filter(provider=provider, reference__in=references).select_related("order")
    return {payment.reference: payment for payment in found}


def is_practice(charge: Charge) -> bool:
    """Say whether no money moved: it was made with test keys, in a shop that is none for trials."""
    return charge.is_test and not settings.PAYMENTS_TEST_MODE


def compare_charge(outcome: Outcome, charge: Charge, payment: Payment | None, matched: set[int]) -> None:
    """Compare one charge with the payment of its reference; the ledger takes what it has not heard of."""
    theirs = Amount(charge.amount_kobo, charge.currency)
    if is_practice(charge):
        if payment and payment.is_received and payment.pk not in matched:
            matched.add(payment.pk)
            differ(outcome, DifferenceKind.TEST_MONEY, charge, payment, theirs=None, words="No money moved there.")
        return
    count_listed(outcome, charge, theirs)
    if payment is None:
        words = "No order has a payment with this reference."
        differ(outcome, DifferenceKind.UNKNOWN_MONEY, charge, None, theirs=theirs, words=words)
        return
    words = ""
    if not payment.is_received:
        payment, words = taken(outcome, payment)
    if not payment.is_received:
        differ(outcome, DifferenceKind.NOT_TAKEN, charge, payment, theirs=theirs, words=words)
    elif payment.pk in matched or payment.provider_id not in {"", charge.provider_id}:
        words = f"Paid once more under a reference whose money we have, their {payment.provider_id or 'other one'}."
        differ(outcome, DifferenceKind.UNKNOWN_MONEY, charge, None, theirs=theirs, words=words)
    else:
        matched.add(payment.pk)
        compare_amounts(outcome, charge, payment)


def count_listed(outcome: Outcome, charge: Charge, theirs: Amount) -> None:
    """Count a charge that came in."""
    outcome.listed.add(theirs)
    if charge.currency == outcome.currency:
        outcome.fee_kobo += charge.fee_kobo
    else:
        outcome.other_currency_count += 1


def taken(outcome: Outcome, payment: Payment) -> tuple[Payment, str]:
    """Ask about a payment that we have no money of, as its webhook would; return it, and why it is not taken."""
    try:
        payment = settle_payment(payment=payment, at=outcome.at, actor=NOBODY)
    except GatewayRefused as refusal:
        return payment, f"Asked about it, the provider refused: {refusal.words}"
    outcome.settled_count += payment.is_received
    return payment, f"Asked about it, the provider says: {payment.failure_reason or payment.get_status_display()}"


def compare_amounts(outcome: Outcome, charge: Charge, payment: Payment) -> None:
    """Compare a charge with its payment, whose fee is kept where nobody had told it."""
    ours, theirs = Amount(payment.amount_kobo, payment.currency), Amount(charge.amount_kobo, charge.currency)
    outcome.ledger.add(ours)
    if ours == theirs:
        if charge.fee_kobo and not payment.fee_kobo:
            Payment.objects.filter(pk=payment.pk, fee_kobo=0).update(fee_kobo=charge.fee_kobo)
        return
    kind = DifferenceKind.AMOUNT if ours.currency == theirs.currency else DifferenceKind.CURRENCY
    differ(outcome, kind, charge, payment, theirs=theirs, words=words_of(theirs, ours))


def differ(
    outcome: Outcome,
    kind: DifferenceKind,
    charge: Charge,
    payment: Payment | None,
    *,
    theirs: Amount | None,
    words: str,
) -> None:
    """Note a difference about a charge; what of the payment counts is what came in."""
    is_ours = payment is not None and payment.is_received
    ours = Amount(payment.amount_kobo, payment.currency) if payment and is_ours else None
    if ours and kind == DifferenceKind.TEST_MONEY:
        outcome.ledger.add(ours)
    outcome.found.append(
        Found(
            kind=kind,
            subject_key=f"charge:{charge.provider_id}",
            provider=theirs,
            ledger=ours,
            explanation=words,
            reference=charge.reference,
            provider_id=charge.provider_id,
            payment=payment,
        )
    )


def compare_unlisted(outcome: Outcome, matched: set[int]) -> None:
    """Ask after the day's payments that were not in the list: they may be another day's there, or slipped through."""
    since, until = day_bounds(outcome.day)
    received = Payment.objects.received().filter(provider=outcome.provider)
    rest = received.filter(captured_at__gte=since, captured_at__lt=until).exclude(pk__in=matched).order_by("id")
    for number, payment in enumerate(rest):
        charge, words = ask_after(payment) if number < MOST_ASKED else (None, "It is not in their list.")
        if charge is None or is_practice(charge):
            ours = Amount(payment.amount_kobo, payment.currency)
            outcome.ledger.add(ours)
            outcome.found.append(
                Found(
                    kind=DifferenceKind.TEST_MONEY if charge else DifferenceKind.NOT_LISTED,
                    subject_key=f"payment:{payment.pk}",
                    provider=None,
                    ledger=ours,
                    explanation=words,
                    reference=payment.reference,
                    provider_id=payment.provider_id,
                    payment=payment,
                )
            )
        elif charge.paid_at is None or local_day(charge.paid_at) == outcome.day:
            count_listed(outcome, charge, Amount(charge.amount_kobo, charge.currency))
            compare_amounts(outcome, charge, payment)


def ask_after(payment: Payment) -> tuple[Charge | None, str]:
    """Return what a provider says of a payment of ours; None, and why, where it has no money of it."""
    try:
        charge = GATEWAYS[payment.provider].verify(payment.reference)
    except GatewayRefused as refusal:
        return None, f"Asked about it, the provider refused: {refusal.words}"
    if charge is None:
        return None, "The provider knows of no payment under this reference."
    if charge.state not in CAME_IN:
        return None, f"The provider says of it: {charge.words}"
    return charge, "No money moved there."
