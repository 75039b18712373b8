from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from commerce.accounts.models import Entitlement, User
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import (
    cancel_subscription,
    pay_by_page,
    renew_due,
    return_card_checks,
    settle_charge,
    settle_waiting_charges,
)
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
    renew,
    subscribed,
    taken_by,
    timeline,
)
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("provider", ["paystack", "flutterwave"])


def due(found: Subscription) -> datetime:
    """When the next period begins."""
    found.refresh_from_db()
    assert found.current_period_end
    return found.current_period_end


@BOTH
def test_periods_are_charged_when_they_begin(providers: Providers, alice: User, provider: str) -> None:
    begun = NOON.replace(month=1, day=31)
    found = subscribed(providers, alice, make_plan(), at=begun, provider=provider)

    ends = [due(found)]
    for _ in range(3):
        assert renew(ends[-1] - timedelta(minutes=1)) == 0
        assert (renew(ends[-1]), renew(ends[-1])) == (1, 0)
        ends.append(due(found))

    assert [(end.month, end.day) for end in ends] == [(2, 28), (3, 31), (4, 30), (5, 31)]
    assert taken_by(providers) == [500_000] * 3
    assert timeline(found)[2:] == [("renewed", "active", 500_000, 0)] * 3
    assert mails() == ["subscription.started"] + ["subscription.renewed"] * 3
    assert [each[0] for each in charges(found)] == [
        f"first-{begun:%Y%m%d}-1-1",
        *(f"renewal-{end:%Y%m%d}-1-1" for end in ends[:3]),
    ]


@BOTH
def test_what_is_declined_is_tried_on_the_declared_days_and_given_up(
    providers: Providers, alice: User, provider: str
) -> None:
    found = subscribed(providers, alice, make_plan(), provider=provider)
    providers.set_card(SubscriptionCharge.objects.get().reference, "no_funds")
    first = due(found)

    looked = [renew(first + hours * DAY / 2) for hours in range(16)]

    # At once, and after 1, 3, 5 and 7 days.
    assert [half / 2 for half, did in enumerate(looked) if did] == [0, 1, 3, 5, 7]
    found.refresh_from_db()
    assert (found.status, found.ended_at, found.authorization) == ("unpaid", first + 7 * DAY, "")
    assert timeline(found)[2:] == [
        *[("failed", "past_due", 500_000, 0)] * 4,
        ("unpaid", "unpaid", 0, -500_000),
    ]
    assert invoices(found)[-1] == ("renewal", "uncollectible", 500_000, 0, 500_000)
    assert {row.failure_reason for row in SubscriptionCharge.objects.filter(status="failed")} == {"Insufficient Funds"}
    assert mails()[1:] == ["subscription.payment_failed"] * 4 + ["subscription.unpaid"]
    assert list(Entitlement.objects.values_list("ended_at", flat=True)) == [first + 7 * DAY]
    assert taken_by(providers) == []


