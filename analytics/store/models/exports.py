"""Exports that a worker writes: who asked for what, how far it is, and where the file is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class ExportStatus(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being written"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "No longer kept"


OPEN = (ExportStatus.WAITING, ExportStatus.RUNNING)


class ExportQuerySet(models.QuerySet["ExportJob"]):
    """Reads of exports."""

    def open(self) -> Self:
        """Exports that are not over."""
        return self.filter(status__in=OPEN)

    def due(self, at: datetime) -> Self:
        """Exports that a worker can take up: those that wait, and those whose worker is gone."""
        return self.filter(Q(status=ExportStatus.WAITING) | Q(status=ExportStatus.RUNNING, leased_until__lt=at))


class ExportJob(models.Model):
    """A report that a worker writes into a file.

    Who asked is a member of staff or a key, and only they can have the file. `part` is how far the file of an earlier
    attempt can be trusted, where its kind can be continued: `{file, bytes, rows, place}`. `attempts` tells the worker
    that has it from one that was thought dead.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.CharField(max_length=60)
    format = models.CharField(max_length=10)
    params = models.JSONField("parameters", default=dict)
    status = models.CharField(max_length=10, choices=ExportStatus, default=ExportStatus.WAITING)
    rows = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    part = models.JSONField(default=dict)
    leased_until = models.DateTimeField(null=True, blank=True)
    file_name = models.CharField(max_length=120, blank=True, default="")
    size = models.BigIntegerField("bytes", null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    key = models.ForeignKey("platform.ApiKey", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("asked for")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField("kept until", null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        db_table = "analytics_export_jobs"
        verbose_name = "export"
        ordering = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="export_open", condition=Q(status__in=["waiting", "running"])),
            models.Index(fields=["-created_at", "-id"], name="export_latest"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=ExportStatus.values), name="export_status"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, key__isnull=True) | Q(user__isnull=True, key__isnull=False),
                name="export_one_owner",
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | (Q(size__isnull=False, expires_at__isnull=False) & ~Q(file_name="")),
                name="export_done_has_file",
            ),
            models.CheckConstraint(condition=Q(rows__gte=0) & Q(attempts__gte=0), name="export_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.report}.{self.format}"
