from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

LONGEST_NAME = 30
LONGEST_SAID = 1_000
# XP at which each level begins: the next level is always further away than the last.
LEVELS = (0, 20, 60, 140, 300, 600, 1_000, 1_600, 2_400, 3_500)


def level_of(xp: int) -> int:
    """Return the level of a pet with so much XP: 1 to begin with."""
    return sum(1 for least in LEVELS if xp >= least)


def one_of(table: str, field: str, choices: type[models.TextChoices]) -> models.CheckConstraint:
    """Return the CHECK that a column holds one of a closed set."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=f"{table}_{field}")


class UserPet(models.Model):
    """The pet of a customer: its persona (an entry of `pets.personas`), its name, and how far it has come.

    All that a pet knows hangs on this row, and goes with it when the account is closed or the pet is given away.
    `learns_since`: when it was last made to forget everything; it learns from later orders alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pet")
    persona = models.CharField(max_length=30)
    name = models.CharField(max_length=LONGEST_NAME)
    xp = models.PositiveIntegerField("XP", default=0, db_default=0)
    adopted_at = models.DateTimeField(default=timezone.now)
    learns_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "pets_user_pet"
        verbose_name = "pet"
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(name=""), name="user_pet_named")]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> int:
        """Return the pet's level."""
        return level_of(self.xp)


class PreferenceKind(models.TextChoices):
    """What a preference is about. A price range is in kobo of the shop's currency."""

    SIZE = "size", "Size"
    COLOUR = "colour", "Colour"
    BRAND = "brand", "Brand"
    CATEGORY = "category", "Category"
    PRICE_MIN = "price_min", "Lowest price"
    PRICE_MAX = "price_max", "Highest price"
    LIKE = "like", "Likes"
    DISLIKE = "dislike", "Dislikes"


class PreferenceSource(models.TextChoices):
    """How a pet came to know it: it was told, or it saw what its person did."""

    SAID = "said", "Told"
    SEEN = "seen", "Seen"


