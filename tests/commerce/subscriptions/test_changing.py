from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import close_account
from commerce.subscriptions.models import Subscription, SubscriptionCharge, SubscriptionRefund
from commerce.subscriptions.services import (
    AlreadyEnding,
    ChargeDeclined,
    NothingToResume,
    NotSubscribed,
    PaymentDue,
    PriceChanged,
    RefundNeedsSecond,
    RefundTooMuch,
    SamePlan,
    cancel_subscription,
    change_plan,
    pay_by_page,
    preview_change,
    refund_charge,
    renew_due,
    resume_subscription,
    retry_now,
    settle_waiting_charges,
    settle_waiting_refunds,
    subscribe,
)
from commerce.taxes.models import TaxRate
from tests.commerce.factories import NOON
from tests.commerce.subscriptions.stories import (
    BACK,
    DAY,
    SYSTEM,
    charges,
    invoices,
    mails,
    make_plan,
    pay,
    subscribed,
    taken_by,
    timeline,
)
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db
END = NOON.replace(month=4)
HALF = NOON + (END - NOON) / 2


def change(user: User, plan: Any, *, at: datetime = HALF, **choices: Any) -> Any:
    return change_plan(user=user, plan=plan, return_url=BACK, at=at, actor=SYSTEM, **choices)


