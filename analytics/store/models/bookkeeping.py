"""What has been counted, what must be counted again, what was refreshed: bookkeeping that staff can see."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class DirtyDay(models.Model):
    """A mark that a shop's day must be counted again.

    Append-only, one mark a transaction and day: a single row a day would make all writers wait for one another.
    The fill removes the marks it sees in the transaction that recounts the day.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    cause = models.CharField(max_length=20)
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "analytics_dirty_days"
        indexes: ClassVar = [models.Index(fields=["day"], name="dirty_day")]

    def __str__(self) -> str:
        return f"{self.day} ({self.cause})"


class FillState(models.Model):
    """When a rollup was last counted for a day, and how many rows that gave."""

    rollup = models.CharField(max_length=40)
    day = models.DateField()
    filled_at = models.DateTimeField()
    rows = models.IntegerField()
    seconds = models.FloatField()

    class Meta:
        db_table = "analytics_fill_state"
        constraints: ClassVar = [models.UniqueConstraint(fields=["rollup", "day"], name="fill_state_once")]

    def __str__(self) -> str:
        return f"{self.rollup} {self.day}"


class RefreshRun(models.Model):
    """One refresh of one materialized view: how long, how many rows, and how it ended."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        BUSY = "busy", "Another refresh was running"
        FAILED = "failed", "Failed"

    view = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    rows = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    message = models.TextField(blank=True)

    class Meta:
        db_table = "analytics_refresh_runs"
        ordering = ["-started_at"]
        indexes: ClassVar = [models.Index(fields=["view", "-started_at"], name="refresh_view_time")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "busy", "failed"]), name="refresh_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.view} {self.started_at:%Y-%m-%d %H:%M}"


class VerifyRun(models.Model):
    """One day counted again from raw, without writing: how many cells were compared, and which ones differ.

    `differences` names the first of those that differ: rollup, key, measure, stored and counted value.
    """

    day = models.DateField()
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    cells = models.BigIntegerField()
    differing = models.IntegerField()
    differences = models.JSONField(default=list, db_default=[])

    class Meta:
        db_table = "analytics_verify_runs"
        ordering = ["-started_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="verify_run_time")]

    def __str__(self) -> str:
        return f"{self.day}: {self.differing} of {self.cells} cells differ"


class DiskUse(models.Model):
    """How large the database was on a day, and what was free on its disk where that is known."""

    day = models.DateField(primary_key=True)
    database_bytes = models.BigIntegerField()
    free_bytes = models.BigIntegerField(null=True)
    measured_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_disk_use"

    def __str__(self) -> str:
        return f"{self.day}: {self.database_bytes}"
