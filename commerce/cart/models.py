from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q

from commerce.catalog.models import Product, ProductVariant
from commerce.columns import Timestamped, choice_check, currency_check, currency_field, positive_check


class CartStatus(models.TextChoices):
    """What became of a cart. Abandoned ones are open again as soon as their owner comes back."""

    ACTIVE = "active"
    CONVERTED = "converted"
    ABANDONED = "abandoned"
    MERGED = "merged"


OPEN = [CartStatus.ACTIVE, CartStatus.ABANDONED]


class CartQuerySet(models.QuerySet["Cart"]):
    """Reads of carts."""

    def open(self) -> Self:
        """Carts that their owners can go on with; of a customer's the active one first, then the newest."""
        # In this order "active" comes before "abandoned".
        return self.filter(status__in=OPEN).order_by("-status", "-last_active_at")


class Cart(Timestamped):
    """What somebody means to buy. A customer has one active cart; a guest finds theirs by a token, kept hashed.

    `visitor_id` is who the tracker says the guest is; without a tracker the cart itself speaks for them.
    `changes` counts what was done to the lines, so that each addition is tracked once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="carts"
    )
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    visitor_id = models.CharField(max_length=200, null=True, blank=True)
    session_id = models.CharField(max_length=200, null=True, blank=True)
    status = models.CharField(max_length=10, choices=CartStatus, default=CartStatus.ACTIVE)
    currency = currency_field()
    changes = models.PositiveIntegerField(default=0, editable=False)
    last_active_at = models.DateTimeField()
    converted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="sources")

    objects = CartQuerySet.as_manager()

    class Meta:
        db_table = "commerce_cart"
        indexes: ClassVar = [
            models.Index(fields=["last_active_at"], name="cart_active_since", condition=Q(status="active")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("user", condition=Q(status="active"), name="cart_one_active"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(token_hash__isnull=False), name="cart_user_or_token"
            ),
            choice_check("cart", "status", CartStatus),
            currency_check("cart"),
        ]

    def __str__(self) -> str:
        return f"Cart {self.id}"

    @property
    def is_open(self) -> bool:
        """Say whether its owner can go on with it."""
        return self.status in OPEN

    @property
    def speaker(self) -> str:
        """Return the visitor id of a guest whom no tracker named."""
        return f"cart-{self.id.hex}"


class CartLine(models.Model):
    """A variant in a cart and how many. The price is looked up on every read; the one when it was added is kept."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="cart_lines")
    quantity = models.PositiveIntegerField()
    added_price_kobo = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_cart_line"
        ordering = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            positive_check("cart_line", "quantity"),
            models.CheckConstraint(condition=Q(quantity__lte=99), name="cart_line_at_most_99"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.variant_id}"


class CartReminderQuerySet(models.QuerySet["CartReminder"]):
    """What happens to reminders when their carts move."""

    def call_off(self, cart: Cart) -> None:
        """Plan no reminder of a cart whose owner is back; it may be left again."""
        self.filter(cart=cart).exclude(due_at=None).update(due_at=None)

    def since(self, moment: datetime) -> dict[str, int]:
        """Count the reminders sent since a moment: how many, how many links were followed, how many carts ordered."""
        ordered = Q(cart__converted_at__gt=F("sent_at"))
        return self.filter(sent_at__gte=moment).aggregate(
            reminded=Count("pk"), opened=Count("opened_at"), ordered=Count("pk", filter=ordered)
        )

    def forget(self, *, cart_id: uuid.UUID | None, email: str) -> None:
        """Drop what is known for reminding of a cart that was ordered, or of a guest's who has ordered otherwise."""
        of_guest = Q(email=email.lower()) if email else Q(pk__in=[])
        self.filter(Q(cart=cart_id) | of_guest).update(due_at=None, email="")

    def follow(self, guest: Cart, own: Cart) -> None:
        """Let a cart into which a guest's was merged count as reminded of, if the guest's was. Both are locked."""
        said = self.filter(cart=guest).first()
        if said is None:
            return
        if said.sent_at and not self.filter(cart=own).exclude(sent_at=None).exists():
            facts = {"due_at": None, "sent_at": said.sent_at, "opened_at": said.opened_at}
            self.update_or_create(cart=own, defaults={**facts, "address_hash": said.address_hash})
        self.filter(pk=said.pk).update(due_at=None, email="")


class CartReminder(models.Model):
    """The one mail a cart that reminds of it: when it is due, when it was sent, and when its link was first followed.

    `email` is what a guest gave for it, until it was sent or is needed no more; the hash says who was written to.
    Guests who follow the link open the cart with a key of their own, kept hashed.
    """

    cart = models.OneToOneField(Cart, on_delete=models.CASCADE, primary_key=True, related_name="reminder")
    email = models.EmailField(blank=True, default="", editable=False)
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    address_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    key_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    objects = CartReminderQuerySet.as_manager()

    class Meta:
        db_table = "commerce_cart_reminder"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="cart_reminder_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["email"], name="cart_reminder_email", condition=~Q(email="")),
            models.Index(fields=["sent_at"], name="cart_reminder_sent_at", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["address_hash", "sent_at"], name="cart_reminder_sent", condition=~Q(address_hash="")),
        ]

    def __str__(self) -> str:
        return f"Reminder of cart {self.cart_id}"


class Wishlist(models.Model):
    """A product that a customer has put on their wishlist, or one size and colour of it. Guests keep theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="wishes")
    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, null=True, blank=True, related_name="wishes")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_wishlist"
        verbose_name = "wish"
        verbose_name_plural = "wishes"
        indexes: ClassVar = [models.Index(fields=["user", "-id"], name="wishlist_newest")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "product", "variant"], nulls_distinct=False, name="wishlist_once_a_choice"
            ),
        ]

    def __str__(self) -> str:
        return f"Wish {self.pk}"


class StockAlert(models.Model):
    """A customer who wants to know when a variant that is sold out can be bought again. `told_at`: they were told."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stock_alerts")
    variant = models.ForeignKey(ProductVariant, on_delete=models.CASCADE, related_name="stock_alerts")
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_stock_alert"
        indexes: ClassVar = [
            models.Index(fields=["asked_at", "id"], name="stock_alert_waiting", condition=Q(told_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("user", "variant", condition=Q(told_at=None), name="stock_alert_one_waiting"),
        ]

    def __str__(self) -> str:
        return f"Alert {self.pk}"
