"""Named sets of people, said by conditions, and who is in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Now


class Segment(models.Model):
    """People who meet conditions (`registry/segments/conditions.py`), under a name of its owner's.

    `refreshed_at` is when its members were found last, empty where its conditions have changed since; `failure` says
    why they could not be found. Those whom it is shared with may use it, only its owner changes it.
    """

    name = models.CharField(max_length=80)
    definition = models.JSONField()
    description = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="segments", editable=False)
    roles = models.ManyToManyField(
        Group, blank=True, verbose_name="shared with", help_text="Who may use it besides you. Only you may change it."
    )
    people = models.BigIntegerField(null=True, editable=False)
    refreshed_at = models.DateTimeField(null=True, editable=False)
    seconds = models.FloatField(null=True, editable=False)
    failure = models.TextField(blank=True, db_default="", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "analytics_segments"
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """Somebody who is in a segment: the user where known, else the visitor, as visits name people; an order that nobody
    is known of stands for itself, by its number.
    """

    pk = models.CompositePrimaryKey("segment", "person")
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="members", db_index=False)
    person = models.TextField()

    class Meta:
        db_table = "analytics_segment_members"

    def __str__(self) -> str:
        return self.person
