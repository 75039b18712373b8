"""Reports by mail, of tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from analytics.report.mailing import next_due
from analytics.store.models import ReportDelivery, ReportRecipient, ReportSubscription
from tests.rollup.story import at
from zuka.platform.mail.models import OutgoingMail

MONDAY = at(date(2026, 11, 23), 7, 15)


def subscribe(owner: Any, *people: Any, **columns: Any) -> ReportSubscription:
    """The revenue of the week, each Monday at seven; due a quarter of an hour ago."""
    asked = {"report": "revenue", "formats": ["csv"], "owner": owner, "created_at": MONDAY}
    row = ReportSubscription(**{**asked, **columns})
    row.due_at = row.next_attempt_at = next_due(row, at=MONDAY - timedelta(hours=1))
    row.save()
    for person in people or (owner,):
        add(row, person, owner)
    return row


def add(row: ReportSubscription, person: Any, owner: Any) -> ReportRecipient:
    """One more who gets it: a member of staff, or an address that the owner vouches for."""
    if isinstance(person, str):
        return ReportRecipient.objects.create(subscription=row, address=person, confirmed_by=owner)
    return ReportRecipient.objects.create(subscription=row, user=person)


def sent_to() -> list[str]:
    return list(OutgoingMail.objects.order_by("id").values_list("recipient", flat=True))


def outcomes() -> list[tuple[str, int, str]]:
    return list(ReportDelivery.objects.order_by("id").values_list("outcome", "mails", "message"))
