from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import (
    Timestamped,
    choice_check,
    currency_check,
    currency_field,
    not_negative_check,
    positive_check,
)
from commerce.payments.models import ONLINE
from commerce.subscriptions.models.choices import (
    ChargeAttention,
    ChargeStatus,
    InvoiceKind,
    InvoiceStatus,
    SubscriptionRefundStatus,
)
from commerce.subscriptions.models.plans import Plan
from commerce.subscriptions.models.subscriptions import Subscription


class SubscriptionInvoice(Timestamped):
    """What is owed for a period, in kobo: the price less the credit for unused time, and tax in it or on top.

    A ledger of its own: revenue of orders does not know it. One renewal a period. `turn` tells apart what may be owed
    more than once in a period: first payments that nobody made, upgrades, other cards.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=10, choices=InvoiceKind)
    status = models.CharField(max_length=14, choices=InvoiceStatus, default=InvoiceStatus.OPEN)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    turn = models.PositiveIntegerField(default=1)
    currency = currency_field()
    plan_price_kobo = models.BigIntegerField("price of the plan")
    price_kobo = models.BigIntegerField("price")
    credit_kobo = models.BigIntegerField("credit for unused time", default=0)
    tax_kobo = models.BigIntegerField("tax", default=0)
    tax_is_included = models.BooleanField("tax is in the price", default=True)
    tax_title = models.CharField(max_length=60, blank=True, default="")
    total_kobo = models.BigIntegerField("total")
    refunded_kobo = models.BigIntegerField("refunded", default=0)
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField("first failed", null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_subscription_invoice"
        ordering = ["-id"]
        verbose_name = "invoice of a subscription"
        verbose_name_plural = "invoices of subscriptions"
        indexes = [models.Index(fields=["paid_at"], name="subscription_invoice_paid")]
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "kind", "period_start", "turn"], name="subscription_invoice_once"
            ),
            positive_check("subscription_invoice", "total_kobo"),
            not_negative_check("subscription_invoice", "credit_kobo"),
            not_negative_check("subscription_invoice", "tax_kobo"),
            models.CheckConstraint(
                condition=Q(refunded_kobo__gte=0, refunded_kobo__lte=F("total_kobo")),
                name="subscription_invoice_refunded",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="subscription_invoice_paid_at"
            ),
            currency_check("subscription_invoice"),
            choice_check("subscription_invoice", "kind", InvoiceKind),
            choice_check("subscription_invoice", "status", InvoiceStatus),
        ]

    def __str__(self) -> str:
        return f"SUB-{self.pk}"


class SubscriptionCharge(Timestamped):
    """One try to take an invoice's money, by the customer's checkout or from their card.

    The reference is a function of the subscription, the period and the try: whoever tries again after a crash tries
    the same. `checkout_url` is the page where the customer pays, empty for a card that is charged without them.
    """

    invoice = models.ForeignKey(SubscriptionInvoice, on_delete=models.PROTECT, related_name="charges")
    attempt = models.PositiveIntegerField()
    provider = models.CharField(max_length=20, choices=[(each.value, each.label) for each in ONLINE])
    reference = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=ChargeStatus, default=ChargeStatus.PENDING)
    currency = currency_field()
    amount_kobo = models.BigIntegerField()
    fee_kobo = models.BigIntegerField(default=0)
    refunded_kobo = models.BigIntegerField(default=0)
    provider_id = models.CharField("provider's id", max_length=100, blank=True, default="")
    checkout_url = models.CharField("payment page", max_length=1000, blank=True, default="")
    is_checkout = models.BooleanField("by the customer", default=False)
    failure_reason = models.CharField(max_length=300, blank=True, default="")
    attention = models.CharField("needs attention", max_length=20, choices=ChargeAttention, blank=True, default="")
    is_test = models.BooleanField("test", default=False)
    checked_at = models.DateTimeField("provider last asked", null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    raw_answer = models.JSONField(null=True, blank=True)

    class Meta:
        db_table = "commerce_subscription_charge"
        ordering = ["id"]
        verbose_name = "charge of a subscription"
        verbose_name_plural = "charges of subscriptions"
        indexes = [
            models.Index(fields=["captured_at"], name="subscription_charge_captured"),
            models.Index(fields=["created_at"], name="subscription_charge_waiting", condition=Q(status="pending")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="subscription_charge_reference"),
            models.UniqueConstraint(fields=["invoice", "attempt"], name="subscription_charge_attempt"),
            positive_check("subscription_charge", "amount_kobo"),
            not_negative_check("subscription_charge", "fee_kobo"),
            models.CheckConstraint(
                condition=Q(refunded_kobo__gte=0, refunded_kobo__lte=F("amount_kobo")),
                name="subscription_charge_refunded",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(captured_at__isnull=False), name="subscription_charge_captured_at"
            ),
            currency_check("subscription_charge"),
            choice_check("subscription_charge", "status", ChargeStatus),
            models.CheckConstraint(
                condition=Q(attention__in=["", *ChargeAttention.values]), name="subscription_charge_attention"
            ),
            models.CheckConstraint(
                condition=Q(provider__in=[each.value for each in ONLINE]), name="subscription_charge_provider"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class SubscriptionRefund(Timestamped):
    """Money of one charge that goes back; what is under way cannot be refunded again. A `request_key` sends once.

    `listed_id` is the provider's refund that this one was found to be: of two with one amount each is matched once.
    """

    charge = models.ForeignKey(SubscriptionCharge, on_delete=models.PROTECT, related_name="refunds")
    status = models.CharField(max_length=10, choices=SubscriptionRefundStatus, default=SubscriptionRefundStatus.PENDING)
    currency = currency_field()
    amount_kobo = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    refunded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    refunded_at = models.DateTimeField(null=True, blank=True)
    provider_reference = models.CharField("provider's reference", max_length=100, blank=True, default="")
    listed_id = models.CharField("id in the provider's lists", max_length=100, blank=True, default="", db_default="")
    failure_reason = models.CharField(max_length=300, blank=True, default="")
    request_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        db_table = "commerce_subscription_refund"
        ordering = ["-id"]
        verbose_name = "refund of a subscription"
        verbose_name_plural = "refunds of subscriptions"
        indexes = [models.Index(fields=["refunded_at"], name="subscription_refund_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "listed_id"], condition=~Q(listed_id=""), name="subscription_refund_listed"
            ),
            positive_check("subscription_refund", "amount_kobo"),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(refunded_at__isnull=False), name="subscription_refund_moment"
            ),
            currency_check("subscription_refund"),
            choice_check("subscription_refund", "status", SubscriptionRefundStatus),
        ]

    def __str__(self) -> str:
        return f"Refund {self.pk} of {self.charge.reference}"
