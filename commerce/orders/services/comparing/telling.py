"""Writing to those who look after money that a comparison has found something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from commerce.orders.services.finance import finance_people
from commerce.payments.models import Difference, PaymentComparison
from zuka.platform.clock import local_day
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.money import format_money

MOST_NAMED = 10
MAIL = "payments.differences"


def tell_finance(*, comparison: PaymentComparison, fresh: Sequence[Difference], at: datetime) -> None:
    """Queue a mail to each of them about what is new: one a comparison and day, in its transaction."""
    if not fresh:
        return
    page = reverse("admin:commerce_paymentcomparison_change", args=[comparison.pk])
    context = {
        "provider": comparison.get_provider_display(),
        "day": f"{comparison.money_date:%d %B %Y}",
        "count": len(fresh),
        "sums": words_of_sums(comparison.provider_kobo, comparison.ledger_kobo, comparison.currency),
        "refund_sums": words_of_sums(
            comparison.provider_refund_kobo, comparison.ledger_refund_kobo, comparison.currency
        ),
        "differences": [words_of(each) for each in fresh[:MOST_NAMED]],
        "more": max(len(fresh) - MOST_NAMED, 0),
        "link": f"{settings.ZUKA_URL}{page}" if settings.ZUKA_URL else "",
    }
    for person in finance_people():
        key = f"{MAIL}:{comparison.provider}:{comparison.money_date}:{local_day(at)}:{person.pk}"
        queue_mail(key=key, template=MAIL, recipient=person.email or "", context=context, at=at)


def words_of_sums(theirs: int, ours: int, currency: str) -> str:
    """Return what both sides add up to."""
    return f"{format_money(theirs, currency)} there, {format_money(ours, currency)} here"


def words_of(difference: Difference) -> str:
    """Return one difference as a line of the mail."""
    return f"{difference}. {difference.explanation}"
