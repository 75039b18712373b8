"""Comparing a day's refunds: each with ours, then the day's refunds of ours that the provider has none for."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from commerce.orders.services.comparing.charges import MOST_ASKED
from commerce.orders.services.comparing.listing import AROUND, DayList
from commerce.orders.services.comparing.outcome import Amount, Found, Outcome, words_of
from commerce.orders.services.refunding import apply_refund, hear_of_refund
from commerce.orders.services.timeline import lock_order
from commerce.payments.gateways import GATEWAYS, GatewayRefused, ListedRefund, RefundState
from commerce.payments.models import DifferenceKind, Payment, Refund, RefundStatus
from zuka.platform.actor import NOBODY
from zuka.platform.clock import day_bounds, local_day


def compare_refunds(outcome: Outcome, listed: DayList) -> None:
    """Compare what a provider lists as given back with our refunds. Raises GatewayUnavailable."""
    if listed.refunds is None:
        return
    real = [each for each in listed.refunds if settings.PAYMENTS_TEST_MODE or not each.is_test]
    finder = PaymentFinder(outcome.provider, [*real, *listed.refunds_beside])
    outcome.open_refund_count = sum(each.answer.state == RefundState.OPEN for each in real)
    # Those that failed last: of two with one amount the one that failed must not take the other's place.
    for state, compare in (
        (RefundState.DONE, compare_done),
        (RefundState.OPEN, compare_open),
        (RefundState.FAILED, compare_failed),
    ):
        for refund in sorted(real, key=lambda each: each.provider_id):
            if refund.answer.state == state:
                compare(outcome, refund, finder.payment_of(refund))
    compare_unlisted(outcome, listed, finder)


class PaymentFinder:
    """Finds the payments that refunds are of: by the reference, else by the provider's id of the charge."""

    def __init__(self, provider: str, refunds: Iterable[ListedRefund]) -> None:
        refunds = list(refunds)
        named = Q(reference__in=[each.payment_reference for each in refunds if each.payment_reference])
        with_id = Q(provider_id__in=[each.charge_id for each in refunds if not each.payment_reference])
        found = list(Payment.objects.filter(named | with_id, provider=provider).order_by("id")) if refunds else []
        self.by_reference = {payment.reference: payment for payment in found}
        self.by_id = {payment.provider_id: payment for payment in found}

    def payment_of(self, refund: ListedRefund) -> Payment | None:
        """Return the payment that a refund is of; None for one that is not ours, or whose money we do not have."""
        if refund.payment_reference:
            payment = self.by_reference.get(refund.payment_reference)
        else:
            payment = self.by_id.get(refund.charge_id)
        if payment:
            payment.refresh_from_db()
        return payment if payment and payment.is_received else None


@transaction.atomic
def claim(payment: Payment, listed: ListedRefund, status: RefundStatus = RefundStatus.SUCCEEDED) -> Refund | None:
    """Return our refund that a listed one is, and remember that it is; None where we have none.

    Found by what an earlier comparison remembered, by the provider's name for it, else by its amount among those in a
    status, of which one that is not done was begun here no later than there.
    """
    lock_order(payment.order_id)
    name = listed.answer.reference
    refunds = payment.refunds.order_by("id")
    known = refunds.filter(Q(listed_id=listed.provider_id) | (Q(provider_reference=name) & ~Q(provider_reference="")))
    alike = refunds.filter(status=status, listed_id="", amount_kobo=listed.amount_kobo)
    if status != RefundStatus.SUCCEEDED:
        alike = alike.filter(created_at__lte=listed.made_at + AROUND)
    refund = known.first() or (alike.filter(provider_reference="") if name else alike).first()
    if refund and not refund.listed_id:
        refund.listed_id = listed.provider_id
        refund.save(update_fields=["listed_id", "updated_at"])
    return refund


def compare_done(outcome: Outcome, listed: ListedRefund, payment: Payment | None) -> None:
    """Compare what went back at the provider with ours; what we have not heard of is recorded as by its message."""
    theirs = Amount(listed.amount_kobo, payment.currency if payment and not listed.currency else listed.currency)
    outcome.listed_refunds.add(theirs)
    if payment is None:
        words = "It is of no payment whose money we have."
        differ(outcome, DifferenceKind.UNKNOWN_REFUND, listed, theirs=theirs, words=words)
        return
    refund = claim(payment, listed)
    if refund is None:
        heard = hear_of_refund(
            payment=payment,
            amount_kobo=listed.amount_kobo,
            answer=listed.answer,
            at=outcome.at,
            actor=NOBODY,
            is_listed=True,
        )
        outcome.settled_count += heard is not None and heard.status == RefundStatus.SUCCEEDED
        refund = claim(payment, listed)
    elif refund.status != RefundStatus.SUCCEEDED:
        refund = apply_refund(refund=refund, answer=listed.answer, at=outcome.at, actor=NOBODY)
        outcome.settled_count += refund.status == RefundStatus.SUCCEEDED
    if refund is None or refund.status != RefundStatus.SUCCEEDED:
        words = "Our payment has no room for it: more went back than came in."
        differ(outcome, DifferenceKind.UNKNOWN_REFUND, listed, theirs=theirs, words=words, payment=payment)
        return
    ours = Amount(refund.amount_kobo, refund.currency)
    outcome.ledger_refunds.add(ours)
    if ours != theirs:
        kind, words = DifferenceKind.REFUND_AMOUNT, words_of(theirs, ours)
        differ(outcome, kind, listed, theirs=theirs, words=words, payment=payment, refund=refund)


