"""Changing a plan, ending it, and taking that back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from commerce.accounts.models import User
from commerce.payments.gateways import GatewayUnavailable
from commerce.subscriptions.models import (
    ChargeStatus,
    Happening,
    InvoiceKind,
    InvoiceStatus,
    Plan,
    Subscription,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services.asking import settle_charge
from commerce.subscriptions.services.invoicing import (
    next_turn,
    open_charge,
    open_invoice,
    pending_charge,
    void_upgrades,
)
from commerce.subscriptions.services.proration import Change, plan_change
from commerce.subscriptions.services.renewing import can_charge, open_renewal
from commerce.subscriptions.services.subscribing import NotSubscribed, begin_checkout, own_subscription, page_of
from commerce.subscriptions.services.taking import end_subscription
from commerce.subscriptions.services.telling import tell
from commerce.subscriptions.services.timeline import follow, get_locked, write_event
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

# What is not used of a plan is less with every second: so long the price that a customer was shown is theirs.
PRICE_HOLDS = timedelta(minutes=15)


class SamePlan(Refused):
    """The customer has this plan, or has planned it."""

    code = "same_plan"


class PaymentDue(Refused):
    """The last period is not paid: that comes first."""

    code = "payment_due"


class ChangeUnderWay(Refused):
    """A change of the plan is being charged."""

    code = "change_under_way"


class ChargeDeclined(Refused):
    """The bank did not give the money for a change."""

    code = "charge_declined"


class PriceChanged(Refused):
    """What is due is not what the customer agreed to."""

    code = "price_changed"


class NothingToResume(Refused):
    """The subscription does not end, and no change is planned."""

    code = "nothing_to_resume"


class AlreadyEnding(Refused):
    """The subscription ends with its period already."""

    code = "already_ending"


def preview_change(*, user: User, plan: Plan, at: datetime) -> Change:
    """Return what a change would mean now. Raises `NotSubscribed`, `SamePlan`, `PaymentDue`, `ChangeUnderWay`."""
    subscription = own_subscription(user)
    refuse_change(subscription, plan=plan, at=at)
    return plan_change(subscription=subscription, plan=plan, at=at)


def refuse_change(subscription: Subscription, *, plan: Plan, at: datetime) -> None:
    """Raise what stands in the way of a change."""
    if not subscription.is_live:
        raise NotSubscribed("You have no subscription.")
    if plan.pk == (subscription.next_plan_id or subscription.plan_id):
        raise SamePlan("This is your plan already. Choose another one.", field="plan")
    end = subscription.current_period_end
    if subscription.status == SubscriptionStatus.PAST_DUE or end is None or at >= end or open_renewal(subscription):
        raise PaymentDue("Your last period is not paid yet. Pay it first, or wait until it has been charged.")
    upgrade = open_upgrade(subscription)
    if upgrade and pending_charge(upgrade, is_checkout=False):
        raise ChangeUnderWay("A change of your plan is under way. Try again in some minutes.")


def open_upgrade(subscription: Subscription) -> SubscriptionInvoice | None:
    """Return the change that waits to be paid; None where none does."""
    found = subscription.invoices.filter(kind=InvoiceKind.UPGRADE, status=InvoiceStatus.OPEN)
    return found.select_related("plan").order_by("-id").first()


def change_plan(
    *,
    user: User,
    plan: Plan,
    return_url: str,
    at: datetime,
    actor: Actor,
    agreed_kobo: int | None = None,
    as_of: datetime | None = None,
) -> tuple[Subscription, SubscriptionCharge | None]:
    """Change to a plan, at once where `plan_change` says so, else at the period's end.

    What is due is charged to the card; without one the charge that is returned has a page to pay on. While the provider
    does not answer the charge is pending, and the plan changes when it is paid. `agreed_kobo`: the most the customer
    agreed to, of a preview made `as_of` a moment: its price holds for `PRICE_HOLDS`.

    Raises as `preview_change`, `PriceChanged`, `ChargeDeclined`, `GatewayUnavailable`, `GatewayRefused`.
    """
    found = own_subscription(user)
    with transaction.atomic():
        subscription = get_locked(found.pk)
        refuse_change(subscription, plan=plan, at=at)
        priced_at = as_of if as_of and holds(subscription, as_of=as_of, at=at) else at
        change = plan_change(subscription=subscription, plan=plan, at=priced_at)
        total = change.due.total_kobo if change.due else 0
        if agreed_kobo is not None and total > agreed_kobo:
            raise PriceChanged("The price has changed. Look at it again, then agree.", field="agreed_kobo")
        if change.due is None:
            return apply_free(subscription, change=change, at=at, actor=actor), None
        charge, is_new = upgrade_charge(subscription, change=change, at=at)
    if charge.is_checkout:
        return subscription, begin_checkout(charge, return_url=return_url, at=at) if is_new else charge
    return settle_upgrade(charge, at=at, actor=actor)


def holds(subscription: Subscription, *, as_of: datetime, at: datetime) -> bool:
    """Say whether the price of a preview holds: it is of late, of this period, and nothing has happened since."""
    start = subscription.current_period_start
    is_fresh = at - PRICE_HOLDS <= as_of <= at and start is not None and start <= as_of
    return is_fresh and not subscription.events.filter(occurred_at__gt=as_of).exists()


def upgrade_charge(subscription: Subscription, *, change: Change, at: datetime) -> tuple[SubscriptionCharge, bool]:
    """Write what a change costs and the try to take it; a page of before that was for less or more is owed no more."""
    if change.due is None or change.ends_at is None:
        raise ValueError("a change that costs nothing needs no charge")
    void_upgrades(subscription, at=at)
    invoice = open_invoice(
        subscription=subscription,
        kind=InvoiceKind.UPGRADE,
        plan=change.plan,
        plan_price_kobo=change.plan.price_kobo,
        start=change.starts_at,
        end=change.ends_at,
        due=change.due,
        at=at,
        turn=next_turn(subscription, InvoiceKind.UPGRADE),
    )
    invoice.subscription = subscription
    provider = subscription.provider_name
    if not can_charge(subscription):
        return page_of(invoice, provider=provider, at=at)
    is_test = subscription.user.is_test
    return open_charge(invoice=invoice, provider=provider, is_checkout=False, is_test=is_test, at=at), True


def settle_upgrade(
    charge: SubscriptionCharge, *, at: datetime, actor: Actor
) -> tuple[Subscription, SubscriptionCharge | None]:
    """Charge the card for a change. Raises `ChargeDeclined`; a provider that is away leaves it pending."""
    try:
        charge = settle_charge(charge=charge, at=at, actor=actor, is_new=True)
    except GatewayUnavailable:  # it may have happened: the job asks after it, and the page says that it is pending
        charge.refresh_from_db()
    if charge.status == ChargeStatus.FAILED:
        message = f"Your bank declined: {charge.failure_reason}. Use another card, or ask your bank."
        raise ChargeDeclined(message)
    return Subscription.objects.select_related("plan", "next_plan", "user").get(
        pk=charge.invoice.subscription_id
    ), charge


def apply_free(subscription: Subscription, *, change: Change, at: datetime, actor: Actor) -> Subscription:
    """Make a change that costs nothing now: within a trial at once, else planned for the period's end.

    Who chooses a plan goes on, also where they had ended it: as one that is paid for does.
    """
    before, before_kobo = subscription.status, subscription.mrr_kobo
    void_upgrades(subscription, at=at)
    subscription.cancel_at_period_end = False
    if change.is_now:
        subscription.plan, subscription.price_kobo, subscription.next_plan = change.plan, change.plan.price_kobo, None
        kind = Happening.UPGRADED
    else:
        is_back = change.plan == subscription.plan
        subscription.next_plan = None if is_back else change.plan
        kind = Happening.RESUMED if is_back else Happening.PLANNED
    subscription.save()
    follow(subscription, at=at)
    event = write_event(
        subscription=subscription,
        kind=kind,
        from_status=before,
        before_kobo=before_kobo,
        at=at,
        actor=actor,
        note=change.plan.name,
    )
    tell(subscription=subscription, kind="subscription.changed", turn=f"event-{event.pk}", at=at)
    return subscription


@transaction.atomic
def cancel_subscription(*, user: User, at: datetime, actor: Actor, reason: str = "") -> Subscription:
    """End a subscription with its period; one that is past due, and has no charge under way, at once.

    Raises `NotSubscribed`, `AlreadyEnding`.
    """
    subscription = get_locked(own_subscription(user).pk)
    if not subscription.is_live:
        raise NotSubscribed("You have no subscription.")
    owed = open_renewal(subscription)
    is_under_way = owed is not None and pending_charge(owed) is not None
    if subscription.status == SubscriptionStatus.PAST_DUE and not is_under_way:
        end_subscription(subscription=subscription, to=SubscriptionStatus.CANCELED, at=at, actor=actor, note=reason)
        return subscription
    if subscription.cancel_at_period_end:
        raise AlreadyEnding("Your subscription ends with its period already.")
    subscription.cancel_at_period_end, subscription.next_plan = True, None
    subscription.save(update_fields=["cancel_at_period_end", "next_plan", "updated_at"])
    void_upgrades(subscription, at=at)
    event = write_event(
        subscription=subscription,
        kind=Happening.CANCEL_ASKED,
        from_status=subscription.status,
        before_kobo=subscription.mrr_kobo,
        at=at,
        actor=actor,
        note=reason,
    )
    tell(subscription=subscription, kind="subscription.canceled", turn=str(event.pk), at=at)
    return subscription


@transaction.atomic
def resume_subscription(*, user: User, at: datetime, actor: Actor) -> Subscription:
    """Go on with a subscription that was to end, and with its plan.

    Raises `NotSubscribed`, `NothingToResume`, and `PaymentDue` where the planned one is being charged already.
    """
    subscription = get_locked(own_subscription(user).pk)
    if not subscription.is_live:
        raise NotSubscribed("You have no subscription.")
    if not subscription.cancel_at_period_end and subscription.next_plan is None:
        raise NothingToResume("Your subscription goes on already.")
    if subscription.next_plan and (owed := open_renewal(subscription)) and owed.plan != subscription.plan:
        raise PaymentDue(f"This period is charged as {owed.plan.name} already. Pay it first, then change your plan.")
    subscription.cancel_at_period_end, subscription.next_plan = False, None
    subscription.save(update_fields=["cancel_at_period_end", "next_plan", "updated_at"])
    event = write_event(
        subscription=subscription,
        kind=Happening.RESUMED,
        from_status=subscription.status,
        before_kobo=subscription.mrr_kobo,
        at=at,
        actor=actor,
    )
    tell(subscription=subscription, kind="subscription.changed", turn=f"event-{event.pk}", at=at)
    return subscription


@transaction.atomic
def retry_now(*, subscription_id: int, at: datetime) -> bool:
    """Have the job try what is owed with its next run; say whether something is."""
    subscription = get_locked(subscription_id)
    owed = open_renewal(subscription)
    if subscription.status != SubscriptionStatus.PAST_DUE or owed is None or pending_charge(owed):
        return False
    Subscription.objects.filter(pk=subscription.pk).update(next_look_at=at, updated_at=at)
    return True
