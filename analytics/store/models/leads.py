"""Whom to call: how much people were here within the last days, and what they looked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from analytics.registry.leads import NAMES


class LeadScore(models.Model):
    """A person who was here within the last 7 of the shop's days. `band` follows `registry/leads.py`.

    `person` is the user where known, else the visitor; staff, test and deleted accounts have no row. `events` are
    those of humans; `days` are days with at least one. Written whole by `rollup/leads.py`.
    """

    person = models.TextField(primary_key=True)
    is_known = models.BooleanField()
    band = models.CharField(max_length=8, choices=[(name, name.capitalize()) for name in NAMES])
    events = models.BigIntegerField()
    days = models.SmallIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_lead_scores"
        indexes: ClassVar = [models.Index(fields=["band", "-last_at"], name="lead_band_newest")]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(band__in=list(NAMES)), name="lead_band")]

    def __str__(self) -> str:
        return f"{self.person}: {self.band}"


class BehaviourProfile(models.Model):
    """What somebody with a score above cold was interested in over the same days, most first.

    `products` are up to five references by views, `categories` and `brands` up to three names, `searches` up to five
    words, latest first. `busiest_hour` is the hour of the shop's day in which most of their visits begin.
    """

    person = models.TextField(primary_key=True)
    products = models.JSONField()
    categories = models.JSONField()
    brands = models.JSONField()
    searches = models.JSONField()
    busiest_hour = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "analytics_behaviour_profiles"

    def __str__(self) -> str:
        return self.person
