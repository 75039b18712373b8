"""Reports as somebody of the staff asked them, kept to be opened again."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


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
    is_pinned = models.BooleanField(
        "on top", default=False, help_text="Stands first in this list, for everybody who may open it."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_saved_reports"
        ordering: ClassVar = ["-is_pinned", "title", "id"]

    def __str__(self) -> str:
        return self.title


class DashboardPin(models.Model):
    """A saved report on a dashboard, for one person or for everybody of a role who may open it.

    `dashboard` is a dashboard's id, `position` its place among the pins of the same person or role there.
    """

    saved = models.ForeignKey(SavedReport, models.CASCADE, related_name="pins", verbose_name="saved report")
    dashboard = models.CharField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    role = models.ForeignKey(Group, models.CASCADE, null=True, related_name="+")
    position = models.PositiveIntegerField()
    pinned_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_dashboard_pins"
        ordering: ClassVar = ["position", "id"]
        indexes: ClassVar = [models.Index(fields=["dashboard", "position"], name="pins_of_dashboard")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(user=None) ^ Q(role=None), name="pin_user_or_role"),
            models.UniqueConstraint(fields=["saved", "dashboard", "user"], name="pin_user_once"),
            models.UniqueConstraint(fields=["saved", "dashboard", "role"], name="pin_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.saved} on {self.dashboard}"
