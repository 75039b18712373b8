"""Plans and who has one: some take a trial, some change or end, some cards fail, for good or for
a day. Nobody is written to about the past.

Their cards are known to no provider, so the job leaves them alone: `next_look_at` is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from commerce.accounts.models import Entitlement, KeyTier, User
from commerce.payments.models import Provider
from commerce.subscriptions.models import (
    ChargeStatus,
    Happening,
    Interval,
    InvoiceKind,
    InvoiceStatus,
    Plan,
    PlanLevel,
    Subscription,
    SubscriptionCharge,
    SubscriptionEvent,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services import used_kobo
from commerce.subscriptions.services.invoicing import reference_of
from commerce.subscriptions.services.periods import months_after
from zuka.demo.draws import random_for

# Of so many customers one has a plan, and of a large shop so many in all.
ONE_OF, MOST = 12, 120
TRIAL = timedelta(days=14)
LEVELS = (
    (PlanLevel.BASIC, "Basic", 250_000, 120, True, KeyTier.FREE, "For who orders often."),
    (PlanLevel.PROFESSIONAL, "Professional", 750_000, 150, True, KeyTier.PRO, "For who buys for others too."),
    (PlanLevel.ENTERPRISE, "Enterprise", 2_500_000, 200, True, KeyTier.ENTERPRISE, "For shops that sell on."),
)
RETRY = timedelta(days=1)
WAYS = ("stays", "stays", "stays", "upgrades", "ends", "fails", "recovers", "tries")


def save_plans() -> list[Plan]:
    """Save what the shop offers: three levels by the month and, for ten months' price, by the year."""
    rows = [
        Plan(
            level=level,
            interval=interval,
            name=f"{name}, a {interval.value}",
            description=text,
            price_kobo=price * (10 if interval == Interval.YEAR else 1),
            trial_days=TRIAL.days if interval == Interval.MONTH else 0,
            points_percent=points,
            free_shipping=shipping,
            key_tier=tier,
        )
        for level, name, price, points, shipping, tier, text in LEVELS
        for interval in Interval
    ]
    return Plan.objects.bulk_create(rows)


@dataclass(slots=True)
class Story:
    """One subscription as it unfolds, with its rows; saved by `save_stories`."""

    row: Subscription
    events: list[SubscriptionEvent] = field(default_factory=list)
    invoices: list[SubscriptionInvoice] = field(default_factory=list)
    charges: list[tuple[SubscriptionInvoice, SubscriptionCharge]] = field(default_factory=list)

    def tell(self, kind: Happening, status: SubscriptionStatus, *, at: datetime, note: str = "") -> None:
        """Move it to a status, and write so."""
        before, row = self.events[-1].mrr_kobo if self.events else 0, self.row
        from_status, row.status = row.status, status
        self.events.append(
            SubscriptionEvent(
                subscription=row,
                kind=kind,
                from_status=from_status,
                to_status=status,
                plan=row.plan,
                mrr_kobo=row.mrr_kobo,
                mrr_change_kobo=row.mrr_kobo - before,
                note=note,
                occurred_at=at,
            )
        )

    def bill(self, kind: InvoiceKind, *, kobo: int, credit: int, at: datetime, is_paid: bool = True) -> None:
        """Owe a period and take its money, or fail to."""
        row = self.row
        invoice = SubscriptionInvoice(
            subscription=row,
            kind=kind,
            status=InvoiceStatus.PAID if is_paid else InvoiceStatus.UNCOLLECTIBLE,
            plan=row.plan,
            period_start=(row.current_period_start if is_paid else None) or at,
            period_end=(row.current_period_end if is_paid else None) or months_after(at, 1),
            plan_price_kobo=row.price_kobo,
            price_kobo=kobo,
            credit_kobo=credit,
            total_kobo=kobo - credit,
            attempts=0 if is_paid else 1,
            failed_at=None if is_paid else at,
            paid_at=at if is_paid else None,
            created_at=at,
        )
        self.invoices.append(invoice)
        self.try_card(attempt=1, at=at, is_paid=is_paid)

    def try_card(self, *, attempt: int, at: datetime, is_paid: bool) -> None:
        """Charge for the last invoice."""
        invoice = self.invoices[-1]
        charge = SubscriptionCharge(
            attempt=attempt,
            provider=self.row.provider,
            status=ChargeStatus.PAID if is_paid else ChargeStatus.FAILED,
            amount_kobo=invoice.total_kobo,
            fee_kobo=(invoice.total_kobo * 15 + 500) // 1000 if is_paid else 0,
            is_checkout=invoice.kind == InvoiceKind.FIRST,
            failure_reason="" if is_paid else "Insufficient Funds",
            captured_at=at if is_paid else None,
            created_at=at,
        )
        self.charges.append((invoice, charge))


