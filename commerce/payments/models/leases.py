from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who is at something that only one may do at a time, and until when; a row while somebody is, none afterwards.

    `until` is of the database's clock; one that is over was left by a process that died, and is anybody's.
    """

    name = models.CharField(max_length=100, primary_key=True)
    holder = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        db_table = "commerce_lease"

    def __str__(self) -> str:
        return self.name
