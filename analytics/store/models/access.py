"""Who may see reports: a permission needs a model to hang on, this one has no table."""

from __future__ import annotations

from django.db import models


class ReportAccess(models.Model):
    """Holds the permissions to see reports: all of them, or a brand's own rows (`report/scope.py`)."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_report", "Can view reports"),
            ("view_brand_report", "Can view reports on the brand they work for"),
        ]
        verbose_name_plural = "report access"
