from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q, Sum

from commerce.columns import (
    Timestamped,
    choice_check,
    currency_check,
    currency_field,
    not_negative_check,
    positive_check,
)


class Provider(models.TextChoices):
    """Who took the money."""

    PAYSTACK = "paystack"
    FLUTTERWAVE = "flutterwave"
    CASH = "cash"


class PaymentStatus(models.TextChoices):
    """Where one payment stands."""

    PENDING = "pending"
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class RefundStatus(models.TextChoices):
    """Where one refund stands. One that is asked for waits for a second member of staff."""

    ASKED = "asked", "Waits for approval"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DECLINED = "declined"


# No money went or goes back by these.
NOT_SENT = (RefundStatus.FAILED, RefundStatus.DECLINED)


class Attention(models.TextChoices):
    """Why staff must look at a payment: it did what a payment should not do."""

    UNDERPAID = "underpaid", "Less than was due"
    OVERPAID = "overpaid", "More than was due"
    ORDER_CLOSED = "order_closed", "Paid after the order was cancelled or expired"
    WRONG_CURRENCY = "wrong_currency", "Paid in another currency"
    TEST_MONEY = "test_money", "Made with the provider's test keys"
    REFUNDED_TWICE = "refunded_twice", "More went back than the ledger has room for"
    DIFFERS = "differs", "Not as the provider lists it"


# Money that came in, whether or not some of it went back later.
RECEIVED = (PaymentStatus.CAPTURED, PaymentStatus.PARTIALLY_REFUNDED, PaymentStatus.REFUNDED)