def test_more_comes_at_once_for_the_difference(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    plan = make_plan("professional")
    asked = preview_change(user=alice, plan=plan, at=HALF)
    assert asked.due
    assert (asked.is_now, asked.due.price_kobo, asked.due.credit_kobo, asked.due.total_kobo) == (
        True,
        500_000,
        250_000,
        250_000,
    )

    after, charge = change(alice, plan, agreed_kobo=250_000)

    assert (charge.status, after.plan, after.price_kobo, after.current_period_end) == ("paid", plan, 1_000_000, END)
    assert invoices(found)[1:] == [("upgrade", "paid", 500_000, 250_000, 250_000)]
    assert timeline(found)[2:] == [("upgraded", "active", 1_000_000, 500_000)]
    assert mails()[1:] == ["subscription.changed"]
    renew_due(at=END)
    assert taken_by(providers) == [250_000, 1_000_000]


@pytest.mark.parametrize(
    ("minutes", "shown", "is_same"), [(15, 0, True), (16, 0, False), (5, 6, False), (5, -60 * 24 * 20, False)]
)
def test_the_price_that_was_shown_holds_for_a_while(
    *, providers: Providers, alice: User, minutes: int, shown: int, is_same: bool
) -> None:
    """From a month to a year what is due grows by the second; as of the future or another period is not taken."""
    found = subscribed(providers, alice, make_plan())
    plan = make_plan("basic", "year")
    asked = preview_change(user=alice, plan=plan, at=HALF)
    assert asked.due
    kobo, as_of = asked.due.total_kobo, asked.as_of + timedelta(minutes=shown)
    at = HALF + timedelta(minutes=minutes)
    if not is_same:
        with pytest.raises(PriceChanged):
            change(alice, plan, at=at, agreed_kobo=kobo, as_of=as_of)
        return
    after, _ = change(alice, plan, at=at, agreed_kobo=kobo, as_of=as_of)
    assert (taken_by(providers), invoices(found)[-1][-1], after.current_period_start) == ([kobo], kobo, HALF)


def test_the_price_that_was_shown_is_of_how_things_were(providers: Providers, alice: User) -> None:
    subscribed(providers, alice, make_plan(), provider="flutterwave")
    plan = make_plan("basic", "year")
    asked = preview_change(user=alice, plan=plan, at=HALF)
    assert asked.due
    at = HALF + timedelta(minutes=1)
    refund_charge(charge_id=SubscriptionCharge.objects.get().pk, amount_kobo=100, reason="", at=at, actor=SYSTEM)
    with pytest.raises(PriceChanged):
        change(alice, plan, at=at, agreed_kobo=asked.due.total_kobo, as_of=HALF)


def test_a_year_instead_of_a_month_begins_now(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    after, _ = change(alice, make_plan("basic", "year"))

    assert (after.current_period_start, after.current_period_end) == (HALF, HALF.replace(year=2027))
    assert invoices(found)[1:] == [("upgrade", "paid", 5_000_000, 250_000, 4_750_000)]
    assert timeline(found)[2:] == [("upgraded", "active", 416_667, -83_333)]


@pytest.mark.parametrize(
    ("level", "choices", "is_now"),
    [
        ("enterprise", {}, False),
        ("enterprise", {"trial_days": 13}, False),
        ("enterprise", {"trial_days": 14}, True),
        ("basic", {"price_kobo": 900_000, "free_shipping": True}, False),
        ("basic", {}, True),
    ],
)
def test_a_trial_is_of_no_more_than_it_began_with(
    *, providers: Providers, alice: User, level: str, choices: dict[str, Any], is_now: bool
) -> None:
    tried, plan = make_plan("professional", trial_days=14), make_plan(level, **choices)
    subscribe(user=alice, plan=tried, provider="", return_url=BACK, at=NOON, actor=SYSTEM)

    after, charge = change(alice, plan, at=NOON + DAY)

    assert (charge, after.status, after.trial_end) == (None, "trialing", NOON + 14 * DAY)
    assert (after.plan, after.next_plan) == ((plan, None) if is_now else (tried, plan))
    Subscription.objects.update(authorization="AUTH_none", authorized_email="alice@example.com")
    renew_due(at=NOON + 14 * DAY)
    assert SubscriptionCharge.objects.get().amount_kobo == plan.price_kobo


def test_what_goes_back_while_a_page_of_a_change_is_open_is_no_credit(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    first = SubscriptionCharge.objects.get()
    Subscription.objects.update(authorization="")
    plan = make_plan("professional")
    _, page = change(alice, plan)
    refund_charge(charge_id=first.pk, amount_kobo=500_000, reason="Sorry", at=HALF + DAY / 4, actor=SYSTEM)

    pay(providers, page, at=HALF + DAY / 2)

    found.refresh_from_db()
    page.refresh_from_db()
    assert (found.plan.level, page.status, page.attention) == ("basic", "paid", "not_owed")
    assert invoices(found)[1:] == [("upgrade", "void", 500_000, 250_000, 250_000)]
    _, second = change(alice, plan, at=HALF + DAY / 2)
    assert invoices(found)[2:] == [("upgrade", "open", second.amount_kobo, 0, second.amount_kobo)]


def test_less_comes_with_the_next_period(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan("professional"))
    basic = make_plan()
    after, charge = change(alice, basic)
    assert (charge, after.plan.level, after.next_plan) == (None, "professional", basic)
    with pytest.raises(SamePlan):
        change(alice, basic)

    renew_due(at=END)

    assert timeline(found)[2:] == [("planned", "active", 1_000_000, 0), ("downgraded", "active", 500_000, -500_000)]
    assert taken_by(providers) == [500_000]


@pytest.mark.parametrize("level", ["basic", "enterprise"])
def test_who_had_ended_it_and_chooses_another_plan_goes_on(providers: Providers, alice: User, level: str) -> None:
    found = subscribed(providers, alice, make_plan("professional"))
    cancel_subscription(user=alice, at=NOON + DAY, actor=SYSTEM)

    after, _ = change(alice, make_plan(level))

    assert after.cancel_at_period_end is False
    renew_due(at=END)
    found.refresh_from_db()
    assert (found.status, found.plan.level, mails()[2]) == ("active", level, "subscription.changed")


def test_a_planned_change_whose_period_is_owed_is_not_taken_back(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan("professional"))
    change(alice, make_plan())
    reference = SubscriptionCharge.objects.get().reference
    providers.set_card(reference, "declined")
    renew_due(at=END)

    with pytest.raises(PaymentDue, match="charged as Basic, a month already"):
        resume_subscription(user=alice, at=END, actor=SYSTEM)

    providers.set_card(reference, "pays")
    renew_due(at=END + DAY)
    found.refresh_from_db()
    assert (found.status, found.plan.level, found.next_plan) == ("active", "basic", None)


@pytest.mark.parametrize("provider", ["flutterwave", "paystack"])
def test_what_was_refunded_or_is_on_its_way_is_no_credit(providers: Providers, alice: User, provider: str) -> None:
    subscribed(providers, alice, make_plan(), provider=provider)
    charge = SubscriptionCharge.objects.get()
    refund_charge(charge_id=charge.pk, amount_kobo=500_000, reason="Sorry", at=NOON, actor=SYSTEM)
    asked = preview_change(user=alice, plan=make_plan("professional"), at=HALF)
    assert asked.due
    assert (asked.due.credit_kobo, asked.due.total_kobo) == (0, 500_000)


@pytest.mark.parametrize(("included", "tax", "total"), [(True, 17_442, 250_000), (False, 18_750, 268_750)])
def test_tax_as_for_goods(providers: Providers, alice: User, included: bool, tax: int, total: int) -> None:
    subscribed(providers, alice, make_plan())
    TaxRate.objects.create(name="VAT", country="NG", basis_points=750, is_included=included)
    asked = preview_change(user=alice, plan=make_plan("professional"), at=HALF)
    assert asked.due
    assert (asked.due.tax_kobo, asked.due.total_kobo, asked.due.tax_title) == (tax, total, "VAT 7.5%")


def test_a_declined_change_changes_nothing(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    plan = make_plan("professional")
    providers.set_card(SubscriptionCharge.objects.get().reference, "declined")
    with pytest.raises(ChargeDeclined, match="Declined"):
        change(alice, plan)
    with pytest.raises(PriceChanged):
        change(alice, plan, agreed_kobo=1)

    found.refresh_from_db()
    assert (found.plan.level, invoices(found)[-1][1], len(timeline(found))) == ("basic", "void", 2)

    providers.set_card(SubscriptionCharge.objects.earliest("id").reference, "pays")
    change(alice, plan)
    assert [each[1] for each in charges(found)] == ["paid", "failed", "paid"]


def test_a_change_whose_answer_was_lost_comes_when_it_is_known(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    providers.fail_next(status=502)
    after, charge = change(alice, make_plan("professional"))
    assert (charge.status, after.plan.level) == ("pending", "basic")

    settle_waiting_charges(at=HALF + timedelta(minutes=10))

    found.refresh_from_db()
    assert (found.plan.level, taken_by(providers)) == ("professional", [250_000])


def test_a_change_without_a_card_is_paid_on_a_page(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    Subscription.objects.update(authorization="")
    _, charge = change(alice, make_plan("professional"))
    assert charge.checkout_url
    pay(providers, charge, at=HALF + timedelta(minutes=3))
    found.refresh_from_db()
    assert (found.plan.level, bool(found.authorization)) == ("professional", True)


def test_a_page_of_a_change_that_is_paid_too_late(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    Subscription.objects.update(authorization="")
    _, charge = change(alice, make_plan("professional"))
    pay(providers, charge, at=END + DAY)
    found.refresh_from_db()
    charge.refresh_from_db()
    assert (found.plan.level, charge.status, charge.attention) == ("basic", "paid", "not_owed")


def test_refusals(providers: Providers, alice: User) -> None:
    basic, plan = make_plan(), make_plan("professional")
    with pytest.raises(NotSubscribed):
        change(alice, plan)
    found = subscribed(providers, alice, basic)
    with pytest.raises(SamePlan):
        change(alice, basic)
    with pytest.raises(NothingToResume):
        resume_subscription(user=alice, at=HALF, actor=SYSTEM)
    cancel_subscription(user=alice, at=HALF, actor=SYSTEM)
    with pytest.raises(AlreadyEnding):
        cancel_subscription(user=alice, at=HALF, actor=SYSTEM)
    resume_subscription(user=alice, at=HALF, actor=SYSTEM)
    assert not retry_now(subscription_id=found.pk, at=HALF)

    providers.set_card(SubscriptionCharge.objects.get().reference, "declined")
    renew_due(at=END)
    with pytest.raises(PaymentDue):
        change(alice, plan, at=END)
    assert retry_now(subscription_id=found.pk, at=END)
    assert cancel_subscription(user=alice, at=END, actor=SYSTEM).status == "canceled"
    with pytest.raises(NotSubscribed):
        pay_by_page(user=alice, provider="", return_url=BACK, at=END)


def test_money_goes_back_once(providers: Providers, alice: User, settings: Any) -> None:
    found = subscribed(providers, alice, make_plan())
    charge = SubscriptionCharge.objects.get()
    with pytest.raises(RefundTooMuch):
        refund_charge(charge_id=charge.pk, amount_kobo=500_001, reason="", at=NOON, actor=SYSTEM)
    settings.REFUND_FOUR_EYES = 1_000
    with pytest.raises(RefundNeedsSecond):
        refund_charge(charge_id=charge.pk, amount_kobo=100_001, reason="", at=NOON, actor=SYSTEM)
    refund = refund_charge(charge_id=charge.pk, amount_kobo=100_000, reason="Late", at=NOON, actor=SYSTEM)
    assert refund.status == "pending"
    providers.settle_refunds(charge.reference)

    assert [settle_waiting_refunds(at=NOON + timedelta(minutes=each)) for each in (5, 15, 25)] == [0, 1, 0]

    charge.refresh_from_db()
    assert (charge.refunded_kobo, SubscriptionRefund.objects.get().status) == (100_000, "succeeded")
    assert (timeline(found)[-1][0], mails()[-1]) == ("refunded", "subscription.refunded")


def test_who_closes_their_account_is_charged_no_more(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    close_account(user=alice, at=HALF)
    found.refresh_from_db()
    assert (found.status, found.authorization, found.authorized_email, found.card) == ("canceled", "", "", "")
