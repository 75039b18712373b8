"""What plans, subscriptions and their money can be."""

from __future__ import annotations

from django.db import models


class PlanLevel(models.TextChoices):
    """How much a plan gives: the order is that of the levels."""

    BASIC = "basic"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


class Interval(models.TextChoices):
    """How long a period is."""

    MONTH = "month"
    YEAR = "year"


class SubscriptionStatus(models.TextChoices):
    """Where a subscription stands. One that never began, and one that was given up on, are unpaid."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due", "Past due"
    UNPAID = "unpaid"
    CANCELED = "canceled"


# What gives its customer something: one a customer.
LIVE = (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)
# What counts as recurring revenue.
PAYING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


class InvoiceKind(models.TextChoices):
    """What an invoice is for."""

    FIRST = "first", "First period"
    RENEWAL = "renewal"
    UPGRADE = "upgrade"
    CARD = "card", "Another card"


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands; void: it is not owed any more."""

    OPEN = "open"
    PAID = "paid"
    UNCOLLECTIBLE = "uncollectible", "Given up"
    VOID = "void"


class ChargeStatus(models.TextChoices):
    """Where one try to take an invoice's money stands."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


class ChargeAttention(models.TextChoices):
    """Why staff must look at money that came in: nothing was owed for it, or it is not what was asked."""

    NOT_OWED = "not_owed", "Nothing was owed for it"
    WRONG_AMOUNT = "wrong_amount", "Another amount than was asked"
    WRONG_CURRENCY = "wrong_currency", "Another currency than was asked"


class SubscriptionRefundStatus(models.TextChoices):
    """Where money that goes back stands."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Happening(models.TextChoices):
    """What can happen to a subscription: the kinds of its timeline."""

    BEGUN = "begun", "Checkout begun"
    TRIAL = "trial", "Trial began"
    STARTED = "started", "Paid for the first time"
    RENEWED = "renewed"
    FAILED = "failed", "A charge failed"
    UPGRADED = "upgraded"
    PLANNED = "planned", "A change is planned"
    DOWNGRADED = "downgraded", "The planned change came"
    CANCEL_ASKED = "cancel_asked", "To end with the period"
    RESUMED = "resumed"
    CARD = "card", "Another card"
    REFUNDED = "refunded"
    CANCELED = "canceled", "Ended"
    UNPAID = "unpaid", "Given up"
