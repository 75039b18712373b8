"""Forgetting old mails: personal data does not stay for ever, but that something was sent does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from zuka.platform.live_settings.reading import live
from zuka.platform.mail.models import WAITING, MailFile, OutgoingMail

AT_ONCE = 1000
FORGOTTEN = "This mail is no longer kept."
# What is left of a mail that is forgotten: key, kind and outcome, so that nothing is sent twice.
EMPTIED: dict[str, Any] = {
    "recipient": "",
    "subject": F("template"),
    "context": {},
    "headers": {},
    "attachments": [],
    "text": FORGOTTEN,
    "html": FORGOTTEN,
    "last_error": "",
}


def forget_old_mails(*, at: datetime) -> int:
    """Drop recipient, facts, subject and content of mails that were queued MAIL_RETENTION_DAYS ago; return how many.

    Key, kind and outcome stay, so nothing is sent twice. Mails that wait are left alone.
    """
    limit = at - timedelta(days=live.MAIL_RETENTION_DAYS)
    old = OutgoingMail.objects.filter(queued_at__lt=limit).exclude(recipient="").exclude(status__in=WAITING)
    forgotten = 0
    while keys := list(old.order_by("queued_at").values_list("pk", flat=True)[:AT_ONCE]):
        forgotten += old.filter(pk__in=keys).update(**EMPTIED, updated_at=at)
    MailFile.objects.filter(used_at__lt=limit).exclude(digest__in=waiting_files()).delete()
    return forgotten


def waiting_files() -> list[str]:
    """Return which files mails that wait need."""
    waiting = OutgoingMail.objects.filter(status__in=WAITING).exclude(attachments=[])
    return [each["digest"] for files in waiting.values_list("attachments", flat=True) for each in files]
