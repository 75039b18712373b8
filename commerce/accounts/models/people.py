from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from commerce.columns import Timestamped, choice_check, letters_index, not_negative_check

# All that a brand's own staff may do, whatever their roles say: what shows rows of their brand alone.
BRAND_STAFF_MAY = frozenset({"analytics.view_brand_report"})
PHONE_PATTERN = r"^\+[1-9][0-9]{6,14}$"


class AuthProvider(models.TextChoices):
    """How a person signs in."""

    EMAIL = "email"
    GOOGLE = "google"
    APPLE = "apple"
    PHONE = "phone"


class SignInProvider(models.TextChoices):
    """Who vouches for people at sign-in: values of `AuthProvider` too."""

    GOOGLE = AuthProvider.GOOGLE.value, "Google"
    APPLE = AuthProvider.APPLE.value, "Apple"


class UserStatus(models.TextChoices):
    """Whether an account may be used. The e-mail and phone of a deleted one are free for a new account."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class GenderPreference(models.TextChoices):
    """Whose clothes a person wants to see first."""

    MEN = "men"
    WOMEN = "women"
    KIDS = "kids"
    UNISEX = "unisex"


class SignupSource(models.TextChoices):
    """What brought a person to sign up."""

    WEB = "web"
    MOBILE = "mobile"
    REFERRAL = "referral"
    CAMPAIGN = "campaign"
    ADS = "ads"
    UNKNOWN = "unknown"


class SignupPlatform(models.TextChoices):
    """Where a person signed up."""

    WEB = "web"
    ANDROID = "android"
    IOS = "ios", "iOS"
    SERVER = "server"


class UserQuerySet(models.QuerySet["User"]):
    """Reads of accounts."""

    def not_deleted(self) -> Self:
        """Accounts that hold their e-mail and phone."""
        return self.exclude(status=UserStatus.DELETED)

    def with_email(self, email: str) -> Self:
        """Accounts, deleted ones left out, with this e-mail in any case: at most one."""
        return self.not_deleted().filter(Exact(Lower("email"), email.strip().lower()))

    def with_phone(self, phone: str) -> Self:
        """Accounts, deleted ones left out, with this phone in E.164: at most one. It may be a stranger's, unproved."""
        return self.not_deleted().filter(phone=phone)

    def active(self) -> Self:
        """Accounts that may sign in."""
        return self.filter(status=UserStatus.ACTIVE)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """What Django's sign-in, sessions and `createsuperuser` call."""

    def create_user(self, email: str | None = None, password: str | None = None, **columns: Any) -> User:
        """Create an account with a hashed password; without one it cannot sign in by password."""
        user: User = self.model(email=self.normalize_email(email.strip()) if email else None, **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **columns: Any) -> User:
        """Create an account of staff that may do everything."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **columns})

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the account with this e-mail in any case; raises `User.DoesNotExist`."""
        user: User = self.with_email(username or "").get()
        return user


