"""Reports as somebody of the staff asked them, kept to be opened again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class SavedReport(models.Model):
    """A report with its parameters, under a title of its owner's. `report` is a report's id, or `build`.

    What it shows is worked out for whoever opens it: the roles it is shared with give nobody more than they may see.
    """

    title = models.CharField(max_length=120)
    report = models.CharField(max_length=60, editable=False)
    params = models.JSONField(default=dict, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_reports", editable=False)
    roles = models.ManyToManyField(
        Group, blank=True, verbose_name="shared with", help_text="Who may open it besides you. Only you may change it."
    )
    is_pinned = models.BooleanField("pinned", default=False, help_text="Stands first, for everybody who may open it.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_saved_reports"
        ordering: ClassVar = ["-is_pinned", "title", "id"]

    def __str__(self) -> str:
        return self.title
