"""Staff's sign-ins and sessions, the locks on guessing, and which roles need a second step."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class RoleRule(models.Model):
    """What the shop asks of who has a role, beyond the password."""

    group = models.OneToOneField(
        Group, models.CASCADE, primary_key=True, related_name="sign_in_rule", verbose_name="role"
    )
    needs_second_step = models.BooleanField(
        "needs a second step",
        default=False,
        help_text="Who has the role can do nothing in the back office before they have set up an app on their phone.",
    )

    class Meta:
        db_table = "platform_role_rule"
        verbose_name = "sign-in rule"
        ordering = ["group__name"]

    def __str__(self) -> str:
        return f"{self.group}: {'needs a second step' if self.needs_second_step else 'a password is enough'}"


class StaffSession(models.Model):
    """A browser in which somebody is, or was, signed in to the back office: as long as Django's session is there."""

    class Ending(models.TextChoices):
        SIGNED_OUT = "signed_out", "Signed out there"
        REVOKED = "revoked", "Signed out from another browser"
        OWNER = "owner", "Signed out by an owner"
        REPLACED = "replaced", "Signed in anew"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="office_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ip = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=300, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=12, choices=Ending, blank=True, default="")

    class Meta:
        db_table = "platform_staff_session"
        verbose_name = "staff session"
        ordering = ["-last_seen_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["user", "-last_seen_at"], name="staff_session_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_because__in=["", "signed_out", "revoked", "owner", "replaced"]),
                name="staff_session_ending",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="staff_session_ended_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.created_at:%d %B %Y %H:%M}"


class StaffSignIn(models.Model):
    """One attempt to sign in to the back office, and what came of it. `user` is empty where no account was meant."""

    class Outcome(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        REFUSED = "refused", "Wrong e-mail or password"
        WRONG_CODE = "wrong_code", "Wrong or missing code"
        LOCKED = "locked", "Locked after wrong attempts"

    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="office_sign_ins"
    )
    outcome = models.CharField(max_length=10, choices=Outcome)
    is_new_device = models.BooleanField("new device", default=False)
    ip = models.CharField(max_length=45, blank=True, default="")
    user_agent = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "platform_staff_sign_in"
        verbose_name = "staff sign-in"
        ordering = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="staff_sign_in_newest"),
            models.Index(fields=["user", "-at"], name="staff_sign_in_user"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["signed_in", "refused", "wrong_code", "locked"]), name="staff_sign_in_outcome"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.at:%d %B %Y %H:%M}"


class SignInLock(models.Model):
    """Wrong attempts of one account or one network address; deleting the row unlocks. Whom it names is hashed.

    `user` and `ip` are for who looks at it; an e-mail that no account has is locked too, and cannot be told from one.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", "Account"
        ADDRESS = "address", "Network address"

    kind = models.CharField(max_length=8, choices=Kind)
    who_hash = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    ip = models.CharField(max_length=64, blank=True, default="", db_default="")
    failures = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_sign_in_lock"
        verbose_name = "sign-in lock"
        ordering = ["-began_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "who_hash"], name="sign_in_lock_once"),
            models.CheckConstraint(condition=Q(kind__in=["account", "address"]), name="sign_in_lock_kind"),
        ]

    def __str__(self) -> str:
        return str(self.user or self.ip or "an e-mail that no account has")