def compare_open(_outcome: Outcome, listed: ListedRefund, payment: Payment | None) -> None:
    """Remember which of ours one is that is under way, so that no other of its amount ends it."""
    if payment:
        claim(payment, listed, RefundStatus.PENDING)


def compare_failed(outcome: Outcome, listed: ListedRefund, payment: Payment | None) -> None:
    """Compare what did not go back: ours that is under way has failed; one that we say went back differs."""
    if payment is None:
        return
    refund = claim(payment, listed, RefundStatus.FAILED) or claim(payment, listed, RefundStatus.PENDING)
    if refund is None:
        return
    if refund.status == RefundStatus.PENDING:
        apply_refund(refund=refund, answer=listed.answer, at=outcome.at, actor=NOBODY)
    elif refund.status == RefundStatus.SUCCEEDED:
        outcome.ledger_refunds.add(Amount(refund.amount_kobo, refund.currency))
        words = f"The provider says of it: {listed.answer.words or 'failed'}"
        differ(
            outcome,
            DifferenceKind.REFUND_NOT_LISTED,
            listed,
            theirs=None,
            words=words,
            payment=payment,
            refund=refund,
        )


def differ(
    outcome: Outcome,
    kind: DifferenceKind,
    listed: ListedRefund,
    *,
    theirs: Amount | None,
    words: str,
    payment: Payment | None = None,
    refund: Refund | None = None,
) -> None:
    """Note a difference about a listed refund."""
    outcome.found.append(
        Found(
            kind=kind,
            subject_key=f"refund:{listed.provider_id}",
            provider=theirs,
            ledger=Amount(refund.amount_kobo, refund.currency) if refund else None,
            explanation=words,
            reference=payment.reference if payment else listed.payment_reference,
            provider_id=listed.provider_id,
            payment=payment,
            refund=refund,
        )
    )


def compare_unlisted(outcome: Outcome, listed: DayList, finder: PaymentFinder) -> None:
    """Look for the day's refunds of ours that no listed one is: beside the day, then among those of their charge."""
    for beside in listed.refunds_beside:
        payment = finder.payment_of(beside)
        if payment and beside.answer.state == RefundState.DONE:
            claim(payment, beside)
    since, until = day_bounds(outcome.day)
    ours = Refund.objects.filter(payment__provider=outcome.provider, status=RefundStatus.SUCCEEDED, listed_id="")
    # Not by when they were begun: they may wait for approval, or be said to have gone, days later.
    rest = ours.filter(refunded_at__gte=since, refunded_at__lt=until).select_related("payment").order_by("id")
    for number, refund in enumerate(rest):
        if number < MOST_ASKED and is_found_elsewhere(outcome, refund):
            continue
        amount = Amount(refund.amount_kobo, refund.currency)
        outcome.ledger_refunds.add(amount)
        outcome.found.append(
            Found(
                kind=DifferenceKind.REFUND_NOT_LISTED,
                subject_key=f"our-refund:{refund.pk}",
                provider=None,
                ledger=amount,
                explanation="The provider lists no such refund of this payment.",
                reference=refund.payment.reference,
                payment=refund.payment,
                refund=refund,
            )
        )


def is_found_elsewhere(outcome: Outcome, refund: Refund) -> bool:
    """Ask for the refunds of a charge; say whether ours is one of them, and remember it: mostly one of another day."""
    payment = refund.payment
    try:
        found = GATEWAYS[payment.provider].find_refunds(reference=payment.reference, provider_id=payment.provider_id)
    except GatewayRefused:  # it knows of no such charge, so of no refund of it: that is the difference
        return False
    for listed in sorted(found, key=lambda each: each.provider_id):
        taken = claim(payment, listed) if listed.answer.state == RefundState.DONE else None
        if taken and taken.pk == refund.pk:
            if local_day(listed.made_at) == outcome.day:
                outcome.listed_refunds.add(Amount(listed.amount_kobo, refund.currency))
                outcome.ledger_refunds.add(Amount(refund.amount_kobo, refund.currency))
            return True
    return False