def save_subscribers(*, seed: int, first: datetime, until: datetime) -> int:
    """Save plans, and the stories of some of the customers; return how many have one."""
    plans, rng = save_plans(), random_for(seed, "subscriptions")
    people = User.objects.filter(is_staff=False, is_test=False, created_at__lt=until).order_by("created_at", "id")
    chosen = [user for number, user in enumerate(people) if number % ONE_OF == 0 and user.email][:MOST]
    stories = [make_story(user, plans, rng=rng, first=first, until=until) for user in chosen]
    save_stories([story for story in stories if story], at=until)
    return len(chosen)


def make_story(user: User, plans: list[Plan], *, rng: Random, first: datetime, until: datetime) -> Story | None:
    """Invent what one customer did with a plan; None for who came too late to do anything."""
    earliest = max(user.created_at, first)
    began = earliest + (until - earliest) * rng.random() * 0.8
    way = rng.choice(WAYS)
    months = [plan for plan in plans if plan.interval == Interval.MONTH]
    plan = rng.choices(plans, weights=[6, 2, 3, 1, 1, 0.5])[0] if way == "stays" else rng.choice(months[:2])
    if until - began < timedelta(hours=2):
        return None
    row = Subscription(
        user=user,
        plan=plan,
        price_kobo=plan.price_kobo,
        provider=rng.choice([Provider.PAYSTACK, Provider.FLUTTERWAVE]),
        card=f"{rng.choice(['Visa', 'Mastercard'])} •••• {rng.randrange(1000, 9999)} 0{rng.randrange(1, 9)}/2029",
        started_at=began,
        created_at=began,
    )
    story = Story(row)
    if way == "tries":
        try_it(story, began=began, until=until)
    else:
        pay_for_it(
            story, way=way, began=began, until=until, higher=months[months.index(plan) + 1] if way != "stays" else plan
        )
    return story


def try_it(story: Story, *, began: datetime, until: datetime) -> None:
    """Take a trial, and leave it when it is over."""
    row = story.row
    row.card, row.anchor_at, row.current_period_start = "", began, began
    row.current_period_end = row.trial_end = began + TRIAL
    story.tell(Happening.TRIAL, SubscriptionStatus.TRIALING, at=began)
    if row.trial_end < until:
        row.ended_at = row.trial_end
        story.tell(Happening.CANCELED, SubscriptionStatus.CANCELED, at=row.trial_end)


def pay_for_it(story: Story, *, way: str, began: datetime, until: datetime, higher: Plan) -> None:
    """Pay period by period until now, or until the card fails, somebody ends it, or takes more."""
    row = story.row
    row.anchor_at = row.current_period_start = began
    row.current_period_end = months_after(began, row.plan.months)
    story.tell(Happening.STARTED, SubscriptionStatus.ACTIVE, at=began)
    story.bill(InvoiceKind.FIRST, kobo=row.price_kobo, credit=0, at=began)
    number = 0
    while True:
        end = row.current_period_end
        middle = row.current_period_start + (end - row.current_period_start) / 3
        if way == "upgrades" and number == 1 and middle < until:
            upgrade(story, higher, at=middle)
        if end >= until:
            return
        number += 1
        if way == "ends" and number == 1:
            row.ended_at = end
            story.tell(Happening.CANCELED, SubscriptionStatus.CANCELED, at=end)
            return
        if way == "fails" and number == 1:
            fail(story, at=end, until=until)
            return
        if way == "recovers" and number == 1:
            if not recover(story, at=end, until=until):
                return
            continue
        row.current_period_start, row.current_period_end = end, months_after(began, (number + 1) * row.plan.months)
        story.tell(Happening.RENEWED, SubscriptionStatus.ACTIVE, at=end)
        story.bill(InvoiceKind.RENEWAL, kobo=row.price_kobo, credit=0, at=end)


