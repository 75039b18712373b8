"""What of PostgreSQL is in ClickHouse as well."""

from __future__ import annotations

from django.db import models


class WarehouseDay(models.Model):
    """A day that was copied to ClickHouse, as it was counted at `filled_at`. No row: not copied yet."""

    day = models.DateField(primary_key=True)
    filled_at = models.DateTimeField()

    class Meta:
        db_table = "analytics_warehouse_days"

    def __str__(self) -> str:
        return str(self.day)
