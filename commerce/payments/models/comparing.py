from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from commerce.columns import Timestamped, choice_check, currency_check, currency_field
from commerce.payments.models.payments import Payment, Provider, Refund


class ComparisonStatus(models.TextChoices):
    """Where the comparison of one provider's day stands."""

    WAITING = "waiting", "Waits for a worker"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Compared"
    FAILED = "failed", "Failed"


class DifferenceKind(models.TextChoices):
    """How the ledger and a provider's list differ."""

    UNKNOWN_MONEY = "unknown_money", "Money of no payment of ours"
    NOT_TAKEN = "not_taken", "Money that our payment did not take"
    NOT_LISTED = "not_listed", "Paid here, unknown to the provider"
    AMOUNT = "amount", "Another amount"
    CURRENCY = "currency", "Another currency"
    TEST_MONEY = "test_money", "Paid here, made with test keys"
    UNKNOWN_REFUND = "unknown_refund", "Given back there, not here"
    REFUND_NOT_LISTED = "refund_not_listed", "Given back here, not there"
    REFUND_AMOUNT = "refund_amount", "Another amount was given back"


class Resolution(models.TextChoices):
    """Why a difference is none any more."""

    AGREES = "agrees", "A later comparison agreed"
    STAFF = "staff", "Dealt with by staff"


class PaymentComparison(Timestamped):
    """One provider's list of one day of the shop beside the ledger; compared again, the same row says the newer result.

    Sums are of the currency alone, in kobo; money in others is compared too, and counted in `other_currency_count`.
    `settled_count` is how much of the money was taken into the ledger by the comparison itself, and
    `open_refund_count` how many refunds the provider has not ended yet: then the day is compared again.
    """

    provider = models.CharField(max_length=20, choices=Provider)
    money_date = models.DateField("day")
    currency = currency_field()
    status = models.CharField(max_length=10, choices=ComparisonStatus, default=ComparisonStatus.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failure_reason = models.TextField(blank=True, default="")
    provider_count = models.PositiveIntegerField(default=0)
    provider_kobo = models.BigIntegerField(default=0)
    fee_kobo = models.BigIntegerField(default=0)
    ledger_count = models.PositiveIntegerField(default=0)
    ledger_kobo = models.BigIntegerField(default=0)
    provider_refund_count = models.PositiveIntegerField(default=0)
    provider_refund_kobo = models.BigIntegerField(default=0)
    ledger_refund_count = models.PositiveIntegerField(default=0)
    ledger_refund_kobo = models.BigIntegerField(default=0)
    open_refund_count = models.PositiveIntegerField("refunds under way there", default=0)
    other_currency_count = models.PositiveIntegerField("payments in other currencies", default=0)
    settled_count = models.PositiveIntegerField("taken into the ledger by this", default=0)
    note = models.TextField(blank=True, default="")

    class Meta:
        db_table = "commerce_payment_comparison"
        verbose_name = "comparison with a provider"
        verbose_name_plural = "comparisons with providers"
        constraints = [
            models.UniqueConstraint(fields=["money_date", "provider"], name="payment_comparison_day_unique"),
            currency_check("payment_comparison"),
            choice_check("payment_comparison", "provider", Provider),
            choice_check("payment_comparison", "status", ComparisonStatus),
            models.CheckConstraint(
                condition=~Q(status__in=["finished", "failed"]) | Q(finished_at__isnull=False),
                name="payment_comparison_ended_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()}, {self.money_date:%d %B %Y}"

    @property
    def difference_kobo(self) -> int:
        """Return how much more money the provider lists than the ledger has; less than zero: how much less."""
        return self.provider_kobo - self.ledger_kobo

    @property
    def refund_difference_kobo(self) -> int:
        """Return how much more the provider lists as given back than the ledger has."""
        return self.provider_refund_kobo - self.ledger_refund_kobo


class DifferenceQuerySet(models.QuerySet["Difference"]):
    """Reads of differences."""

    def unresolved(self) -> Self:
        """Differences that are there still."""
        return self.filter(resolved_at=None)


class Difference(models.Model):
    """One thing of a comparison that the provider says otherwise than the ledger, kept once however often it is found.

    `subject_key` names the thing within the day: the provider's id of a charge or refund, or our row's. An amount that
    is empty is one that this side has not. `explanation` is for staff.
    """

    comparison = models.ForeignKey(PaymentComparison, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=20, choices=DifferenceKind)
    subject_key = models.CharField(max_length=250)
    reference = models.CharField(max_length=200, blank=True, default="")
    provider_id = models.CharField("provider's id", max_length=100, blank=True, default="")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="differences")
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="differences", db_index=False
    )
    provider_kobo = models.BigIntegerField(null=True, blank=True)
    provider_currency = models.CharField(max_length=3, blank=True, default="")
    ledger_kobo = models.BigIntegerField(null=True, blank=True)
    ledger_currency = models.CharField(max_length=3, blank=True, default="")
    explanation = models.CharField(max_length=500, blank=True, default="")
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField("last seen")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True, default="")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    note = models.TextField(blank=True, default="")

    objects = DifferenceQuerySet.as_manager()

    class Meta:
        db_table = "commerce_payment_difference"
        verbose_name = "difference from a provider"
        verbose_name_plural = "differences from providers"
        indexes = [
            models.Index(fields=["-id"], name="payment_difference_open", condition=Q(resolved_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["comparison", "kind", "subject_key"], name="payment_difference_once"),
            choice_check("payment_difference", "kind", DifferenceKind),
            models.CheckConstraint(
                condition=Q(resolution__in=["", *Resolution.values]), name="payment_difference_resolution"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution="")
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
                name="payment_difference_resolved_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference or self.provider_id}"
