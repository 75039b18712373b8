"""Notes on charts: what happened on a day or over some days."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Annotation(models.Model):
    """What happened from `first_date` to `last_date`, both included. `places` are the reports and dashboards whose
    charts show it; without any it is on all charts over days.

    Everybody who may see those charts reads it, unless it is kept to `roles`; whoever wrote it reads it always.
    """

    first_date = models.DateField("day", help_text="The day it happened, or the first of its days.")
    last_date = models.DateField("until", blank=True, help_text="The last of its days; left empty it is one day.")
    text = models.CharField(max_length=140, help_text="A few words, like: Black Friday mail sent.")
    places = models.JSONField("on", default=list, blank=True)
    roles = models.ManyToManyField(
        Group, blank=True, verbose_name="only for", help_text="Who reads it besides you; nobody chosen: everybody."
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="annotations", editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_annotations"
        ordering: ClassVar = ["-first_date", "-id"]
        indexes: ClassVar = [models.Index(fields=["first_date", "last_date"], name="annotation_days")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="annotation_days_in_order")
        ]

    def __str__(self) -> str:
        return self.text
