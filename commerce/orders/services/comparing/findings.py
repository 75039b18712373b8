"""Writing what a comparison has found: each difference once, and those that are gone as resolved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from commerce.orders.services.comparing.outcome import Found, Outcome
from commerce.payments.models import Attention, Difference, Payment, PaymentComparison, Resolution
from zuka.platform.errors import Refused


class DifferenceResolved(Refused):
    """Somebody has dealt with this difference already, or it is gone."""

    code = "difference_resolved"


def keep_differences(*, comparison: PaymentComparison, outcome: Outcome) -> list[Difference]:
    """Write what was found in the caller's transaction; return what is new, or there again.

    What staff have dealt with stays so while it is the same. What is not found any more is resolved.
    """
    known = {(each.kind, each.subject_key): each for each in comparison.differences.select_for_update()}
    fresh, touched = [], set()
    for found in outcome.found:
        difference = known.pop((found.kind, found.subject_key), None)
        row, is_new = keep_one(comparison, difference, found, outcome.at)
        touched.add(row.payment_id)
        if is_new:
            fresh.append(row)
    gone = [each for each in known.values() if each.resolved_at is None]
    for difference in gone:
        resolve(difference, Resolution.AGREES, at=outcome.at)
        touched.add(difference.payment_id)
    mark_payments(pk for pk in touched if pk)
    return fresh


def keep_one(
    comparison: PaymentComparison, difference: Difference | None, found: Found, at: datetime
) -> tuple[Difference, bool]:
    """Write one difference; return it, and whether staff have something new to look at."""
    amounts = {
        "provider_kobo": found.provider.kobo if found.provider else None,
        "provider_currency": found.provider.currency if found.provider else "",
        "ledger_kobo": found.ledger.kobo if found.ledger else None,
        "ledger_currency": found.ledger.currency if found.ledger else "",
    }
    is_new = difference is None
    if difference is None:
        difference = Difference(
            comparison=comparison, kind=found.kind, subject_key=found.subject_key, found_at=at, **amounts
        )
    elif difference.resolved_at is not None:
        is_same = all(getattr(difference, name) == value for name, value in amounts.items())
        if difference.resolution != Resolution.STAFF or not is_same:
            difference.resolved_at, difference.resolution, difference.resolved_by = None, "", None
            is_new = True
    for name, value in amounts.items():
        setattr(difference, name, value)
    difference.reference, difference.provider_id = found.reference, found.provider_id
    difference.payment, difference.refund = found.payment, found.refund
    difference.explanation, difference.seen_at = found.explanation[:500], at
    difference.save()
    return difference, is_new


def resolve(
    difference: Difference, resolution: Resolution, *, at: datetime, by_id: UUID | None = None, note: str = ""
) -> None:
    """Note why a difference is none any more."""
    difference.resolved_at, difference.resolution = at, resolution
    difference.resolved_by_id, difference.note = by_id, note or difference.note
    difference.save(update_fields=["resolved_at", "resolution", "resolved_by", "note"])


def mark_payments(payment_ids: Iterable[int]) -> None:
    """Put payments that differ among those that need attention, and take those away that do no more."""
    wanted = set(payment_ids)
    differing = set(Difference.objects.unresolved().filter(payment__in=wanted).values_list("payment_id", flat=True))
    Payment.objects.filter(pk__in=differing, attention="").update(attention=Attention.DIFFERS)
    Payment.objects.filter(pk__in=wanted - differing, attention=Attention.DIFFERS).update(attention="")


@transaction.atomic
def resolve_difference(*, difference: Difference, note: str, at: datetime, by_id: UUID | None) -> Difference:
    """Let staff say that a difference is dealt with, and how. Raises `DifferenceResolved`."""
    row = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
    if row.resolved_at is not None:
        raise DifferenceResolved("This difference is resolved already.")
    resolve(row, Resolution.STAFF, at=at, by_id=by_id, note=note)
    if row.payment_id:
        mark_payments([row.payment_id])
    return row


@transaction.atomic
def resolve_differences_of(*, payment: Payment, at: datetime, by_id: UUID | None) -> None:
    """Resolve all differences of a payment that staff say is dealt with."""
    for row in payment.differences.unresolved().select_for_update(of=("self",)):
        resolve(row, Resolution.STAFF, at=at, by_id=by_id, note="Dealt with on the payment's page.")
