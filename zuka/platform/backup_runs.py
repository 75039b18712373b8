"""Backups that were made, or failed: what staff and alerts know of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

KEPT = timedelta(days=800)


class BackupRun(models.Model):
    """One backup, written by code when it ended; `error` is its kind alone. A good one was read back: `verified_at`.

    `place` is where it is, without keys. One that was removed by the rules of keeping has `removed_at`.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    name = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    error = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=500)
    bytes = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    version = models.CharField("Zuka's version", max_length=20, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_backup_run"
        verbose_name = "backup"
        ordering: ClassVar = ["-began_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["-began_at"], name="backup_run_began")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "failed"]), name="backup_run_outcome"),
        ]

    def __str__(self) -> str:
        return self.name


def place_text(url: str) -> str:
    """Return where backups go, without keys, as `BackupRun.place` has it: a folder's path, or s3://bucket/folder."""
    if not url.startswith("s3://"):
        return str(Path(url).absolute())
    parts = urlsplit(url)
    return f"s3://{parts.hostname}{parts.path}".rstrip("/")


def last_good(*, place: str = "") -> BackupRun | None:
    """Return the newest backup that was read back and is still there, in one place (a `place_text`) or in any."""
    found = BackupRun.objects.filter(outcome=BackupRun.Outcome.DONE, removed_at=None)
    return (found.filter(place=place) if place else found).first()


def forget_old_backups(*, at: datetime) -> int:
    """Forget what was long ago, and return how many rows that were. Those still there stay."""
    gone = Q(removed_at__lt=at - KEPT) | Q(outcome=BackupRun.Outcome.FAILED, began_at__lt=at - KEPT)
    return BackupRun.objects.filter(gone).delete()[0]
