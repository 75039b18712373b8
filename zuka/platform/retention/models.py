"""How large each table was, day by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class TableSize(models.Model):
    """A table on one of the shop's days: bytes of its rows and of its indexes, and about how many rows.

    `oldest_at` is the oldest moment in it by which it goes, where that was declared and found in time.
    """

    day = models.DateField()
    name = models.CharField(max_length=63)
    table_bytes = models.BigIntegerField()
    index_bytes = models.BigIntegerField()
    rows = models.BigIntegerField()
    oldest_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "platform_table_size"
        ordering: ClassVar = ["-day", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "name"], name="table_size_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}: {self.total_bytes} bytes"

    @property
    def total_bytes(self) -> int:
        """Return the bytes of rows and indexes."""
        return self.table_bytes + self.index_bytes
