from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q


class MailStatus(models.TextChoices):
    """Where a mail stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


WAITING = [MailStatus.QUEUED, MailStatus.SENDING]


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Reads of mails."""

    def due(self, at: datetime) -> Self:
        """Mails to be tried now: those whose time has come, and those whose sender has died over them."""
        return self.filter(status__in=WAITING, next_attempt_at__lte=at)


class OutgoingMail(models.Model):
    """A mail to one person, as it is sent. Its key names what caused it, so that it is queued once.

    `context` holds the facts it was made of, without links that open something. While it is being sent,
    `next_attempt_at` is the end of the sender's lease. Of an old one recipient and content are empty: it was forgotten.
    """

    key = models.CharField(max_length=200, unique=True, help_text="What caused it: order.placed:ZUKA-2026-000123.")
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    headers = models.JSONField(default=dict, db_default={}, help_text="Beside the usual ones.")
    attachments = models.JSONField(default=list, db_default=[], help_text="Names, kinds and digests of its files.")
    status = models.CharField(max_length=10, choices=MailStatus, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        db_table = "platform_outgoing_mail"
        verbose_name = "mail"
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outgoing_mail_due",
                condition=Q(status__in=["queued", "sending"]),
            ),
            models.Index(fields=["status", "-id"], name="outgoing_mail_status"),
            models.Index(fields=["queued_at"], name="outgoing_mail_kept", condition=~Q(recipient="")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=MailStatus.values), name="outgoing_mail_status_known"),
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False), name="outgoing_mail_sent_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class MailFile(models.Model):
    """A file of one mail or more, found by the SHA-256 of its content; `used_at` is when the last was queued."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    used_at = models.DateTimeField()

    class Meta:
        db_table = "platform_mail_file"
        indexes: ClassVar = [models.Index(fields=["used_at"], name="mail_file_used")]

    def __str__(self) -> str:
        return self.digest[:8]


class Suppression(models.Model):
    """An address that gets no mail. Of a person who was erased only the hash is kept, so the address is empty."""

    class Reason(models.TextChoices):
        OPTED_OUT = "opted_out", "Opted out"
        BOUNCED = "bounced", "The address does not exist"
        COMPLAINED = "complained", "Reported us as spam"
        ERASED = "erased", "Erased"

    address = models.EmailField(blank=True, default="")
    address_hash = models.CharField(max_length=64, unique=True, editable=False)
    reason = models.CharField(max_length=10, choices=Reason)
    suppressed_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "platform_suppression"
        verbose_name = "address without mail"
        verbose_name_plural = "addresses without mail"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reason__in=["opted_out", "bounced", "complained", "erased"]), name="suppression_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.address or f"erased ({self.address_hash[:8]}…)"
