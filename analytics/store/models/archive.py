"""Months of raw events that have left PostgreSQL, or are about to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ArchivedMonth(models.Model):
    """A month of raw events and its files. No row: the month has never left PostgreSQL.

    `month` is its first day. `files` is a list, one a shop's day that has events: day, name, rows, bytes, sha256 of the
    file and `content`, the hash of its rows (`lifecycle/archive/content.py`); `rows`, `bytes` and `content` are those
    of all. They are in folder `edition` of the month at `location`, which holds no secrets. Which edition counts is
    said here alone, so that one UPDATE switches to another. `changed_days` would have been counted again, had their
    events been in PostgreSQL; that happens when the month is restored.
    """

    class State(models.TextChoices):
        EXPORTING = "exporting", "Being written"
        VERIFIED = "verified", "Read back"
        DETACHED = "detached", "Being taken out"
        ARCHIVED = "archived", "In the archive"
        RESTORING = "restoring", "Being restored"
        RESTORED = "restored", "Back in PostgreSQL"

    month = models.DateField(unique=True)
    state = models.CharField(max_length=10, choices=State)
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    content = models.CharField("hash of the rows", max_length=40, blank=True)
    files = models.JSONField(default=list)
    edition = models.PositiveIntegerField(default=1)
    location = models.TextField(blank=True)
    changed_days = ArrayField(models.DateField(), default=list)
    created_at = models.DateTimeField(db_default=Now())
    verified_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    rewritten_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "analytics_archived_months"
        ordering = ["-month"]
        verbose_name = "archived month"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["exporting", "verified", "detached", "archived", "restoring", "restored"]),
                name="archived_month_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


# The events of months in these states are in their files alone.
AWAY_STATES = (ArchivedMonth.State.DETACHED, ArchivedMonth.State.ARCHIVED, ArchivedMonth.State.RESTORING)