class User(AbstractBaseUser, PermissionsMixin, Timestamped):
    """A customer or a member of staff; signs in by e-mail or phone. Points, XP and gem level are caches."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(null=True, blank=True)
    phone = models.CharField(max_length=16, null=True, blank=True, help_text="With country code: +2348012345678.")
    name = models.CharField(max_length=200, blank=True, default="")
    auth_provider = models.CharField(max_length=10, choices=AuthProvider, default=AuthProvider.EMAIL)
    status = models.CharField(max_length=10, choices=UserStatus, default=UserStatus.ACTIVE)
    is_staff = models.BooleanField("staff", default=False, help_text="May sign in to the back office.")
    is_test = models.BooleanField("test account", default=False, help_text="Its orders are never counted.")
    email_verified_at = models.DateTimeField(null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    last_login = models.DateTimeField(db_column="last_login_at", null=True, blank=True)
    time_zone = models.CharField(max_length=64, default="Africa/Lagos")
    language = models.CharField(max_length=10, default="en")
    country = models.CharField(max_length=2, null=True, blank=True, help_text="ISO 3166 code; empty when not known.")
    gender_preference = models.CharField(max_length=10, choices=GenderPreference, null=True, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    profile_image_url = models.URLField(max_length=500, null=True, blank=True)
    accepts_marketing = models.BooleanField(default=False)
    signup_source = models.CharField(max_length=10, choices=SignupSource, default=SignupSource.UNKNOWN)
    signup_platform = models.CharField(max_length=10, choices=SignupPlatform, default=SignupPlatform.WEB)
    reward_points = models.BigIntegerField(default=0, editable=False)
    total_xp = models.BigIntegerField(default=0, editable=False)
    gem_level = models.CharField(max_length=20, default="quartz", editable=False)
    metadata = models.JSONField(default=dict, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        db_table = "commerce_user"
        indexes = [
            models.Index(fields=["-created_at"], name="user_created_at"),
            models.Index(fields=["reward_points"], name="user_reward_points"),
            letters_index("name", name="user_name_like"),
            letters_index("email", name="user_email_like"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(status="deleted"),
                name="user_email_unique",
                violation_error_message="Another account has this e-mail.",
            ),
            models.UniqueConstraint(
                "phone",
                condition=~Q(status="deleted"),
                name="user_phone_unique",
                violation_error_message="Another account has this phone.",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False) | Q(status="deleted"),
                name="user_email_or_phone",
                violation_error_message="An account needs an e-mail or a phone.",
            ),
            models.CheckConstraint(
                condition=Q(phone__regex=PHONE_PATTERN),
                name="user_phone_e164",
                violation_error_message="Write the phone with its country code, for example +2348012345678.",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="user_country_iso"),
            choice_check("user", "auth_provider", AuthProvider),
            choice_check("user", "status", UserStatus),
            choice_check("user", "gender_preference", GenderPreference),
            choice_check("user", "signup_source", SignupSource),
            choice_check("user", "signup_platform", SignupPlatform),
            not_negative_check("user", "reward_points"),
            not_negative_check("user", "total_xp"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.phone or str(self.pk)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Say whether the account may sign in; Django's sign-in asks this."""
        return self.status == UserStatus.ACTIVE

    @cached_property
    def is_brand_staff(self) -> bool:
        """Say whether this person works for a brand that the shop sells, and not for the shop."""
        return self.is_staff and not self.is_superuser and self.brands.exists()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say whether this person may do something. Roles give a brand's staff no more than their brand's figures."""
        if self.is_staff and perm not in BRAND_STAFF_MAY and self.is_brand_staff:
            return False
        return super().has_perm(perm, obj)

    def get_full_name(self) -> str:
        """Return the name shown to staff."""
        return str(self)

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return str(self).split(" ", 1)[0]


class Address(Timestamped):
    """Where a customer wants parcels. The first one is the default; orders keep a copy of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=40, blank=True, default="", help_text="For the customer: home, office.")
    recipient_name = models.CharField(max_length=200)
    phone = models.CharField(max_length=16, blank=True, default="", help_text="With country code: +2348012345678.")
    street_address = models.CharField(max_length=300)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="NG", help_text="ISO 3166 code.")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    is_default = models.BooleanField(default=False)

    class Meta:
        db_table = "commerce_address"
        ordering = ["-is_default", "-created_at"]
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint("user", condition=Q(is_default=True), name="address_one_default"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="address_country_iso"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=PHONE_PATTERN),
                name="address_phone_e164",
                violation_error_message="Write the phone with its country code, for example +2348012345678.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name}, {self.street_address}, {self.city}"


class CodePurpose(models.TextChoices):
    """What a one-time code proves, and for what."""

    EMAIL = "email", "Confirms an e-mail"
    PASSWORD = "password", "Sets a new password"
    CLOSE = "close", "Closes an account"
    ENTRY = "entry", "Signs in or up by phone"
    ENTRY_MAIL = "entry_mail", "Signs in or up by e-mail"
    PHONE = "phone", "Confirms a phone"
    CLOSE_SMS = "close_sms", "Closes an account that has no e-mail"


