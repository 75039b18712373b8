"""Taking a plan: with its trial, or by the first payment on the provider's page; and paying what is owed there."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from commerce.accounts.models import User
from commerce.payments.gateways import GATEWAYS, Bill, GatewayRefused, GatewayUnavailable
from commerce.payments.models import Provider
from commerce.subscriptions.models import (
    Happening,
    InvoiceKind,
    InvoiceStatus,
    Plan,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.beginning import begin_trial
from commerce.subscriptions.services.invoicing import next_turn, open_charge, open_invoice, pending_charge, void_open
from commerce.subscriptions.services.periods import months_after
from commerce.subscriptions.services.proration import Due, due_for
from commerce.subscriptions.services.renewing import open_renewal
from commerce.subscriptions.services.settling import apply_charge
from commerce.subscriptions.services.timeline import get_locked, write_event
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

# A page is used again for as long, rather than that a customer who goes back pays on two.
PAGE_KEPT = timedelta(minutes=30)
NO_PAGE = "The provider gave no page."


class PlanNotOffered(Refused):
    """There is no such plan, or it is not offered any more."""

    code = "plan_not_offered"


class AlreadySubscribed(Refused):
    """The customer has a plan: it is changed, not taken again."""

    code = "already_subscribed"


class NotSubscribed(Refused):
    """The customer has no plan."""

    status = 404
    code = "not_subscribed"


class ProviderUnavailable(Refused):
    """The shop takes no money by this provider."""

    code = "payment_method_unavailable"


class EmailMissing(Refused):
    """A provider sends its receipt to an e-mail address, and the account has none."""

    code = "missing_email"


class NothingOwed(Refused):
    """There is nothing to pay."""

    code = "nothing_owed"


def offered_plans() -> QuerySet[Plan]:
    """Return the plans that can be taken: by the month, then by the year, the cheapest first."""
    return Plan.objects.filter(is_active=True, currency=settings.SHOP_CURRENCY).order_by("interval", "price_kobo", "id")


def find_plan(plan_id: int) -> Plan:
    """Return a plan that is offered. Raises `PlanNotOffered`."""
    plan = offered_plans().filter(pk=plan_id).first()
    if plan is None:
        raise PlanNotOffered("This plan is not offered. Choose another one.", field="plan")
    return plan


def live_subscription(user_id: UUID) -> Subscription | None:
    """Return a customer's live subscription with its plans; None where there is none."""
    return Subscription.objects.live().filter(user_id=user_id).select_related("user", "plan", "next_plan").first()


def own_subscription(user: User) -> Subscription:
    """Return a customer's live subscription. Raises `NotSubscribed`."""
    found = live_subscription(user.pk)
    if found is None:
        raise NotSubscribed("You have no subscription.")
    return found


def open_providers() -> list[Provider]:
    """Return the providers by which the shop takes money for subscriptions."""
    return [Provider(name) for name, gateway in GATEWAYS.items() if gateway.is_configured()]


def choose_provider(name: str) -> Provider:
    """Return a provider that the shop has keys for, the first where none is named. Raises `ProviderUnavailable`."""
    found = next((each for each in open_providers() if name in {"", each.value}), None)
    if found is None:
        raise ProviderUnavailable("This way to pay is not available. Choose another one.", field="pay_by")
    return found


def may_try(user_id: UUID) -> bool:
    """Say whether a customer may still have a trial: one each, whatever became of it."""
    return not Subscription.objects.filter(user_id=user_id, trial_end__isnull=False).exists()


def subscribe(
    *, user: User, plan: Plan, provider: str, return_url: str, at: datetime, actor: Actor
) -> tuple[Subscription, SubscriptionCharge | None]:
    """Take a plan: return the subscription, and the charge with the page to pay on unless a trial begins.

    It begins when it is paid. Asked again within half an hour, the same page. Raises `AlreadySubscribed`,
    `PlanNotOffered`, `ProviderUnavailable`, `EmailMissing`, `GatewayUnavailable`, `GatewayRefused`.
    """
    chosen = choose_provider(provider)
    if not user.email:
        raise EmailMissing("Give your account an e-mail first: receipts go there.", field="email")
    with transaction.atomic():
        subscription = begin(user=user, plan=plan, provider=chosen, at=at, actor=actor)
        if subscription.status == SubscriptionStatus.TRIALING:
            return subscription, None
        invoice = first_invoice(subscription, at=at)
        charge, is_new = page_of(invoice, provider=chosen, at=at)
    return subscription, begin_checkout(charge, return_url=return_url, at=at) if is_new else charge