def test_a_job_that_was_away_tries_once_a_day(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    providers.set_card(SubscriptionCharge.objects.get().reference, "declined")
    back = due(found) + 10 * DAY
    renew(due(found))

    assert [renew(back + DAY * quarter / 4) for quarter in range(9)] == [1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_money_that_comes_on_a_later_try_keeps_the_period(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    reference, first = SubscriptionCharge.objects.get().reference, due(found)
    providers.set_card(reference, "declined")
    renew(first)
    providers.set_card(reference, "pays")
    renew(first + DAY)

    found.refresh_from_db()
    assert (found.status, found.current_period_start, found.next_look_at) == ("active", first, due(found))
    assert timeline(found)[2:] == [("failed", "past_due", 500_000, 0), ("renewed", "active", 500_000, 0)]
    assert taken_by(providers) == [500_000]


def test_another_card_pays_what_is_owed_at_once(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    first = due(found)
    providers.set_card(SubscriptionCharge.objects.get().reference, "expired")
    renew(first)

    page = pay_by_page(user=alice, provider="flutterwave", return_url=BACK, at=first + DAY / 2)
    pay(providers, page, at=first + DAY / 2)

    found.refresh_from_db()
    assert (found.status, found.provider, found.authorization.startswith("flw-")) == ("active", "flutterwave", True)
    assert renew(first + DAY) == 0
    assert renew(due(found)) == 1
    assert [each[1] for each in charges(found)] == ["paid", "failed", "paid", "paid"]


def test_who_is_at_the_page_is_not_charged_beside_it(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    reference, first = SubscriptionCharge.objects.get().reference, due(found)
    providers.set_card(reference, "declined")
    renew(first)
    providers.set_card(reference, "pays")
    page = pay_by_page(user=alice, provider="paystack", return_url=BACK, at=first + DAY)

    renew(first + DAY + timedelta(minutes=1))
    assert taken_by(providers) == []
    pay(providers, page, at=first + DAY + timedelta(minutes=2))
    assert renew(first + DAY + timedelta(minutes=31)) == 0
    assert ([each[1] for each in charges(found)], taken_by(providers)) == (["paid", "failed", "paid"], [])


def test_another_card_while_nothing_is_owed_costs_nothing(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    page = pay_by_page(user=alice, provider="paystack", return_url=BACK, at=NOON + DAY)
    pay(providers, page, at=NOON + DAY)

    assert (return_card_checks(at=NOON + DAY), return_card_checks(at=NOON + DAY)) == (1, 0)
    providers.settle_refunds(page.reference)

    assert [refund.amount_kobo for refund in providers.refunds_of(page.reference)] == [5_000]
    assert timeline(found)[-1] == ("card", "active", 500_000, 0)
    assert invoices(found)[-1] == ("card", "paid", 5_000, 0, 5_000)


@pytest.mark.parametrize("status", [400, 429])
def test_a_check_whose_return_failed_goes_back_the_next_day(providers: Providers, alice: User, status: int) -> None:
    subscribed(providers, alice, make_plan())
    page = pay_by_page(user=alice, provider="paystack", return_url=BACK, at=NOON + DAY)
    pay(providers, page, at=NOON + DAY)
    providers.fail_next(status=status)

    sent = [return_card_checks(at=NOON + DAY + hours * DAY / 24) for hours in (0, 1, 25, 26, 50)]

    assert (sent, [each.amount_kobo for each in providers.refunds_of(page.reference)]) == ([0, 0, 1, 0, 0], [5_000])


@BOTH
def test_a_bank_that_takes_its_time(providers: Providers, alice: User, provider: str) -> None:
    found = subscribed(providers, alice, make_plan(), provider=provider)
    first = due(found)
    providers.set_card(SubscriptionCharge.objects.get().reference, "pending")
    renew(first)
    pending = SubscriptionCharge.objects.get(status="pending")
    found.refresh_from_db()
    assert found.status == "active"

    assert settle_waiting_charges(at=first + timedelta(minutes=6)) == 0
    providers.settle(pending.reference)
    assert settle_waiting_charges(at=first + timedelta(minutes=12)) == 1

    found.refresh_from_db()
    assert (found.status, found.current_period_start, renew(first + timedelta(minutes=15))) == ("active", first, 0)


@pytest.mark.parametrize("status", [502, 401, 429])
def test_a_provider_that_is_away_is_no_failed_try(providers: Providers, alice: User, status: int) -> None:
    found = subscribed(providers, alice, make_plan())
    first = due(found)
    providers.fail_next(status=status)
    assert renew(first) == 0
    found.refresh_from_db()
    assert (found.status, charges(found)[-1][1]) == ("active", "pending")

    assert renew(first + timedelta(minutes=9)) == 0
    assert renew(first + timedelta(minutes=10)) == 1
    found.refresh_from_db()
    assert (found.status, taken_by(providers), len(charges(found))) == ("active", [500_000], 2)


def test_a_shop_without_its_keys_is_no_failed_try(providers: Providers, alice: User, settings: Any) -> None:
    found = subscribed(providers, alice, make_plan())
    first, key = due(found), settings.PAYSTACK_SECRET_KEY
    settings.PAYSTACK_SECRET_KEY = ""
    for day in range(10):
        renew(first + day * DAY)
    found.refresh_from_db()
    assert (found.status, found.next_look_at) == ("active", first + 9 * DAY + timedelta(minutes=10))
    assert (invoices(found)[-1][:2], mails()) == (("renewal", "open"), ["subscription.started"])

    settings.PAYSTACK_SECRET_KEY = key
    renew(first + 10 * DAY)
    assert (due(found) > first, taken_by(providers)) == (True, [500_000])


def test_who_ends_it_is_charged_no_more(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    first = due(found)
    cancel_subscription(user=alice, at=NOON + DAY, actor=SYSTEM)
    assert Entitlement.objects.get().ended_at is None

    renew(first)

    found.refresh_from_db()
    assert (found.status, found.ended_at, taken_by(providers)) == ("canceled", first, [])
    assert timeline(found)[2:] == [("cancel_asked", "active", 500_000, 0), ("canceled", "canceled", 0, -500_000)]
    assert mails()[1:] == ["subscription.canceled", "subscription.ended"]
    assert Entitlement.objects.get().ended_at == first


@pytest.mark.parametrize("is_past_due", [False, True])
def test_who_is_suspended_is_charged_no_more(*, providers: Providers, alice: User, is_past_due: bool) -> None:
    found = subscribed(providers, alice, make_plan())
    reference, first = SubscriptionCharge.objects.get().reference, due(found)
    if is_past_due:
        providers.set_card(reference, "declined")
        renew(first)
        providers.set_card(reference, "pays")
    User.objects.update(status="suspended")

    renew(first + DAY)

    found.refresh_from_db()
    assert (found.status, found.authorization, taken_by(providers)) == ("canceled", "", [])
    assert invoices(found)[-1][:2] == ("renewal", "void")


def test_an_end_that_comes_while_a_charge_is_under_way(providers: Providers, alice: User) -> None:
    """Paid, the period that was begun goes on to its end; declined, it ends there and then."""
    found = subscribed(providers, alice, make_plan())
    first = due(found)
    providers.set_card(SubscriptionCharge.objects.get().reference, "pending")
    renew(first)
    cancel_subscription(user=alice, at=first, actor=SYSTEM)
    pending = SubscriptionCharge.objects.get(status="pending")
    providers.settle(pending.reference, "failed")
    settle_charge(charge=pending, at=first + timedelta(minutes=6))

    found.refresh_from_db()
    assert (found.status, invoices(found)[-1][1]) == ("canceled", "void")
    assert renew_due(at=first + DAY) == 0
