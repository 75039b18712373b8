"""What campaigns cost, as staff import it or a program sends it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SpendImport(models.Model):
    """A sheet of campaign spend that staff brought: checked at once, imported when they say so; or what a program sent.

    `problems` and `changes` are the first of each, in the sheet's order; `unseen` are campaigns without any visit in
    its days, with the nearest word that has some. The file is kept until the import has ended.
    """

    class Status(models.TextChoices):
        READY = "ready", "Checked: look at it"
        DONE = "done", "Imported"
        CANCELLED = "cancelled", "Cancelled"

    name = models.CharField("file", max_length=200)
    content = models.BinaryField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.READY)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    unseen = models.JSONField(null=True, editable=False)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="spend_imports"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "analytics_spend_imports"
        ordering = ["-id"]
        verbose_name = "import of campaign spend"
        verbose_name_plural = "imports of campaign spend"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=["ready", "done", "cancelled"]), name="spend_import_status")
        ]

    def __str__(self) -> str:
        return self.name


class CampaignSpend(models.Model):
    """What a campaign cost on a day, in kobo of `currency`; the words are those of its links (utm_…), '' is none.

    Who said so is the import's `brought_by`.
    """

    day = models.DateField()
    source = models.CharField(max_length=100, blank=True, default="")
    medium = models.CharField(max_length=100, blank=True, default="")
    campaign = models.CharField(max_length=100, blank=True, default="")
    currency = models.CharField(max_length=3)
    spend_kobo = models.BigIntegerField("spend")
    spend_import = models.ForeignKey(
        SpendImport, models.SET_NULL, null=True, related_name="rows", verbose_name="import"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_campaign_spend"
        ordering = ["-day", "campaign", "source", "medium", "id"]
        verbose_name = "campaign spend"
        verbose_name_plural = "campaign spend"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "source", "medium", "campaign", "currency"], name="campaign_spend_once"
            ),
            models.CheckConstraint(condition=Q(spend_kobo__gte=0), name="campaign_spend_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign or self.source} on {self.day}"
