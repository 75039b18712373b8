"""The last runs of each background task: when, how long, and how they ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

KEPT_RUNS = 500


class JobRun(models.Model):
    """One run of a background task, written by the worker; the last 500 of each are kept. `error` is its kind alone."""

    task = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=10, choices=[("done", "Done"), ("failed", "Failed")])
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "platform_job_run"
        ordering = ["-started_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["task", "-started_at"], name="job_run_task")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "failed"]), name="job_run_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.outcome}"


def forget_old_runs() -> int:
    """Forget all but the last 500 runs of each task, and return how many that were."""
    place = Window(RowNumber(), partition_by=F("task"), order_by=(F("started_at").desc(), F("id").desc()))
    old = JobRun.objects.annotate(place=place).filter(place__gt=KEPT_RUNS).values_list("pk", flat=True)
    return JobRun.objects.filter(pk__in=list(old)).delete()[0]
