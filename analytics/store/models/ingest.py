"""What came in: how many events each key sent, hour by hour, and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

CONSERVED = Q(received=F("accepted") + F("duplicate") + F("rejected") + F("dropped"))


class IngestCount(models.Model):
    """Counts of events of one key, door and client (the SDK and its version) in one hour of arrival, UTC.

    `late_ms` adds up how long after they happened the accepted ones arrived, `clock_ms` how far the clients' clocks
    were behind ours over `clocked` events that said when they were sent.
    """

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField()
    source_key = models.UUIDField(null=True)
    door = models.CharField(max_length=20)
    client = models.CharField(max_length=80)
    received = models.BigIntegerField()
    accepted = models.BigIntegerField()
    duplicate = models.BigIntegerField()
    rejected = models.BigIntegerField()
    dropped = models.BigIntegerField()
    bots = models.BigIntegerField()
    skewed = models.BigIntegerField()
    late_ms = models.BigIntegerField()
    clock_ms = models.BigIntegerField()
    clocked = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        abstract = True


class IngestTally(IngestCount):
    """One transaction's part of the counts, written by it. Append-only, so that writers do not wait for one another.

    A correction is a row with negative numbers: a duplicate is known only after the events were written.
    """

    class Meta:
        db_table = "analytics_ingest_tallies"
        constraints: ClassVar = [models.CheckConstraint(condition=CONSERVED, name="ingest_tally_conserved")]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h {self.door}"


class IngestHour(IngestCount):
    """The counts of an hour: tallies that a job has added up."""

    class Meta:
        db_table = "analytics_ingest_hours"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hour", "source_key", "door", "client"], nulls_distinct=False, name="ingest_hour_once"
            ),
            models.CheckConstraint(condition=CONSERVED, name="ingest_hour_conserved"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H}h {self.door}"


class IngestAlert(models.Model):
    """A key that went silent, or that has more rejected than usual: opened and closed by a job."""

    class Kind(models.TextChoices):
        SILENT = "silent", "Silent"
        REJECTING = "rejecting", "Many rejected"

    kind = models.CharField(max_length=12, choices=Kind)
    source_key = models.UUIDField()
    message = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "analytics_ingest_alerts"
        ordering = ["-opened_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["silent", "rejecting"]), name="ingest_alert_kind"),
            models.UniqueConstraint(
                fields=["kind", "source_key"], condition=Q(closed_at=None), name="ingest_alert_open_once"
            ),
        ]

    def __str__(self) -> str:
        return self.message
