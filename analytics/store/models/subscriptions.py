"""Reports that come by mail: how often, to whom, and what became of each sending."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Cadence(models.TextChoices):
    """How often a report comes."""

    DAILY = "daily", "Every day"
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"


class Weekday(models.IntegerChoices):
    """Days of the week, as Python counts them."""

    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class ReportSubscription(models.Model):
    """A report, or a whole dashboard, that is mailed at an hour of the shop's clock: one of the two is named.

    `params` are its own. Without a period it is about the day, week or month that has just ended. `due_at` is
    when the next one is to come, `next_attempt_at` when a worker tries: later, after one that failed.
    """

    report = models.CharField(max_length=60, blank=True)
    dashboard = models.CharField(max_length=40, blank=True, default="", db_default="")
    params = models.JSONField("parameters", default=dict, blank=True)
    cadence = models.CharField("how often", max_length=10, choices=Cadence, default=Cadence.WEEKLY)
    weekday = models.PositiveSmallIntegerField("on", choices=Weekday, default=Weekday.MONDAY)
    month_day = models.PositiveSmallIntegerField("on day", default=1, help_text="From 1 to 28.")
    hour = models.PositiveSmallIntegerField(default=7, help_text="From 0 to 23, by the shop's clock.")
    formats = models.JSONField("files", default=list, blank=True)
    is_active = models.BooleanField("active", default=True)
    due_at = models.DateTimeField("next on")
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_report_subscriptions"
        verbose_name = "report by mail"
        verbose_name_plural = "reports by mail"
        ordering = ["report", "id"]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], name="subscription_due", condition=Q(is_active=True)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="subscription_cadence"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="subscription_weekday"),
            models.CheckConstraint(condition=Q(month_day__range=(1, 28)), name="subscription_month_day"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="subscription_hour"),
            models.CheckConstraint(condition=Q(report="") ^ Q(dashboard=""), name="subscription_report_or_dashboard"),
        ]

    def __str__(self) -> str:
        return f"{self.report or self.dashboard}, {Cadence(self.cadence).label.lower()}"


class ReportRecipient(models.Model):
    """Who gets a mailed report: a member of staff, or an address outside that one of them vouches for."""

    subscription = models.ForeignKey(ReportSubscription, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="member of staff",
    )
    address = models.EmailField("address outside", blank=True, default="")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField("unsubscribed", null=True, blank=True)

    class Meta:
        db_table = "analytics_report_recipients"
        verbose_name = "recipient"
        ordering = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(user__isnull=False) & Q(address="") & Q(confirmed_by__isnull=True))
                | (Q(user__isnull=True) & ~Q(address="") & Q(confirmed_by__isnull=False)),
                name="recipient_user_or_address",
            ),
            models.UniqueConstraint(
                fields=["subscription", "user"], name="recipient_user_once", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["subscription", "address"], name="recipient_address_once", condition=~Q(address="")
            ),
        ]

    def __str__(self) -> str:
        return self.address or str(self.user)


class ReportDelivery(models.Model):
    """One sending of a mailed report, or why there was none."""

    class Outcome(models.TextChoices):
        SENT = "sent", "Sent"
        NOBODY = "nobody", "Nobody to send it to"
        FAILED = "failed", "Failed"

    subscription = models.ForeignKey(ReportSubscription, on_delete=models.CASCADE, related_name="deliveries")
    due_at = models.DateTimeField("due")
    made_at = models.DateTimeField("last tried")
    outcome = models.CharField(max_length=10, choices=Outcome)
    mails = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "analytics_report_deliveries"
        verbose_name = "mailed report"
        ordering = ["-due_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "due_at"], name="report_delivery_once"),
            models.CheckConstraint(condition=Q(outcome__in=["sent", "nobody", "failed"]), name="report_delivery_known"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} {self.due_at:%Y-%m-%d}"