class PetPreference(models.Model):
    """What a pet remembers of its person's taste. `times`: how often it was seen; what was said counts from the first.

    `is_refused`: the person took it out, so that it is not learned again from what they do.
    """

    pet = models.ForeignKey(UserPet, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=20, choices=PreferenceKind)
    value = models.CharField(max_length=100)
    source = models.CharField(max_length=10, choices=PreferenceSource)
    times = models.PositiveIntegerField(default=1, db_default=1)
    is_refused = models.BooleanField(default=False, db_default=False)
    learned_at = models.DateTimeField()

    class Meta:
        db_table = "pets_preference"
        ordering = ["kind", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pet", "kind", "value"], name="pet_preference_once"),
            one_of("pet_preference", "kind", PreferenceKind),
            one_of("pet_preference", "source", PreferenceSource),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class PetConversation(models.Model):
    """A talk with a pet. `persona` is the one it was held with; `seen` is what follow-ups refer to.

    `answering_until` is claimed by who answers: one message of a conversation at a time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pet = models.ForeignKey(UserPet, on_delete=models.CASCADE, related_name="conversations")
    persona = models.CharField(max_length=30)
    seen = models.JSONField(default=dict, blank=True)
    turns = models.PositiveIntegerField(default=0, db_default=0)
    answering_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    last_message_at = models.DateTimeField()

    class Meta:
        db_table = "pets_conversation"
        verbose_name = "conversation"
        indexes: ClassVar = [
            models.Index(fields=["pet", "-last_message_at"], name="pet_conversation_newest"),
            models.Index(fields=["last_message_at"], name="pet_conversation_age"),
            models.Index(fields=["started_at"], name="pet_conversation_started"),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.id}"


class MessageRole(models.TextChoices):
    """Who speaks; `system` notes what was done between two messages, such as a confirmation."""

    USER = "user", "Person"
    PET = "pet", "Pet"
    SYSTEM = "system", "Note"


class MessageKind(models.TextChoices):
    """What a message is, so that clients know how to show its metadata."""

    TEXT = "text", "Text"
    PRODUCTS = "product_recommendation", "Products"
    COMPARISON = "comparison", "Comparison"
    CART = "cart", "Cart"
    COUPON = "coupon_application", "Coupon"
    ORDER = "order_status", "Order"
    RETURN = "return", "Return"
    MEMORY = "memory", "Memory"
    POINTS = "points", "Points"
    CHOICE = "choice", "Question with choices"
    CONFIRMATION = "confirmation", "Question for consent"
    REFUSAL = "refusal", "Refusal"
    NOT_UNDERSTOOD = "not_understood", "Not understood"


class PetMessage(models.Model):
    """A message of a conversation, in order of ids. `metadata` holds what is shown with it: products, choices, actions.

    Of the person's: `is_understood` says whether a brain knew what was meant (NULL where it cannot say), `intent` what.
    """

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(PetConversation, on_delete=models.CASCADE, related_name="messages")
    role = models.CharField(max_length=10, choices=MessageRole)
    kind = models.CharField(max_length=30, choices=MessageKind, default=MessageKind.TEXT)
    text = models.TextField()
    metadata = models.JSONField(default=dict, blank=True)
    brain = models.CharField(max_length=30, blank=True, default="")
    intent = models.CharField(max_length=30, blank=True, default="")
    is_understood = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "pets_message"
        verbose_name = "message"
        ordering = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "id"], name="pet_message_order"),
            models.Index(fields=["created_at"], name="pet_message_time"),
            models.Index(fields=["created_at"], name="pet_message_puzzling", condition=Q(is_understood=False)),
        ]
        constraints: ClassVar = [
            one_of("pet_message", "role", MessageRole),
            one_of("pet_message", "kind", MessageKind),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.text[:60]}"


class ActionStatus(models.TextChoices):
    """What became of a call of a tool. `refused`: by the shop's rules; `failed`: by a mistake of ours."""

    WAITING = "waiting", "Waits for consent"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"


class Consent(models.TextChoices):
    """How the person agreed: nothing to agree to, by the button of the question, or by saying yes to it."""

    NOT_NEEDED = "not_needed", "Not needed"
    ASKED = "asked", "Asked for"
    BUTTON = "button", "By the button"
    WORDS = "words", "By saying yes"


class ActionQuerySet(models.QuerySet["PetAction"]):
    """Claims of actions that wait for consent."""

    def claim(self, *, pk: uuid.UUID, status: ActionStatus, consent: Consent, at: datetime) -> bool:
        """Take an action that waits, and say whether it was ours: of two who confirm at once one is."""
        waiting = self.filter(pk=pk, status=ActionStatus.WAITING, expires_at__gt=at)
        return waiting.update(status=status, consent=consent, ended_at=at) == 1

    def waiting(self, *, at: datetime) -> Self:
        """Actions that can still be confirmed, the newest first."""
        return self.filter(status=ActionStatus.WAITING, expires_at__gt=at).order_by("-created_at", "-id")


class PetAction(models.Model):
    """A call of a tool: what it was asked, whether its person agreed, and what came of it.

    What needs consent waits until its signed token comes back, and is then done once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(PetConversation, on_delete=models.CASCADE, related_name="actions")
    tool = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=10, choices=ActionStatus)
    consent = models.CharField(max_length=12, choices=Consent, default=Consent.NOT_NEEDED)
    expires_at = models.DateTimeField(null=True, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    code = models.CharField(max_length=60, blank=True, default="")
    brain = models.CharField(max_length=30, blank=True, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        db_table = "pets_action"
        verbose_name = "action"
        indexes: ClassVar = [
            models.Index(fields=["conversation", "-created_at"], name="pet_action_newest"),
            models.Index(fields=["created_at"], name="pet_action_time"),
        ]
        constraints: ClassVar = [
            one_of("pet_action", "status", ActionStatus),
            one_of("pet_action", "consent", Consent),
            models.CheckConstraint(
                condition=~Q(status=ActionStatus.WAITING) | Q(expires_at__isnull=False), name="pet_action_waits_until"
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.WAITING) | Q(ended_at__isnull=False), name="pet_action_ended"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool} ({self.status})"


class PetSpend(models.Model):
    """What a person's talk has cost at a language model on a day of the shop, in tokens; the budget is held against it.

    It hangs on the account, not on the pet: giving a pet away does not buy more.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tokens = models.PositiveBigIntegerField(default=0, db_default=0)
    requests = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "pets_spend"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="pet_spend_once_a_day")]
        indexes: ClassVar = [models.Index(fields=["day"], name="pet_spend_day")]

    def __str__(self) -> str:
        return f"{self.tokens} on {self.day}"
