"""Sending reports that are due: each once, however many workers look for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction
from django.urls import reverse

from analytics.report import presentation
from analytics.report.mailing.boards import compose_mail
from analytics.report.mailing.calendar import latest_due, next_due
from analytics.report.mailing.composing import MailedReport
from analytics.report.mailing.leaving import base_url, leaving_link
from analytics.report.query import TooSlow
from analytics.store.models.subscriptions import ReportDelivery, ReportRecipient, ReportSubscription
from zuka.platform.errors import Refused
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.queueing import queue_mail

log = structlog.get_logger(__name__)
MAY_SEE = "analytics.view_report"
AT_ONCE = 50
AGAIN, MOST_ATTEMPTS = timedelta(minutes=15), 3


def send_due_reports(*, at: datetime) -> int:
    """Queue the mails of the subscriptions that are due; return how many mails.

    What was missed, because no worker ran, is sent once: the latest. Any number of workers may run this at once.
    """
    due = ReportSubscription.objects.filter(is_active=True, next_attempt_at__lte=at)
    found = list(due.order_by("next_attempt_at", "id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(send_due_report(pk, at=at) for pk in found)


def send_due_report(pk: int, *, at: datetime) -> int:
    """Queue a subscription's mails, note it and set when the next is due, all in one transaction; return how many."""
    try:
        with transaction.atomic():
            subscription = claim(pk, at=at)
            return deliver(subscription, at=at) if subscription else 0
    except Exception as error:  # one report that cannot be made must not keep the others
        if isinstance(error, Refused):
            note_failure(pk, error.message, at=at, is_final=not isinstance(error, TooSlow))
        else:
            log.exception("report_mail.failed", subscription=pk)
            note_failure(pk, f"Something went wrong ({type(error).__name__}); the log has it.", at=at, is_final=False)
        return 0


def claim(pk: int, *, at: datetime) -> ReportSubscription | None:
    """Return a subscription that is due, locked for this worker; None when another has it."""
    due = ReportSubscription.objects.filter(pk=pk, is_active=True, next_attempt_at__lte=at)
    return due.select_for_update(skip_locked=True).first()  # another worker sends it


def deliver(subscription: ReportSubscription, *, at: datetime) -> int:
    """Queue the mails of a claimed subscription. Raises Refused, and whatever making a report can raise."""
    due = latest_due(subscription, at=at)
    people = entitled(subscription)
    if people:
        report = compose_mail(subscription, due=due, now=at)
        for each in people:
            key = f"report:{subscription.pk}:{due:%Y%m%dT%H%M%z}:{each.pk}"
            queue_report(report, subscription, key=key, recipient=each, at=at)
    outcome = ReportDelivery.Outcome.SENT if people else ReportDelivery.Outcome.NOBODY
    message = left_out(subscription, people)
    note_delivery(subscription, due, made_at=at, outcome=outcome, mails=len(people), message=message)
    schedule(subscription, at=at)
    return len(people)


def schedule(subscription: ReportSubscription, *, at: datetime) -> None:
    """Set when a subscription is due next."""
    subscription.due_at = subscription.next_attempt_at = next_due(subscription, at=at)
    subscription.attempts = 0
    subscription.save(update_fields=["due_at", "next_attempt_at", "attempts", "updated_at"])


def may_see(user: Any) -> bool:
    """Say whether a person may see reports now."""
    return bool(user.is_active and user.is_staff and user.has_perm(MAY_SEE))


def entitled(subscription: ReportSubscription) -> list[ReportRecipient]:
    """Return who gets a report: staff who may see reports, and addresses that somebody who may has vouched for."""
    rows = subscription.recipients.filter(ended_at=None).select_related("user", "confirmed_by")
    return [each for each in rows if may_see(each.user or each.confirmed_by) and address_of(each)]


def address_of(recipient: ReportRecipient) -> str:
    """Return where a recipient is mailed; empty for staff without an e-mail address."""
    return recipient.address or (recipient.user.email if recipient.user else "") or ""


def left_out(subscription: ReportSubscription, people: list[ReportRecipient]) -> str:
    """Return who did not get it although they are on the list, in a sentence."""
    rows = subscription.recipients.filter(ended_at=None).select_related("user")
    names = [str(each) for each in rows if each not in people]
    return f"Not to {', '.join(names)}: they may not see reports."[:500] if names else ""


def note_delivery(subscription: ReportSubscription, due: datetime, **columns: Any) -> None:
    """Write down what became of a sending."""
    ReportDelivery.objects.update_or_create(subscription=subscription, due_at=due, defaults=columns)


@transaction.atomic
def note_failure(pk: int, reason: str, *, at: datetime, is_final: bool) -> None:
    """Write down why a report was not sent, and try it again in a quarter of an hour, three times in all."""
    subscription = claim(pk, at=at)
    if subscription is None:
        return
    attempts, due = subscription.attempts + 1, latest_due(subscription, at=at)
    note_delivery(subscription, due, made_at=at, outcome=ReportDelivery.Outcome.FAILED, mails=0, message=reason[:500])
    if is_final or attempts >= MOST_ATTEMPTS:
        schedule(subscription, at=at)
    else:
        subscription.attempts, subscription.next_attempt_at = attempts, at + AGAIN
        subscription.save(update_fields=["attempts", "next_attempt_at", "updated_at"])


def queue_report(
    report: MailedReport, subscription: ReportSubscription, *, key: str, recipient: ReportRecipient, at: datetime
) -> OutgoingMail:
    """Queue a report to one recipient, with a link that ends it for them."""
    leaving = leaving_link(recipient)
    headers = {"List-Unsubscribe": f"<{leaving}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return queue_mail(
        key=key,
        template=report.template.name,
        recipient=address_of(recipient),
        context={"name": recipient.user.name if recipient.user else "", **report.context},
        at=at,
        links={"opt_out_link": leaving, "link": page_link(subscription) if recipient.user else ""},
        headers=headers if leaving else {},
        attachments=report.attachments,
    )


def page_link(subscription: ReportSubscription) -> str:
    """Return the address of the report's page; empty while the shop has not said where it is."""
    base = base_url()
    named = ("dashboard", subscription.dashboard) if subscription.dashboard else ("report", subscription.report)
    return base and base + presentation.with_params(reverse(f"admin:{named[0]}", args=[named[1]]), subscription.params)


def send_now(*, subscription: ReportSubscription, user: Any, at: datetime) -> OutgoingMail:
    """Queue a report to one member of staff, beside its schedule. Raises Refused."""
    report = compose_mail(subscription, due=at, now=at)
    return queue_mail(
        key=f"report:{subscription.pk}:now:{uuid4()}",
        template=report.template.name,
        recipient=user.email or "",
        context={"name": user.name, **report.context},
        at=at,
        links={"link": page_link(subscription)},
        attachments=report.attachments,
    )
