"""Who may see reports: a permission needs a model to hang on, this one has no table."""

from __future__ import annotations

from django.db import models


class ReportAccess(models.Model):
    """Holds the permission `analytics.view_report`."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_report", "Can view reports")]
        verbose_name_plural = "report access"