def upgrade(story: Story, plan: Plan, *, at: datetime) -> None:
    """Change to more in the middle of a period, for the difference."""
    row = story.row
    start, end = row.current_period_start or at, row.current_period_end or at
    credit = row.price_kobo - used_kobo(price_kobo=row.price_kobo, start=start, end=end, at=at)
    kobo = plan.price_kobo - used_kobo(price_kobo=plan.price_kobo, start=start, end=end, at=at)
    row.plan, row.price_kobo = plan, plan.price_kobo
    story.tell(Happening.UPGRADED, SubscriptionStatus.ACTIVE, at=at)
    story.bill(InvoiceKind.UPGRADE, kobo=kobo, credit=credit, at=at)


def recover(story: Story, *, at: datetime, until: datetime) -> bool:
    """Have a card that has no money on the day, and has it when it is tried again; say whether that day has come."""
    row, again = story.row, at + RETRY
    fail(story, at=at, until=min(until, again))
    if again >= until:
        return False
    invoice = story.invoices[-1]
    invoice.status, invoice.paid_at = InvoiceStatus.PAID, again
    story.try_card(attempt=2, at=again, is_paid=True)
    row.current_period_start, row.current_period_end = at, months_after(row.anchor_at or at, 2 * row.plan.months)
    invoice.period_end = row.current_period_end
    story.tell(Happening.RENEWED, SubscriptionStatus.ACTIVE, at=again)
    return True


def fail(story: Story, *, at: datetime, until: datetime) -> None:
    """Have a card that has no money any more: past due for a week, then given up."""
    story.bill(InvoiceKind.RENEWAL, kobo=story.row.price_kobo, credit=0, at=at, is_paid=False)
    story.tell(Happening.FAILED, SubscriptionStatus.PAST_DUE, at=at, note="Insufficient Funds")
    given_up = at + timedelta(days=7)
    if given_up < until:
        story.row.ended_at = given_up
        story.tell(Happening.UNPAID, SubscriptionStatus.UNPAID, at=given_up)
    else:
        story.invoices[-1].status = InvoiceStatus.OPEN


def save_stories(stories: list[Story], *, at: datetime) -> None:
    """Save all rows, in the order in which they need each other."""
    Subscription.objects.bulk_create([story.row for story in stories])
    SubscriptionEvent.objects.bulk_create([event for story in stories for event in story.events])
    SubscriptionInvoice.objects.bulk_create([invoice for story in stories for invoice in story.invoices])
    SubscriptionCharge.objects.bulk_create(named_charges(stories))
    Entitlement.objects.bulk_create(
        [
            Entitlement(
                user=story.row.user,
                source_type="subscription",
                source_id=str(story.row.pk),
                key_tier=story.row.plan.key_tier,
                free_shipping=story.row.plan.free_shipping,
                points_percent=story.row.plan.points_percent,
                created_at=at,
            )
            for story in stories
            if story.row.is_live
        ]
    )


def named_charges(stories: list[Story]) -> Iterator[SubscriptionCharge]:
    """Yield the charges under their references, which name the saved invoices."""
    for story in stories:
        for invoice, charge in story.charges:
            charge.invoice, charge.reference = invoice, reference_of(invoice, charge.attempt)
            charge.provider_id = f"demo-{invoice.pk}" if charge.status == ChargeStatus.PAID else ""
            yield charge
