"""Tables that every package needs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from zuka.platform.audit.models import AuditEntry, AuditOrigin, AuditPersonal
from zuka.platform.backup_runs import BackupRun
from zuka.platform.flags.models import FeatureFlag
from zuka.platform.job_runs import JobRun
from zuka.platform.keys.models import RetiredToken, ValidationDay, WaitingValidation
from zuka.platform.keys.scopes import SCOPE_CHOICES
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.mail.models import MailFile, OutgoingMail, Suppression
from zuka.platform.personal_data.models import DataExport, ErasureRequest
from zuka.platform.retention.models import TableSize
from zuka.platform.staff.models import RoleRule, SignInLock, StaffSession, StaffSignIn
from zuka.platform.throttling.models import RateBucket, RateLimitRule
from zuka.platform.usage.models import ApiUsage

__all__ = [
    "ApiKey",
    "ApiUsage",
    "AuditEntry",
    "AuditOrigin",
    "AuditPersonal",
    "BackupRun",
    "DataExport",
    "ErasureRequest",
    "FeatureFlag",
    "JobRun",
    "JobState",
    "MailFile",
    "OutgoingMail",
    "RateBucket",
    "RateLimitRule",
    "RetiredToken",
    "RoleRule",
    "SettingChange",
    "SignInLock",
    "SourceAlias",
    "StaffSession",
    "StaffSignIn",
    "Suppression",
    "TableSize",
    "ValidationDay",
    "WaitingValidation",
]


class ApiKey(models.Model):
    """A client's licence to call the API.

    Publishable keys stand in pages and apps and are kept in the clear; of secret keys only a SHA-256 hash and the
    visible first characters are kept, so they are shown once (decision 21). `event_age_days` is how old an event
    may be; scope `import` lifts it to the retention of raw events. `tier_source` is empty for the tier that every key
    begins with.
    """

    class Kind(models.TextChoices):
        PUBLISHABLE = "publishable", "Publishable (browser and apps)"
        SECRET = "secret", "Secret (servers)"

    class Tier(models.TextChoices):
        FREE = "free", "Free"
        PRO = "pro", "Pro"
        ENTERPRISE = "enterprise", "Enterprise"

    class TierSource(models.TextChoices):
        PLAN = "plan", "The owner’s plan"
        STAFF = "staff", "Staff"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        REVOKED = "revoked", "Revoked"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, help_text="Where it is used, for example “Storefront” or “ERP import”.")
    kind = models.CharField(max_length=12, choices=Kind)
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.FREE)
    tier_source = models.CharField(
        "tier given by", max_length=8, choices=TierSource, blank=True, default="", db_default="", editable=False
    )
    tier_given_at = models.DateTimeField(null=True, editable=False)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    prefix = models.CharField(max_length=16, editable=False)
    token = models.CharField(max_length=80, null=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=SCOPE_CHOICES), default=list)
    allowed_origins = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        help_text="Web origins that may use a publishable key, for example https://shop.example. Empty: any.",
    )
    allowed_events = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Canonical event types this key may send. Empty: any.",
    )
    is_strict = models.BooleanField("reject unknown event types", default=False)
    event_aliases = models.JSONField(
        default=dict,
        blank=True,
        help_text="Names this key sends → event types, one a line: Bought It = order.created.",
    )
    is_limited = models.BooleanField("rate limited", default=True)
    event_age_days = models.PositiveIntegerField("oldest event, in days", default=30)
    validations_most = models.PositiveBigIntegerField(
        "validations a day", null=True, blank=True, help_text="Empty: as many as the tier grants."
    )
    is_device_bound = models.BooleanField(
        "bound to one device",
        default=False,
        db_default=False,
        help_text="Valid on the first device that asks, and on no other. Secret keys only.",
    )
    device_hash = models.CharField(max_length=64, null=True, editable=False)
    device_name = models.CharField(max_length=100, blank=True, db_default="", editable=False)
    device_os = models.CharField(max_length=100, blank=True, db_default="", editable=False)
    device_app_version = models.CharField(max_length=50, blank=True, db_default="", editable=False)
    device_bound_at = models.DateTimeField(null=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="api_keys")
    issued_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    last_validated_at = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "platform_api_key"
        ordering = ["name", "id"]
        verbose_name = "API key"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["publishable", "secret"]), name="api_key_kind"),
            models.CheckConstraint(condition=Q(tier__in=["free", "pro", "enterprise"]), name="api_key_tier"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "suspended", "revoked", "expired"]), name="api_key_status"
            ),
            models.CheckConstraint(
                condition=Q(kind="publishable", token__isnull=False) | Q(kind="secret", token__isnull=True),
                name="api_key_secret_not_in_the_clear",
            ),
            models.CheckConstraint(
                condition=Q(is_device_bound=False) | Q(kind="secret"), name="api_key_bound_is_secret"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SourceAlias(models.Model):
    """A name that another protocol calls its sender by, and the key it stands for (decision 21).

    Umami sends a website id, Plausible a domain, GA4 a measurement id, Snowplow an app id, Matomo a site id.
    """

    class Protocol(models.TextChoices):
        UMAMI = "umami", "Umami (website id)"
        PLAUSIBLE = "plausible", "Plausible (domain)"
        GA4 = "ga4", "GA4 (measurement id or Firebase app id)"
        SNOWPLOW = "snowplow", "Snowplow (app id)"
        MATOMO = "matomo", "Matomo (site id)"

    protocol = models.CharField(max_length=20, choices=Protocol)
    identifier = models.CharField(max_length=255, help_text="As the client sends it, for example shop.example.")
    key = models.ForeignKey(
        ApiKey,
        models.CASCADE,
        related_name="source_aliases",
        limit_choices_to={"kind": ApiKey.Kind.PUBLISHABLE},
        help_text="A publishable key: site ids are public.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "platform_source_alias"
        ordering = ["protocol", "identifier"]
        verbose_name = "site id"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["protocol", "identifier"], name="source_alias_once"),
            models.CheckConstraint(
                condition=Q(protocol__in=["umami", "plausible", "ga4", "snowplow", "matomo"]),
                name="source_alias_protocol",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} ({self.get_protocol_display()})"


class JobState(models.Model):
    """How a background task went when it last ran; one row a task, written by the worker."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    task = models.CharField(max_length=200, primary_key=True)
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    error = models.CharField(max_length=200, blank=True, help_text="The kind of error; the log has the rest.")
    done_at = models.DateTimeField(null=True, help_text="When it last ended well.")
    failed_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0, db_default=0, help_text="Failed runs since it last ended well.")

    class Meta:
        db_table = "platform_job_state"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["done", "failed"]), name="job_state_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.outcome}"
