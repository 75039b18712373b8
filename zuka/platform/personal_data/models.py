"""Requests to export or erase what is kept of a person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class RequestStatus(models.TextChoices):
    """Where a request stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "No longer kept"


OPEN = (RequestStatus.WAITING, RequestStatus.RUNNING)


class AskedBy(models.TextChoices):
    """Who asked."""

    OWNER = "owner", "The person"
    STAFF = "staff", "Staff"
    COMMAND = "command", "A command"


class PersonalDataRequest(models.Model):
    """What both kinds of requests have. `subject_hash` is a keyed hash of the person: who has the shop's secret key can
    say that somebody was it, and nobody can read who. `person` says who is meant until the request is over, then
    nothing. `progress` counts rows by place (`personal_data/declaring.py`) of those that are done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_hash = models.CharField(max_length=64, editable=False)
    person = models.JSONField(default=dict, editable=False)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.WAITING)
    asked_by = models.CharField(max_length=10, choices=AskedBy)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="asked by"
    )
    reason = models.CharField(max_length=300, blank=True, default="")
    progress = models.JSONField(default=dict, editable=False)
    failure = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField("asked for")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ErasureRequest(PersonalDataRequest):
    """A person who is to be erased, or was. One is under way for a person at a time.

    `failures` counts what went wrong; `waits` how often in a row it waited at one place for something of the shop's.
    """

    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    waits = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        db_table = "platform_erasure_request"
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = "erasure"
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="erasure_open", condition=Q(status__in=["waiting", "running"])),
            models.Index(fields=["-created_at", "-id"], name="erasure_latest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="erasure_status"),
            models.CheckConstraint(condition=Q(asked_by__in=AskedBy.values), name="erasure_asked_by"),
            models.CheckConstraint(condition=~Q(status="done") | Q(person={}), name="erasure_done_names_nobody"),
            models.UniqueConstraint(
                fields=["subject_hash"], condition=Q(status__in=["waiting", "running"]), name="erasure_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {str(self.pk)[:8]}, {self.get_status_display().lower()}"


class DataExport(PersonalDataRequest):
    """A file with what is kept of a person, for them: made by a worker, kept PERSONAL_DATA_DAYS.

    `owner` is the account that asked for its own; only they can have the file, else only who asked among staff.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", editable=False
    )
    file_name = models.CharField(max_length=120, blank=True, default="", editable=False)
    size = models.BigIntegerField("bytes", null=True, blank=True)
    expires_at = models.DateTimeField("kept until", null=True, blank=True)

    class Meta:
        db_table = "platform_data_export"
        ordering: ClassVar = ["-created_at", "-id"]
        verbose_name = "export of a person's data"
        verbose_name_plural = "exports of people's data"
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"], name="data_export_open", condition=Q(status__in=["waiting", "running"])
            ),
            models.Index(fields=["-created_at", "-id"], name="data_export_latest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="data_export_status"),
            models.CheckConstraint(condition=Q(asked_by__in=AskedBy.values), name="data_export_asked_by"),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(size__isnull=False, expires_at__isnull=False) & ~Q(file_name="")),
                name="data_export_done_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"export {str(self.pk)[:8]}, {self.get_status_display().lower()}"
