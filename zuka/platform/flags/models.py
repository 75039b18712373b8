"""Feature flags: what is shown to some, or to all, and to whom which variant."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from zuka.platform.flags.bucketing import BUCKETS

NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def new_salt() -> str:
    """Return what makes a flag's buckets its own."""
    return secrets.token_hex(8)


class FeatureFlag(models.Model):
    """A flag: a part of people, drawn by bucket, sees something, or one of its variants.

    `rollout` is in basis points of those who meet the criteria; empty criteria are met by all. `variants` are pairs of
    a name and a weight, the first the control; none makes a plain switch. A flag is a draft until it is started, and
    an ended one stays ended: from then on `kept_variant` is for all who meet the criteria, or nobody has anything.
    `is_killed` is off for everybody at once, whatever else it says. `least_effect` is the smallest difference in the
    share of people who order that would matter, in basis points; the stop rule of experiments takes it.
    `revision` counts changes, so that two people who edit at once do not overwrite each other.
    """

    class Unit(models.TextChoices):
        VISITOR = "visitor", "Visitors (browsers and apps)"
        USER = "user", "Customers who are signed in"

    name = models.SlugField(max_length=60, unique=True, help_text="What code asks for, like product-promise. It stays.")
    text = models.CharField("what for", max_length=300, help_text="What people see, and what should get better by it.")
    unit = models.CharField("drawn by", max_length=8, choices=Unit, default=Unit.VISITOR)
    salt = models.CharField(max_length=16, default=new_salt, editable=False)
    rollout = models.PositiveSmallIntegerField(default=BUCKETS)
    variants = models.JSONField(default=list, blank=True)
    tiers = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    groups = ArrayField(models.CharField(max_length=150), default=list, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(
        "told to browsers and apps",
        default=False,
        help_text="Its name and its buckets can then be read by anybody; its criteria never.",
    )
    is_killed = models.BooleanField("switched off", default=False, editable=False)
    kept_variant = models.CharField(max_length=60, blank=True, editable=False)
    least_effect = models.PositiveSmallIntegerField(default=200)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        db_table = "platform_feature_flag"
        ordering = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rollout__lte=BUCKETS), name="feature_flag_rollout"),
            models.CheckConstraint(condition=Q(unit__in=["visitor", "user"]), name="feature_flag_unit"),
            models.CheckConstraint(
                condition=Q(name__regex=NAME),
                name="feature_flag_name",
                violation_error_message="name: write small letters, digits and single dashes, like product-promise.",
            ),
            models.CheckConstraint(
                condition=Q(least_effect__gte=1, least_effect__lte=BUCKETS), name="feature_flag_least_effect"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__lte=F("ended_at")), name="feature_flag_ends_after_its_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name