MOST_GUESSES = 5


class OneTimeCodeQuerySet(models.QuerySet["OneTimeCode"]):
    """Reads of codes."""

    def open(self, at: datetime) -> Self:
        """Codes that may still be guessed."""
        return self.filter(used_at=None, expires_at__gt=at, guesses__lt=MOST_GUESSES)


class OneTimeCode(models.Model):
    """A code that went to an e-mail or a phone; both are kept as keyed hashes.

    Without `user` it went to nobody, or to whoever has the address: no account was looked for.

    Each guess counts against every code that is open for the address, before it is looked at.
    """

    purpose = models.CharField(max_length=10, choices=CodePurpose)
    address_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="codes")
    guesses = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        db_table = "commerce_one_time_code"
        indexes = [
            models.Index(fields=["address_hash", "purpose", "created_at"], name="one_time_code_address"),
            models.Index(fields=["created_at"], name="one_time_code_created_at"),
        ]
        constraints = [
            choice_check("one_time_code", "purpose", CodePurpose),
            models.CheckConstraint(condition=Q(guesses__lte=MOST_GUESSES), name="one_time_code_guesses"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="one_time_code_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, {self.created_at:%d %B %Y}"


class Ending(models.TextChoices):
    """Why a device is signed out."""

    SIGNED_OUT = "signed_out", "Signed out there"
    REVOKED = "revoked", "Signed out from another device"
    PASSWORD = "password", "The password was changed"
    STAFF = "staff", "Signed out by staff"


class DeviceSessionQuerySet(models.QuerySet["DeviceSession"]):
    """Reads of devices."""

    def signed_in(self, at: datetime) -> Self:
        """Devices whose token works."""
        return self.filter(revoked_at=None, expires_at__gt=at)


class DeviceSession(models.Model):
    """A device on which a customer signed in: our view of a token. `session_key` is the keyed hash of the token.

    The token works as long as Django's session under that key is there; revoking deletes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    session_key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100, help_text="What the user agent says: Chrome on Android.")
    platform = models.CharField(max_length=10, choices=SignupPlatform)
    place = models.CharField(max_length=200, blank=True, default="", help_text="By the operator's GeoIP file.")
    created_at = models.DateTimeField()
    last_active_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=10, choices=Ending, blank=True, default="")

    objects = DeviceSessionQuerySet.as_manager()

    class Meta:
        db_table = "commerce_device_session"
        ordering = ["-last_active_at", "-id"]
        verbose_name = "device"
        indexes = [
            models.Index(fields=["user", "-last_active_at"], name="device_session_user"),
            models.Index(fields=["expires_at"], name="device_session_expires_at"),
        ]
        constraints = [
            choice_check("device_session", "platform", SignupPlatform),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_because="")
                | Q(revoked_at__isnull=False, revoked_because__in=Ending.values),
                name="device_session_revoked_because",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProviderIdentity(models.Model):
    """Whom a provider lets in to an account: `subject` is its name for a person and stays, `email` is for people."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=10, choices=SignInProvider)
    subject = models.CharField(max_length=255)
    email = models.CharField(max_length=254, blank=True, default="", help_text="As the provider said last.")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_provider_identity"
        ordering = ["provider"]
        verbose_name_plural = "provider identities"
        constraints = [
            models.UniqueConstraint("provider", "subject", name="provider_identity_subject"),
            models.UniqueConstraint("user", "provider", name="provider_identity_of_user"),
            choice_check("provider_identity", "provider", SignInProvider),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.email}".strip()


class SpentToken(models.Model):
    """A provider's token that has let somebody in, by its SHA-256: until it expires it does so no more."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "commerce_spent_token"

    def __str__(self) -> str:
        return self.digest
