"""The comparisons of the last weeks: invented payments agree with providers that never heard of them.

Up to the present day, so that the job begins with the next one: the practice providers know what is paid from now on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from commerce.payments.models import ONLINE, ComparisonStatus, PaymentComparison, RefundStatus
from zuka.demo.orders import Bought
from zuka.platform.clock import day_bounds, local_day

DAYS = 30


def compared_days(bought: Iterable[Bought], *, until: datetime) -> Sequence[PaymentComparison]:
    """Return a finished comparison of each provider and day, the oldest first."""
    last = local_day(until)
    rows: dict[tuple[str, date], PaymentComparison] = {
        (provider, day): empty_day(provider, at=min(day_bounds(day)[1] + timedelta(hours=1), until), day=day)
        for day in (last - timedelta(days=number) for number in reversed(range(DAYS)))
        for provider in ONLINE
    }
    for each in bought:
        for payment in each.payments:
            row = rows.get((payment.provider, local_day(payment.captured_at))) if payment.captured_at else None
            if row and payment.is_received:
                row.provider_count, row.ledger_count = row.provider_count + 1, row.ledger_count + 1
                row.provider_kobo = row.ledger_kobo = row.ledger_kobo + payment.amount_kobo
                row.fee_kobo += payment.fee_kobo
        for refund in each.refunds:
            row = rows.get((refund.payment.provider, local_day(refund.created_at)))
            if row and refund.status == RefundStatus.SUCCEEDED:
                row.provider_refund_count, row.ledger_refund_count = (row.ledger_refund_count + 1,) * 2
                row.provider_refund_kobo = row.ledger_refund_kobo = row.ledger_refund_kobo + refund.amount_kobo
    return list(rows.values())


def empty_day(provider: str, *, day: date, at: datetime) -> PaymentComparison:
    """Return a comparison of a day on which nothing was paid."""
    finished = ComparisonStatus.FINISHED
    return PaymentComparison(
        provider=provider, money_date=day, status=finished, created_at=at, started_at=at, finished_at=at
    )
