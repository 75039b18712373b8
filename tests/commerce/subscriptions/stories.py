"""A customer who takes a plan, pays on the provider's page, and what is written of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commerce.accounts.models import User
from commerce.subscriptions.models import Plan, Subscription, SubscriptionCharge, SubscriptionInvoice
from commerce.subscriptions.services import renew_due, settle_charge, subscribe
from tests.commerce.factories import NOON
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

BACK = "https://shop.example/plan/"
SYSTEM = Actor()
DAY = timedelta(days=1)
PRICES = {"basic": 500_000, "professional": 1_000_000, "enterprise": 3_000_000}


def make_plan(level: str = "basic", interval: str = "month", **choices: Any) -> Plan:
    """A plan: ₦5,000, ₦10,000 or ₦30,000 a month, a year for ten times that."""
    price = PRICES[level] * (10 if interval == "year" else 1)
    facts = {"name": f"{level.title()}, a {interval}", "price_kobo": price, **choices}
    return Plan.objects.create(level=level, interval=interval, **facts)


def take(user: User, plan: Plan, *, at: datetime = NOON, provider: str = "paystack") -> SubscriptionCharge:
    """Take a plan: the charge whose page waits."""
    _, charge = subscribe(user=user, plan=plan, provider=provider, return_url=BACK, at=at, actor=SYSTEM)
    assert charge
    return charge


def pay(providers: Providers, charge: SubscriptionCharge, *, at: datetime = NOON) -> SubscriptionCharge:
    """Pay on the page, and come back."""
    providers.settle(charge.reference)
    return settle_charge(charge=charge, at=at)


def subscribed(
    providers: Providers, user: User, plan: Plan, *, at: datetime = NOON, provider: str = "paystack"
) -> Subscription:
    """A subscription that is paid for."""
    charge = pay(providers, take(user, plan, at=at, provider=provider), at=at)
    return Subscription.objects.select_related("plan", "user").get(pk=charge.invoice.subscription_id)


def renew(at: datetime) -> int:
    """Run the job."""
    return renew_due(at=at)


def timeline(subscription: Subscription) -> list[tuple[str, str, int, int]]:
    """What happened: kind, state after it, monthly revenue after it, and by how much that changed."""
    return list(subscription.events.values_list("kind", "to_status", "mrr_kobo", "mrr_change_kobo"))


def invoices(subscription: Subscription) -> list[tuple[str, str, int, int, int]]:
    """What is or was owed, the oldest first: for what, state, price, credit, total."""
    rows = SubscriptionInvoice.objects.filter(subscription=subscription).order_by("id")
    return list(rows.values_list("kind", "status", "price_kobo", "credit_kobo", "total_kobo"))


def charges(subscription: Subscription) -> list[tuple[str, str, int]]:
    """The tries to take money, the oldest first: reference without the number, state, amount."""
    rows = SubscriptionCharge.objects.filter(invoice__subscription=subscription).order_by("id")
    return [(row.reference.partition("-")[2], row.status, row.amount_kobo) for row in rows]


def mails() -> list[str]:
    """What customers were written."""
    return list(OutgoingMail.objects.order_by("id").values_list("template", flat=True))


def taken_by(providers: Providers) -> list[int]:
    """What the providers charged without anybody there, in kobo."""
    return [each.paid_kobo for each in reversed(providers.ledger.all()) if each.card and each.status == "success"]
