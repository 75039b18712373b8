from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from commerce.accounts.models import Entitlement, User
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import (
    AlreadySubscribed,
    EmailMissing,
    PlanNotOffered,
    ProviderUnavailable,
    find_plan,
    settle_charge,
    settle_waiting_charges,
    subscribe,
)
from tests.commerce.conftest import Facts
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
    take,
    timeline,
)
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("provider", ["paystack", "flutterwave"])


@BOTH
def test_the_first_payment_begins_it(providers: Providers, alice: User, facts: Facts, provider: str) -> None:
    plan = make_plan("professional", free_shipping=True, points_percent=150, key_tier="pro")
    key, _ = issue_key(name="Hers", kind=ApiKey.Kind.SECRET, scopes=[], owner=alice)

    waiting = take(alice, plan, provider=provider)
    again = take(alice, plan, provider=provider)
    assert (again.pk, waiting.checkout_url.startswith(providers.url)) == (waiting.pk, True)
    assert [settle_charge(charge=waiting, at=NOON).status, Subscription.objects.get().status] == ["pending", "unpaid"]

    found = subscribed(providers, alice, plan, provider=provider)
    pay(providers, waiting)

    assert (found.status, found.current_period_start, found.current_period_end) == (
        "active",
        NOON,
        NOON.replace(month=NOON.month + 1),
    )
    assert (found.card, found.authorized_email, bool(found.authorization)) == (
        "Visa •••• 4081 12/2030",
        "alice@example.com",
        True,
    )
    assert timeline(found) == [("begun", "unpaid", 0, 0), ("started", "active", 1_000_000, 1_000_000)]
    assert invoices(found) == [("first", "paid", 1_000_000, 0, 1_000_000)]
    assert list(Entitlement.objects.values_list("key_tier", "free_shipping", "points_percent", "ended_at")) == [
        ("pro", True, 150, None)
    ]
    key.refresh_from_db()
    assert key.tier == "pro"
    assert mails() == ["subscription.started"]
    assert [(fact["user_id"], fact["value_kobo"]) for fact in facts("subscription.started")] == [
        (str(alice.pk), 1_000_000)
    ]


def test_what_stands_in_the_way(providers: Providers, alice: User) -> None:
    plan, other = make_plan(), make_plan("professional", is_active=False)
    phone_only = User.objects.create(phone="+2348030000001")
    with pytest.raises(PlanNotOffered):
        find_plan(other.pk)
    with pytest.raises(ProviderUnavailable):
        take(alice, plan, provider="cash")
    with pytest.raises(EmailMissing):
        take(phone_only, plan)
    subscribed(providers, alice, plan)
    with pytest.raises(AlreadySubscribed):
        take(alice, plan)


@pytest.mark.parametrize("kobo", [300_000, 700_000])
def test_who_comes_back_after_the_price_changed_pays_the_new_one(
    providers: Providers, alice: User, *, kobo: int
) -> None:
    plan = make_plan()
    first = take(alice, plan)
    plan.price_kobo = kobo
    plan.save()

    second = take(alice, plan)

    assert take(alice, plan) == second
    for charge in (second, first):
        pay(providers, charge)
    assert Subscription.objects.get().price_kobo == kobo
    assert invoices(Subscription.objects.get()) == [
        ("first", "void", 500_000, 0, 500_000),
        ("first", "paid", kobo, 0, kobo),
    ]
    assert list(SubscriptionCharge.objects.order_by("id").values_list("attention", flat=True)) == ["not_owed", ""]


def test_money_of_a_second_page_is_kept_for_staff_to_send_back(providers: Providers, alice: User) -> None:
    first = take(alice, make_plan())
    second = take(alice, make_plan("professional"))

    for charge in (second, first):
        pay(providers, charge)

    found = Subscription.objects.get()
    assert (found.plan.level, [(each[1], each[2]) for each in charges(found)]) == (
        "professional",
        [("paid", 500_000), ("paid", 1_000_000)],
    )
    assert list(SubscriptionCharge.objects.order_by("id").values_list("attention", flat=True)) == ["not_owed", ""]
    assert [each[1] for each in invoices(found)] == ["void", "paid"]


@pytest.mark.parametrize(
    ("paid", "currency", "attention"),
    [(100, None, "wrong_amount"), (None, "USD", "wrong_currency")],
)
def test_other_money_than_asked_begins_nothing(
    providers: Providers, alice: User, paid: int | None, currency: str | None, attention: str
) -> None:
    charge = take(alice, make_plan())
    providers.settle(charge.reference, amount_kobo=paid, currency=currency)

    charge = settle_charge(charge=charge, at=NOON)

    assert (charge.status, charge.attention, Subscription.objects.get().status) == ("paid", attention, "unpaid")


@pytest.mark.parametrize("is_taken", [False, True])
def test_test_money_is_no_revenue_and_begins_nothing_in_earnest(alice: User, settings: Any, *, is_taken: bool) -> None:
    settings.PAYMENTS_TEST_MODE, settings.PAYSTACK_SECRET_KEY = is_taken, "sk_test_of_tests"
    with open_providers(paystack_secret="sk_test_of_tests") as practice:
        settings.PAYSTACK_URL = practice.paystack_url
        charge = pay(practice, take(alice, make_plan()))

    failed = ("failed", "Made with the provider's test keys", True)
    assert (charge.status, charge.failure_reason, charge.is_test) == (("paid", "", True) if is_taken else failed)
    assert Subscription.objects.get().status == ("active" if is_taken else "unpaid")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_subscription_money")
        assert cursor.fetchone() == (0,)


def test_a_page_that_nobody_pays_on_is_closed_after_a_day(providers: Providers, alice: User) -> None:
    charge = take(alice, make_plan())
    assert settle_waiting_charges(at=NOON + timedelta(hours=1)) == 0
    assert settle_waiting_charges(at=NOON + DAY) == 1
    charge.refresh_from_db()
    assert (charge.status, invoices(Subscription.objects.get())) == (
        "failed",
        [("first", "void", 500_000, 0, 500_000)],
    )


def test_a_trial_needs_no_card_and_comes_once(providers: Providers, alice: User) -> None:
    plan = make_plan("professional", trial_days=14)
    found, charge = subscribe(user=alice, plan=plan, provider="", return_url=BACK, at=NOON, actor=SYSTEM)
    assert (charge, found.status, found.trial_end) == (None, "trialing", NOON + 14 * DAY)
    assert timeline(found) == [("trial", "trialing", 0, 0)]
    assert Entitlement.objects.filter(ended_at=None).count() == 1

    assert (renew(NOON + 10 * DAY), mails()) == (0, ["subscription.trial"])
    for _ in range(2):
        renew(NOON + 11 * DAY)
    assert mails() == ["subscription.trial", "subscription.trial_ending"]

    for day in (14, 15, 17, 19, 21):
        renew(NOON + day * DAY)
    found.refresh_from_db()
    assert (found.status, timeline(found)[-1]) == ("unpaid", ("unpaid", "unpaid", 0, 0))
    assert Entitlement.objects.filter(ended_at=None).count() == 0
    assert mails()[2:] == ["subscription.payment_failed"] * 4 + ["subscription.unpaid"]

    assert take(alice, plan, at=NOON + 30 * DAY).amount_kobo == 1_000_000
