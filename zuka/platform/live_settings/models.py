"""What staff set while the shop runs: one append-only table, which is the history too."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class SettingChange(models.Model):
    """A change of a live setting. The newest holds; without a value, what the environment says holds again.

    Rows are added, never changed: `revision` counts a setting's changes from 1, and two people who change it at once
    cannot both have the same. `undoes` is the change that this one took back.
    """

    name = models.CharField("setting", max_length=60)
    revision = models.PositiveIntegerField()
    value = models.TextField(null=True, help_text="As in the environment; empty for what the environment says.")
    reason = models.CharField(max_length=300)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "platform_setting_change"
        ordering = ["-changed_at", "-id"]
        verbose_name = "change of a setting"
        verbose_name_plural = "changes of settings"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "revision"], name="setting_change_revision"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="setting_change_counts_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, change {self.revision}"
