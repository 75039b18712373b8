"""What staff want to be told of, and what they were told."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from analytics.store.models.segments import Segment


def new_secret() -> str:
    """Return a secret by which a webhook knows that a message is ours."""
    return secrets.token_urlsafe(32)


class Alert(models.Model):
    """A rule on a figure of a report, or on something that is watched anyway; who is told, and how often at most.

    `metric` is `<report>.<column>`, of a `segment`'s people where there is one. `threshold` is in the figure's unit as
    people read it: naira, per cent, pieces.
    `last_fired_at` is the claim of whoever fires: it moves by a conditional update, so that two workers tell once.
    """

    class Kind(models.TextChoices):
        ABOVE = "above", "Above a limit"
        BELOW = "below", "Below a limit"
        ANOMALY = "anomaly", "Unusual for its weekday"
        SILENT_KEYS = "silent_keys", "A key is silent or has much rejected"
        FAILED_JOBS = "failed_jobs", "A job failed or is overdue"
        SLOW_QUERIES = "slow_queries", "A query takes longer than 500 ms on average"

    class Window(models.TextChoices):
        TODAY = "today", "Today so far"
        YESTERDAY = "yesterday", "Yesterday"
        WEEK = "7d", "Last 7 days"
        MONTH = "30d", "Last 30 days"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=Kind)
    metric = models.CharField(max_length=120, blank=True)
    segment = models.ForeignKey(
        Segment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="people", db_index=False
    )
    window = models.CharField("over", max_length=10, choices=Window, default=Window.YESTERDAY)
    threshold = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    recipients = ArrayField(models.EmailField(), default=list, blank=True)
    webhook_url = models.CharField("webhook", max_length=500, blank=True, default="", db_default="")
    webhook_secret = models.CharField(max_length=64, default=new_secret, editable=False)
    every_hours = models.PositiveSmallIntegerField(
        "tell at most every, hours", default=24, validators=[MinValueValidator(1), MaxValueValidator(24 * 90)]
    )
    is_enabled = models.BooleanField("on", default=True)
    last_fired_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_alerts"
        ordering = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["above", "below", "anomaly", "silent_keys", "failed_jobs", "slow_queries"]),
                name="alert_kind",
            ),
            models.CheckConstraint(condition=Q(window__in=["today", "yesterday", "7d", "30d"]), name="alert_window"),
            models.CheckConstraint(
                condition=~Q(kind__in=["above", "below"]) | Q(threshold__isnull=False), name="alert_has_threshold"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["silent_keys", "failed_jobs", "slow_queries"]) | ~Q(metric=""),
                name="alert_has_metric",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AlertFiring(models.Model):
    """One time that an alert had something to tell. `value` is the figure then, null where there is none.

    While a webhook is to be called, `next_call_at` is when; during a call it is the end of the worker's lease.
    """

    class Call(models.TextChoices):
        NONE = "none", "No webhook"
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Taken"
        FAILED = "failed", "Failed"

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="firings")
    fired_at = models.DateTimeField()
    value = models.FloatField(null=True)
    message = models.TextField()
    call = models.CharField("webhook", max_length=10, choices=Call, default=Call.NONE)
    calls = models.PositiveSmallIntegerField(default=0)
    next_call_at = models.DateTimeField(null=True)
    call_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "analytics_alert_firings"
        ordering = ["-fired_at", "-id"]
        indexes: ClassVar = [
            models.Index(F("fired_at").desc(), name="alert_firing_time"),
            models.Index(fields=["next_call_at"], name="alert_call_due", condition=Q(call="waiting")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(call__in=["none", "waiting", "taken", "failed"]), name="alert_firing_call"
            ),
        ]

    def __str__(self) -> str:
        return self.message