def begin(*, user: User, plan: Plan, provider: Provider, at: datetime, actor: Actor) -> Subscription:
    """Return a subscription to a plan that waits for its first payment, or whose trial has begun."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if live_subscription(user.pk):
        raise AlreadySubscribed("You have a subscription. Change its plan instead.", field="plan")
    waiting = Subscription.objects.filter(user=user, started_at=None, status=SubscriptionStatus.UNPAID)
    known = waiting.select_for_update(no_key=True, of=("self",)).select_related("user").first()
    subscription = known or Subscription(user=user, created_at=at)
    is_changed = known is None or known.plan_id != plan.pk or known.provider != provider
    subscription.plan, subscription.price_kobo, subscription.currency = plan, plan.price_kobo, plan.currency
    subscription.provider = provider
    subscription.save()
    if known and is_changed:
        known.invoices.filter(status=InvoiceStatus.OPEN).update(status=InvoiceStatus.VOID, updated_at=at)
    if plan.trial_days and may_try(user.pk):
        begin_trial(subscription=subscription, at=at, actor=actor)
    elif known is None:
        write_event(
            subscription=subscription,
            kind=Happening.BEGUN,
            from_status=subscription.status,
            before_kobo=0,
            at=at,
            actor=actor,
        )
    return subscription


def first_invoice(subscription: Subscription, *, at: datetime) -> SubscriptionInvoice:
    """Return what the first period costs today; what was owed at another price or tax is owed no more."""
    plan = subscription.plan
    due = due_for(user=subscription.user, price_kobo=plan.price_kobo)
    known = subscription.invoices.filter(kind=InvoiceKind.FIRST, status=InvoiceStatus.OPEN).first()
    if known and (known.price_kobo, known.tax_kobo, known.total_kobo) == (due.price_kobo, due.tax_kobo, due.total_kobo):
        return known
    void_open(subscription, at=at)
    return open_invoice(
        subscription=subscription,
        kind=InvoiceKind.FIRST,
        plan=plan,
        plan_price_kobo=plan.price_kobo,
        start=at,
        end=months_after(at, plan.months),
        due=due,
        at=at,
        turn=next_turn(subscription, InvoiceKind.FIRST),
    )


def page_of(invoice: SubscriptionInvoice, *, provider: Provider, at: datetime) -> tuple[SubscriptionCharge, bool]:
    """Return the charge whose page is open, or a new one without, and which it is."""
    known = pending_charge(invoice, is_checkout=True)
    if known and known.checkout_url and known.provider == provider and known.created_at > at - PAGE_KEPT:
        return known, False
    is_test = invoice.subscription.user.is_test
    return open_charge(invoice=invoice, provider=provider, is_checkout=True, is_test=is_test, at=at), True


def begin_checkout(charge: SubscriptionCharge, *, return_url: str, at: datetime) -> SubscriptionCharge:
    """Have the provider make a new charge's page. Raises `GatewayUnavailable`, `GatewayRefused`: it failed then."""
    user = charge.invoice.subscription.user
    bill = Bill(
        reference=charge.reference,
        amount_kobo=charge.amount_kobo,
        currency=charge.currency,
        email=user.email or "",
        name=user.name,
        phone=user.phone or "",
        return_url=return_url,
    )
    try:
        charge.checkout_url = GATEWAYS[charge.provider].start(bill)
    except (GatewayRefused, GatewayUnavailable):
        apply_charge(charge_id=charge.pk, said=None, failure=NO_PAGE, at=at)
        raise
    charge.save(update_fields=["checkout_url", "updated_at"])
    return charge


def pay_by_page(*, user: User, provider: str, return_url: str, at: datetime) -> SubscriptionCharge:
    """Pay by another card on the provider's page: what is owed; else SUBSCRIPTION_CARD_KOBO, which goes back at once.

    The card is charged from then on. Raises `NotSubscribed`, `NothingOwed` (a charge is under way), and as `subscribe`.
    """
    chosen = choose_provider(provider)
    found = own_subscription(user)
    if not user.email:
        raise EmailMissing("Give your account an e-mail first: receipts go there.", field="email")
    with transaction.atomic():
        subscription = get_locked(found.pk)
        if not subscription.is_live:
            raise NotSubscribed("You have no subscription.")
        invoice = open_renewal(subscription) or card_invoice(subscription, at=at)
        invoice.subscription = subscription
        if pending_charge(invoice, is_checkout=False):
            raise NothingOwed("A charge is under way. Try again in some minutes.")
        charge, is_new = page_of(invoice, provider=chosen, at=at)
    return begin_checkout(charge, return_url=return_url, at=at) if is_new else charge


def card_invoice(subscription: Subscription, *, at: datetime) -> SubscriptionInvoice:
    """Return what is charged to know another card."""
    known = subscription.invoices.filter(kind=InvoiceKind.CARD, status=InvoiceStatus.OPEN).first()
    end = subscription.current_period_end
    if known:
        return known
    kobo = settings.SUBSCRIPTION_CARD_KOBO
    return open_invoice(
        subscription=subscription,
        kind=InvoiceKind.CARD,
        plan=subscription.plan,
        plan_price_kobo=subscription.price_kobo,
        start=at,
        end=max(end or at, at + PAGE_KEPT),
        due=Due(kobo, 0, 0, tax_is_included=True, tax_title=""),
        at=at,
        turn=next_turn(subscription, InvoiceKind.CARD),
    )
