"""Sending what waits in the outbox."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from email.utils import formataddr, parseaddr
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction

from zuka.platform.mail.files import PicturedMail, files_of
from zuka.platform.mail.models import MailStatus, OutgoingMail
from zuka.platform.mail.suppressing import is_suppressed

log = structlog.get_logger(__name__)
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
MOST_ATTEMPTS = len(BACKOFF) + 1
SERVER_AWAY = timedelta(minutes=1)
# A run ends long before the lease of its last mail: one mail takes some timeouts of 20 seconds at worst.
LEASE, RUN_SECONDS = timedelta(minutes=10), 50
# What could not leave for so long is no news any more, for example after a shop gets its mail server late.
NEWS = timedelta(days=3)
ERROR_LENGTH = 500


def send_waiting_mails(*, at: datetime) -> int:
    """Send the mails whose time has come; return how many left. Any number of workers may run this at once.

    Each mail is claimed by a lease that is committed before the server is spoken to, so two workers never send one
    twice. A process that dies between the server's yes and our commit leaves the lease to run out, and then the mail
    goes a second time, under the same Message-ID: the one case in which it does. What the server refuses is tried
    again after 1, 5 and 30 minutes, 2 and 6 hours, then it has failed. A server that cannot be reached, or does not
    let us in, ends the run, and is no attempt of a mail. Nothing happens without EMAIL_URL.
    """
    if not settings.EMAIL_URL:
        return 0
    give_up_late(at=at)
    ends, sent = monotonic() + RUN_SECONDS, 0
    connection = get_connection()
    try:
        while monotonic() < ends and (mail := claim_mail(at=at)):
            if mail.status != MailStatus.SENDING:
                continue
            if not reach_server(mail, connection, at=at):
                break
            sent += deliver_mail(mail, connection, at=at)
    finally:
        connection.close()
    return sent


def give_up_late(*, at: datetime) -> int:
    """Let mails that have waited for three days fail; return how many."""
    late = OutgoingMail.objects.due(at).filter(queued_at__lt=at - NEWS)
    return late.update(status=MailStatus.FAILED, last_error="It waited for three days.", updated_at=at)


@transaction.atomic(durable=True)
def claim_mail(*, at: datetime) -> OutgoingMail | None:
    """Return the next mail that is due, leased to this worker, or ended: suppressed, or failed. None when none is."""
    due = OutgoingMail.objects.due(at).order_by("next_attempt_at", "id")
    mail = due.select_for_update(skip_locked=True).first()  # another worker sends it
    if mail is None:
        return None
    if is_suppressed(mail.recipient):
        mail.status = MailStatus.SUPPRESSED
    elif mail.attempts >= MOST_ATTEMPTS:
        mail.status, mail.last_error = MailStatus.FAILED, "Its sender died over it each time."
    else:
        mail.status, mail.next_attempt_at = MailStatus.SENDING, at + LEASE
        mail.attempts += 1
    mail.save(update_fields=["status", "attempts", "next_attempt_at", "last_error", "updated_at"])
    return mail


def reach_server(mail: OutgoingMail, connection: Any, *, at: datetime) -> bool:
    """Say whether the server takes mails; if not, give back the one that was claimed, without counting it."""
    try:
        connection.open()
    except Exception as error:  # noqa: BLE001 - sockets, TLS and SMTP each fail in their own way
        log.warning("mail.server_away", error=str(error))
        note_failure(mail, error, at=at, wait=SERVER_AWAY, attempts=mail.attempts - 1)
        return False
    return True


def deliver_mail(mail: OutgoingMail, connection: Any, *, at: datetime) -> bool:
    """Hand a leased mail to the server and write down what came of it; say whether it left."""
    try:
        compose_mail(mail, connection).send()
    except Exception as error:  # noqa: BLE001 - one mail that cannot be sent must not keep the others
        connection.close()
        wait = BACKOFF[mail.attempts - 1] if mail.attempts < MOST_ATTEMPTS else None
        log.warning("mail.refused", mail=mail.pk, attempts=mail.attempts, error=type(error).__name__)
        note_failure(mail, error, at=at, wait=wait, attempts=mail.attempts)
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(status=MailStatus.SENT, sent_at=at, last_error="", updated_at=at)
    return True


def note_failure(mail: OutgoingMail, error: Exception, *, at: datetime, wait: timedelta | None, attempts: int) -> None:
    """Queue a mail again after a while, or let it fail, unless another worker has it since our lease ran out."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, status=MailStatus.SENDING, attempts=mail.attempts)
    ours.update(
        status=MailStatus.QUEUED if wait else MailStatus.FAILED,
        attempts=attempts,
        next_attempt_at=at + (wait or timedelta()),
        last_error=f"{type(error).__name__}: {error}".replace("\x00", "")[:ERROR_LENGTH],
        updated_at=at,
    )


def compose_mail(mail: OutgoingMail, connection: Any) -> PicturedMail:
    """Return a mail for the server. Its Message-ID is made of its key: a second copy can be told for one."""
    name, address = parseaddr(settings.MAIL_FROM)
    message_id = hashlib.sha256(mail.key.encode()).hexdigest()[:32]
    message = PicturedMail(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((name or settings.SHOP_NAME, address)),
        to=[mail.recipient],
        connection=connection,
        files=files_of(mail),
        headers={
            **mail.headers,
            "Message-ID": f"<{message_id}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message
