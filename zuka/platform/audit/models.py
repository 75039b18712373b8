"""What was changed, by whom: entries that stay as they were written, and beside them what an erasure takes away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ActorKind(models.TextChoices):
    """Who can have done something."""

    STAFF = "staff", "Staff"
    SUPERUSER = "superuser", "Superuser"
    CUSTOMER = "customer", "Customer"
    KEY = "key", "API key"
    JOB = "job", "Job"
    COMMAND = "command", "Command"
    NOBODY = "nobody", "Nobody known"


class AuditEntry(models.Model):
    """One change of a row, or one deed that changes none; the database refuses to change or delete it.

    `before` and `after` hold the columns that differ; of hidden columns only that they do. What names a person is kept
    in `AuditPersonal`, which an erasure scrubs. `parent` is the thing whose page shows the row; `person_id` the account
    that it is about; `origin_id` the row of `AuditOrigin` that says from where.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("when", db_default=Now())
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.CharField(max_length=100, blank=True, default="", db_default="")
    action = models.CharField(max_length=40)
    model = models.CharField(max_length=80, blank=True, default="", db_default="")
    subject_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    parent_model = models.CharField(max_length=80, blank=True, default="", db_default="")
    parent_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    person_id = models.UUIDField(null=True, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    path = models.CharField(max_length=300, blank=True, default="", db_default="")
    origin_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "platform_audit_entry"
        verbose_name = "audit entry"
        verbose_name_plural = "audit log"
        ordering = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["-id"], name="audit_entry_newest"),
            models.Index(fields=["-at"], name="audit_entry_at"),
            models.Index(fields=["actor_id", "-id"], name="audit_entry_actor"),
            models.Index(fields=["model", "subject_id", "-id"], name="audit_entry_subject"),
            models.Index(
                fields=["parent_model", "parent_id", "-id"], name="audit_entry_parent", condition=~Q(parent_model="")
            ),
            models.Index(fields=["person_id", "-id"], name="audit_entry_person", condition=Q(person_id__isnull=False)),
            models.Index(fields=["request_id"], name="audit_entry_request", condition=~Q(request_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.action.replace('.', ' ').replace('_', ' ').capitalize()} {self.words or self.subject_id}".strip()


class AuditOrigin(models.Model):
    """From where a transaction's changes came: one row each, about the person who made them."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    person_id = models.UUIDField(null=True)
    ip = models.CharField(max_length=45, blank=True, default="", db_default="")
    user_agent = models.CharField(max_length=300, blank=True, default="", db_default="")
    scrubbed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "platform_audit_origin"
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="audit_origin_person", condition=Q(person_id__isnull=False))
        ]


class AuditPersonal(models.Model):
    """What an entry says about a person, by name: the one part of it that can be taken away, and only whole.

    `person_id` is empty where no account is known, as for guests; an erasure finds those by what they say.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    entry_id = models.BigIntegerField()
    person_id = models.UUIDField(null=True)
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    scrubbed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "platform_audit_personal"
        indexes: ClassVar = [
            models.Index(fields=["entry_id"], name="audit_personal_entry"),
            models.Index(fields=["person_id"], name="audit_personal_person"),
        ]
