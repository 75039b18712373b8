from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from commerce.columns import Timestamped, choice_check, currency_check, currency_field, positive_check
from commerce.payments.models import ONLINE, Provider
from commerce.subscriptions.models.choices import LIVE, PAYING, Happening, SubscriptionStatus
from commerce.subscriptions.models.plans import Plan


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Reads of subscriptions."""

    def live(self) -> Self:
        """Subscriptions that give their customers something."""
        return self.filter(status__in=LIVE)

    def begun(self) -> Self:
        """Subscriptions that began, by a payment or a trial."""
        return self.filter(started_at__isnull=False)


class Subscription(Timestamped):
    """A customer's plan, for the price of the day on which they took it. One that is live a customer.

    A period is `[current_period_start, current_period_end)`; periods are counted from `anchor_at`, so that one that
    began on the 31st ends on the last day of shorter months. `next_look_at` is when the job looks at it again.
    `authorization` is the provider's code for a card that may be charged again, under `authorized_email`; of the card
    itself we keep what its owner tells it by. `started_at` is empty until it is paid for, or its trial begins.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="subscriptions")
    status = models.CharField(max_length=10, choices=SubscriptionStatus, default=SubscriptionStatus.UNPAID)
    currency = currency_field()
    price_kobo = models.BigIntegerField("price")
    next_plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    provider = models.CharField(max_length=20, choices=[(each.value, each.label) for each in ONLINE])
    authorization = models.CharField(max_length=200, blank=True, default="", editable=False)
    authorized_email = models.EmailField(blank=True, default="", editable=False)
    card = models.CharField(max_length=40, blank=True, default="")
    anchor_at = models.DateTimeField(null=True, blank=True)
    current_period_start = models.DateTimeField(null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField("ends with the period", default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_look_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        db_table = "commerce_subscription"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_look_at"], name="subscription_look_at", condition=Q(next_look_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status__in=[each.value for each in LIVE]), name="subscription_one_live"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[each.value for each in LIVE])
                | Q(current_period_start__isnull=False, started_at__isnull=False, ended_at__isnull=True),
                name="subscription_live_has_period",
            ),
            models.CheckConstraint(
                condition=Q(current_period_end__gt=F("current_period_start")), name="subscription_period"
            ),
            positive_check("subscription", "price_kobo"),
            currency_check("subscription"),
            choice_check("subscription", "status", SubscriptionStatus),
            models.CheckConstraint(
                condition=Q(provider__in=[each.value for each in ONLINE]), name="subscription_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"Subscription {self.pk}"

    @property
    def is_live(self) -> bool:
        """Say whether it gives its customer something."""
        return self.status in LIVE

    @property
    def provider_name(self) -> Provider:
        """Return who takes the money, as a choice."""
        return Provider(self.provider)

    @property
    def mrr_kobo(self) -> int:
        """Return what it brings a month, in kobo: of a year a twelfth, half a kobo up.

        A trial brings nothing yet, nor one whose first charge has failed.
        """
        is_trial = self.trial_end is not None and self.trial_end == self.current_period_end
        if self.status not in PAYING or is_trial:
            return 0
        months = self.plan.months
        return (2 * self.price_kobo + months) // (2 * months)


class SubscriptionEvent(models.Model):
    """What happened to a subscription, never changed: its timeline, and the ledger of recurring revenue.

    `mrr_change_kobo` is by how much a month's revenue went up or down; all of a subscription's add up to its own.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Happening)
    from_status = models.CharField(max_length=10, choices=SubscriptionStatus)
    to_status = models.CharField(max_length=10, choices=SubscriptionStatus)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    mrr_kobo = models.BigIntegerField("monthly revenue after it")
    mrr_change_kobo = models.BigIntegerField("change of monthly revenue")
    currency = currency_field()
    note = models.CharField(max_length=300, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()

    class Meta:
        db_table = "commerce_subscription_event"
        ordering = ["id"]
        indexes = [models.Index(fields=["occurred_at"], name="subscription_event_at")]
        constraints = [
            currency_check("subscription_event"),
            choice_check("subscription_event", "kind", Happening),
            choice_check("subscription_event", "from_status", SubscriptionStatus),
            choice_check("subscription_event", "to_status", SubscriptionStatus),
            models.CheckConstraint(condition=Q(mrr_kobo__gte=0), name="subscription_event_mrr"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"
