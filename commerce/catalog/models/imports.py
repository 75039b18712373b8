from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.columns import Timestamped, choice_check


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", "Waiting to be checked"
    CHECKING = "checking", "Being checked"
    READY = "ready", "Checked: look at it"
    CONFIRMED = "confirmed", "Waiting to be imported"
    IMPORTING = "importing", "Being imported"
    DONE = "done", "Imported"
    FAILED = "failed", "Failed: nothing was imported"
    CANCELLED = "cancelled", "Cancelled"


# What a worker takes up, and what it then is.
TAKEN_UP = {ImportStatus.WAITING: ImportStatus.CHECKING, ImportStatus.CONFIRMED: ImportStatus.IMPORTING}
UNDER_WAY = frozenset({*TAKEN_UP, *TAKEN_UP.values()})


class ImportQuerySet(models.QuerySet["ProductImport"]):
    """Reads of imports."""

    def due(self, at: datetime) -> Self:
        """Imports that a worker can take up: those that wait, and those whose worker is gone."""
        abandoned = Q(status__in=TAKEN_UP.values(), leased_until__lt=at)
        return self.filter(Q(status__in=list(TAKEN_UP)) | abandoned)


class ProductImport(Timestamped):
    """A sheet of products that staff brought: checked first, and imported when they say so.

    `counts`, `problems` and `changes` are what the last check or import found, the first few hundred of each. The file
    is kept until the import has ended.
    """

    name = models.CharField("file", max_length=200)
    content = models.BinaryField(null=True)
    skips_bad_rows = models.BooleanField("leave rows with a mistake out", default=False)
    sets_stock = models.BooleanField("set the stock of variants that exist", default=False)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.WAITING)
    leased_until = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    failure = models.CharField(max_length=500, blank=True, default="")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="product_imports"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        db_table = "commerce_product_import"
        ordering = ["-id"]
        constraints = [choice_check("product_import", "status", ImportStatus)]

    def __str__(self) -> str:
        return self.name
