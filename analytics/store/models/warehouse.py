"""What of PostgreSQL is in ClickHouse as well."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class WarehouseDay(models.Model):
    """A day that was copied to ClickHouse, as it was counted at `filled_at`. No row: not copied yet."""

    day = models.DateField(primary_key=True)
    filled_at = models.DateTimeField()
    copied_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "analytics_warehouse_days"

    def __str__(self) -> str:
        return str(self.day)
