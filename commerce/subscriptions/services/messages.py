"""What providers' messages and lists are asked about subscriptions: the ledger beside that of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from commerce.orders.services import NotYet
from commerce.payments.gateways import ListedRefund, Notice
from commerce.payments.services import Known
from commerce.subscriptions.models import ChargeStatus, SubscriptionCharge
from commerce.subscriptions.services.asking import ChargeUnderWay, settle_charge
from commerce.subscriptions.services.matching import take_listed
from commerce.subscriptions.services.refunding import hear_of_refund


class SubscriptionLedger:
    """Charges of subscriptions, as messages and lists of providers name them."""

    def handle(self, *, provider: str, notice: Notice, at: datetime) -> str | None:
        """Ask what became of the charge that a message names, and apply it; a refund's is matched with its refund.

        Raises `NotYet` while the provider does not know of the end, `GatewayUnavailable`, `GatewayRefused`.
        """
        reference = notice.refund.payment_reference if notice.refund else notice.charge_reference
        rows = SubscriptionCharge.objects.select_related("invoice__subscription", "invoice__plan")
        charge = rows.filter(provider=provider, reference=reference).first()
        if charge is None:
            return None
        try:
            charge = settle_charge(charge=charge, at=at)
        except ChargeUnderWay as busy:
            raise NotYet from busy
        if charge.status == ChargeStatus.PENDING:
            raise NotYet
        if notice.refund is None or charge.status != ChargeStatus.PAID:
            return f"charge {charge.status}"
        refund = hear_of_refund(
            charge_id=charge.pk, amount_kobo=notice.refund.amount_kobo, answer=notice.refund.answer, at=at
        )
        return f"refund {refund.status}" if refund else "refund not ours"

    def received(self, *, provider: str, references: Iterable[str]) -> Mapping[str, Known]:
        """Return what came in of some charges."""
        named = list(references)
        rows = SubscriptionCharge.objects.filter(reference__in=named, provider=provider, status=ChargeStatus.PAID)
        return {row.reference: Known(row.provider_id, row.amount_kobo, row.currency) for row in rows}

    def take_refunds(self, *, provider: str, refunds: Iterable[ListedRefund], at: datetime) -> set[str]:
        """Apply the listed refunds that are of our charges; return the ids of those that agree with our rows then."""
        return take_listed(provider=provider, refunds=refunds, at=at)
