"""History that was brought from elsewhere: each file with how far it is, and days that came as totals alone."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class HistoryStatus(models.TextChoices):
    """Where an import of history stands."""

    READY = "ready", "Checked: look at it"
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Being imported"
    PAUSED = "paused", "Paused"
    DONE = "done", "Imported"
    FAILED = "failed", "Stopped by a problem"
    CANCELLED = "cancelled", "Cancelled"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"


# What a worker takes up, and what it then is.
WORK = (HistoryStatus.WAITING, HistoryStatus.RUNNING, HistoryStatus.UNDOING)


class HistoryQuerySet(models.QuerySet["HistoryImport"]):
    """Reads of imports."""

    def due(self, at: datetime) -> Self:
        """Imports that a worker can take up: those that wait, and those whose worker is gone."""
        free = Q(leased_until=None) | Q(leased_until__lt=at)
        waits = Q(status=HistoryStatus.WAITING) | Q(status__in=WORK) & free
        return self.filter(waits).filter(~Q(file_name="") | Q(status=HistoryStatus.UNDOING))


class HistoryImport(models.Model):
    """A file of history, imported in chunks: each chunk's events, counts and place are one transaction.

    `records` are the rows, lines or visits of the file that are done: where it goes on. `received` are the events they
    made, and received = accepted + duplicate + rejected + dropped at every moment. `source_key` is the key its events
    carry, the same for every file of one source, so that none is stored twice; `received_at`, which they carry too, is
    this import's own, so that it can be taken back. `first_at` and `last_at` are the moments between which its events
    happened. `file_name` is empty where a command reads a file of the machine. `attempts` tells the worker that has it
    from one that was thought dead; `stalled` counts those in a row that got nothing done.
    """

    name = models.CharField("file", max_length=200)
    file_name = models.CharField(max_length=80, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField("bytes")
    format = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    source_key = models.UUIDField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=HistoryStatus, default=HistoryStatus.READY)
    bytes_read = models.BigIntegerField(default=0)
    records = models.BigIntegerField("rows read", default=0)
    received = models.BigIntegerField("events read", default=0)
    accepted = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField("there before", default=0)
    rejected = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField("left out for privacy", default=0)
    first_at = models.DateTimeField("from", null=True, blank=True)
    last_at = models.DateTimeField("until", null=True, blank=True)
    attempts = models.IntegerField(default=0)
    stalled = models.SmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, default="")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="history_imports"
    )
    created_at = models.DateTimeField("brought", db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField("last moved", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        db_table = "analytics_history_imports"
        verbose_name = "import of history"
        verbose_name_plural = "imports of history"
        ordering = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=HistoryStatus.values), name="history_import_status"),
            models.CheckConstraint(
                condition=Q(received=F("accepted") + F("duplicate") + F("rejected") + F("dropped")),
                name="history_import_conserved",
            ),
            models.UniqueConstraint(fields=["source_key", "received_at"], name="history_import_moment"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportedDay(models.Model):
    """What another product counted on a day, of which no events are known: shown apart, and added to nothing.

    `visitors` are different people of that day and may not be summed over days; `visit_seconds` is how long all visits
    lasted together.
    """

    history_import = models.ForeignKey(HistoryImport, models.CASCADE, related_name="days", verbose_name="import")
    source_key = models.UUIDField()
    source = models.CharField(max_length=80)
    day = models.DateField()
    visitors = models.BigIntegerField()
    visits = models.BigIntegerField()
    pageviews = models.BigIntegerField("page views")
    bounces = models.BigIntegerField()
    visit_seconds = models.BigIntegerField()

    class Meta:
        db_table = "analytics_imported_days"
        ordering = ["-day", "source"]
        indexes: ClassVar = [models.Index(fields=["day"], name="imported_day")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["source_key", "day"], name="imported_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.source}"
