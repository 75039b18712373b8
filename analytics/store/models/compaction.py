"""Periods whose counts are kept as a whole, no longer by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class CompactedPeriod(models.Model):
    """A month or year of which some rollups (`compacts`) have one row an entity, on its first day, for all of it.

    `rows_before` are the rows by day that it had once, `rows_after` those in their place, of all of these rollups.
    """

    class Grain(models.TextChoices):
        MONTH = "month", "By month"
        YEAR = "year", "By year"

    first_day = models.DateField(primary_key=True)
    last_day = models.DateField()
    grain = models.CharField("kept", max_length=5, choices=Grain)
    rows_before = models.BigIntegerField()
    rows_after = models.BigIntegerField()
    compacted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "analytics_compacted_periods"
        ordering = ["-first_day"]
        verbose_name = "compacted period"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(grain__in=["month", "year"]) & Q(last_day__gte=F("first_day")), name="compacted_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day:%Y}" if self.grain == self.Grain.YEAR else f"{self.first_day:%B %Y}"
