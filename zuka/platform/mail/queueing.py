"""Putting mails into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from zuka.platform.mail.files import Attachment, keep_files
from zuka.platform.mail.models import MailStatus, OutgoingMail
from zuka.platform.mail.rendering import render_mail
from zuka.platform.mail.templates import find_mail_template
from zuka.platform.waking import wake_worker

SEND = "zuka.platform.tasks.send_waiting_mails"
RECIPIENT_LENGTH = 254


def queue_mail(
    *,
    key: str,
    template: str,
    recipient: str,
    context: Mapping[str, Any],
    at: datetime,
    links: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> OutgoingMail:
    """Queue a mail in the caller's transaction: it leaves when that commits, and never if it does not.

    A key that was queued before returns the first mail and changes nothing. `links` are for the texts only: an address
    that opens something is not kept beside the facts. `headers` go out beside the usual ones, and
    `attachments` with it. A recipient that is no address makes a failed mail, no error.
    """
    rendered = render_mail(find_mail_template(template), {**context, **(links or {})})
    is_right = is_address(recipient)
    mail = OutgoingMail(
        key=key,
        template=template,
        context=dict(context),
        recipient=recipient[:RECIPIENT_LENGTH],
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        headers=dict(headers or {}),
        attachments=keep_files(attachments, at=at),
        status=MailStatus.QUEUED if is_right else MailStatus.FAILED,
        last_error="" if is_right else "This is no e-mail address.",
        queued_at=at,
        next_attempt_at=at,
    )
    # Without a savepoint: one more mail costs an order two statements.
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
    transaction.on_commit(wake_sender, robust=True)
    return OutgoingMail.objects.get(key=key)


def is_address(recipient: str) -> bool:
    """Say whether a mail can be sent there."""
    try:
        validate_email(recipient)
    except ValidationError:  # the caller keeps the mail as failed, with this as its reason
        return False
    return len(recipient) <= RECIPIENT_LENGTH


def wake_sender() -> None:
    """Ask a worker to send what waits, where mails can be sent; otherwise the job of the next minute does."""
    if settings.EMAIL_URL:
        wake_worker(SEND)


def send_again(*, mail_ids: Sequence[int], at: datetime) -> int:
    """Queue mails once more, sent ones too, as if they were new; return how many. One that is being sent is left, and
    one whose content was forgotten.
    """
    chosen = OutgoingMail.objects.filter(pk__in=mail_ids).exclude(status=MailStatus.SENDING).exclude(recipient="")
    count = chosen.update(
        status=MailStatus.QUEUED, attempts=0, last_error="", queued_at=at, next_attempt_at=at, updated_at=at
    )
    transaction.on_commit(wake_sender, robust=True)
    return count