ONLINE = (Provider.PAYSTACK, Provider.FLUTTERWAVE)


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Reads of payments."""

    def received(self) -> Self:
        """Payments whose money came in."""
        return self.filter(status__in=RECEIVED)

    def received_kobo(self) -> int:
        """Return the sum that came in, refunds not subtracted."""
        return self.received().aggregate(total=Sum("amount_kobo"))["total"] or 0

    def online(self) -> Self:
        """Payments that a provider can be asked about."""
        return self.filter(provider__in=ONLINE)

    def waiting(self) -> Self:
        """Payments that were begun, and of which the provider has not said how they ended."""
        return self.online().filter(status=PaymentStatus.PENDING)

    def worth(self) -> list[tuple[str, int, int]]:
        """Return (currency, orders, kobo) of money that came in, less what went back; the largest sum first."""
        rows = (
            self.received()
            .order_by()
            .values_list("currency")
            .annotate(orders=Count("order", distinct=True), kept=Sum(F("amount_kobo") - F("refunded_kobo")))
        )
        return sorted(rows, key=lambda row: -row[2])

    def refunded_kobo(self) -> int:
        """Return the sum that went back."""
        return self.received().aggregate(total=Sum("refunded_kobo"))["total"] or 0

    def forgone_kobo(self) -> int:
        """Return the sum that went back, but for returns: those pieces had been paid for."""
        back = self.received().filter(refunds__status=RefundStatus.SUCCEEDED, refunds__goods_return=None)
        return back.aggregate(total=Sum("refunds__amount_kobo"))["total"] or 0


class Payment(Timestamped):
    """Money for an order, from one provider under one reference. `refunded_kobo` caches its succeeded refunds.

    `provider_id` is the provider's own name for it, `checkout_url` the page where the customer pays, `attention` why
    staff must look at it (empty: they need not).
    """

    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="payments")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="payments"
    )
    provider = models.CharField(max_length=20, choices=Provider)
    reference = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=PaymentStatus, default=PaymentStatus.PENDING)
    currency = currency_field()
    amount_kobo = models.BigIntegerField()
    fee_kobo = models.BigIntegerField(default=0)
    refunded_kobo = models.BigIntegerField(default=0)
    captured_at = models.DateTimeField(null=True, blank=True)
    failure_reason = models.TextField(null=True, blank=True)
    provider_id = models.CharField("provider's id", max_length=100, blank=True, default="", db_default="")
    checkout_url = models.CharField("payment page", max_length=1000, blank=True, default="", db_default="")
    attention = models.CharField(
        "needs attention", max_length=20, choices=Attention, blank=True, default="", db_default=""
    )
    checked_at = models.DateTimeField("provider last asked", null=True, blank=True)
    raw_answer = models.JSONField(null=True, blank=True)
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="collected_payments"
    )
    is_test = models.BooleanField("test", default=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        db_table = "commerce_payment"
        indexes = [
            models.Index(fields=["captured_at"], name="payment_captured_at"),
            models.Index(fields=["created_at"], name="payment_waiting", condition=Q(status="pending")),
            models.Index(fields=["-id"], name="payment_attention", condition=~Q(attention="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_provider_reference_unique"),
            positive_check("payment", "amount_kobo"),
            not_negative_check("payment", "fee_kobo"),
            models.CheckConstraint(
                condition=Q(refunded_kobo__gte=0) & Q(refunded_kobo__lte=F("amount_kobo")),
                name="payment_refunded_within_amount",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["captured", "partially_refunded", "refunded"]) | Q(captured_at__isnull=False),
                name="payment_captured_has_moment",
            ),
            currency_check("payment"),
            choice_check("payment", "provider", Provider),
            choice_check("payment", "status", PaymentStatus),
            models.CheckConstraint(condition=Q(attention__in=["", *Attention.values]), name="payment_attention_known"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"

    @property
    def provider_name(self) -> Provider:
        """Return who takes the money, as a choice."""
        return Provider(self.provider)

    @property
    def is_received(self) -> bool:
        """Say whether the money came in, even if it went back later."""
        return self.status in RECEIVED


class Refund(Timestamped):
    """Money of one payment that went back to the customer, in the payment's currency.

    `goods_return` is what was sent back for it, if that is why. Refunds are found by their payment. `listed_id` is the
    provider's refund that a comparison found to be this one: of two with one amount each is matched once. Of one that
    had to be approved `refunded_by` asked and `decided_by` decided: another person, unless it was withdrawn.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    currency = currency_field()
    amount_kobo = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.PENDING)
    reason = models.TextField(blank=True, default="")
    refunded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="refunds_made"
    )
    refunded_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField("provider's reference", max_length=100, blank=True, default="", db_default="")
    listed_id = models.CharField("id in the provider's lists", max_length=100, blank=True, default="", db_default="")
    failure_reason = models.TextField(blank=True, default="", db_default="")
    goods_return = models.ForeignKey(
        "commerce.Return", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds", db_index=False
    )
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField("why it was approved or declined", blank=True, default="", db_default="")

    class Meta:
        db_table = "commerce_refund"
        indexes = [models.Index(fields=["refunded_at"], name="refund_refunded_at")]
        constraints = [
            positive_check("refund", "amount_kobo"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(refunded_at__isnull=False), name="refund_succeeded_has_moment"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(status="declined") | ~Q(decided_by=F("refunded_by")),
                name="refund_not_approved_by_who_asked",
            ),
            currency_check("refund"),
            choice_check("refund", "status", RefundStatus),
        ]

    def __str__(self) -> str:
        return f"Refund {self.pk}"


class WebhookDelivery(models.Model):
    """What a provider sent about a payment, as it came; the same message again adds nothing.

    `dedupe_key` is made of what the message says, for providers that give it no id. `handled_at` is empty while it
    waits for a provider that did not answer when it was asked.
    """

    provider = models.CharField(max_length=20, choices=Provider)
    event = models.CharField(max_length=100)
    dedupe_key = models.CharField(max_length=400)
    body = models.TextField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "commerce_webhook_delivery"
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["received_at"], name="webhook_waiting", condition=Q(handled_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "dedupe_key"], name="webhook_dedupe_key_unique"),
            choice_check("webhook_delivery", "provider", Provider),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event}"
