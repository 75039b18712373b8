"""Refunds of subscriptions in the providers' lists: recorded, settled, each once; what does not agree differs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.orders.services.comparing import compare_day
from commerce.subscriptions.models import SubscriptionCharge, SubscriptionRefund
from commerce.subscriptions.services import refund_charge, room_kobo, settle_waiting_refunds
from tests.commerce.factories import NOON
from tests.commerce.subscriptions.stories import DAY, SYSTEM, make_plan, subscribed, timeline
from tests.commerce.subscriptions.test_subscriptions_admin import press
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("provider", ["paystack", "flutterwave"])


@pytest.fixture
def charge(providers: Providers, alice: User) -> SubscriptionCharge:
    """What alice paid by Flutterwave."""
    return charged(providers, alice, "flutterwave")


def charged(providers: Providers, user: User, provider: str) -> SubscriptionCharge:
    providers.set_clock(NOON)
    subscribed(providers, user, make_plan(), provider=provider)
    return SubscriptionCharge.objects.get()


def begin(charge: SubscriptionCharge, kobo: int, *, at: datetime = NOON) -> SubscriptionRefund:
    return refund_charge(charge_id=charge.pk, amount_kobo=kobo, reason="Late", at=at, actor=SYSTEM)


def rows() -> list[tuple[int, str, bool]]:
    """Our refunds: amount, state, and whether a listed one is known to be it."""
    found = SubscriptionRefund.objects.order_by("id")
    return [(each.amount_kobo, each.status, bool(each.listed_id)) for each in found]


def compared(provider: str = "flutterwave") -> list[tuple[str, int | None]]:
    """Compare the day twice; what differs."""
    for _ in range(2):
        row = compare_day(provider=provider, day=NOON.date(), at=NOON + 2 * DAY)
    return list(row.differences.unresolved().values_list("kind", "provider_kobo"))


@BOTH
def test_what_was_refunded_on_the_providers_page_is_recorded(providers: Providers, alice: User, provider: str) -> None:
    charge = charged(providers, alice, provider)
    providers.ledger.refund(charge.reference, 1_000, status="processed")

    assert compared(provider) == []

    charge.refresh_from_db()
    assert (rows(), charge.refunded_kobo) == ([(1_000, "succeeded", True)], 1_000)
    assert [each[0] for each in timeline(charge.invoice.subscription)][2:] == ["refunded"]


def test_what_the_ledger_has_no_room_for_differs(providers: Providers, charge: SubscriptionCharge) -> None:
    providers.ledger.refund(charge.reference, 400_000, status="processed")
    SubscriptionRefund.objects.create(
        charge=charge, currency="NGN", amount_kobo=200_000, status="succeeded", refunded_at=NOON, reason="By hand"
    )
    assert compared() == [("unknown_refund", 400_000)]


def test_ours_whose_answer_was_lost_is_settled_by_the_list(providers: Providers, charge: SubscriptionCharge) -> None:
    providers.fail_next(status=502)
    lost = begin(charge, 1_000)
    providers.ledger.refund(charge.reference, 1_000, status="processed")
    assert (lost.status, settle_waiting_refunds(at=NOON + DAY)) == ("pending", 0)

    assert (compared(), rows()) == ([], [(1_000, "succeeded", True)])


def test_of_two_with_one_amount_each_is_one_of_the_list(providers: Providers, alice: User) -> None:
    charge = charged(providers, alice, "paystack")
    begin(charge, 1_000)
    providers.settle_refunds(charge.reference)
    assert settle_waiting_refunds(at=NOON + DAY) == 1
    providers.fail_next(status=502)
    begin(charge, 1_000)

    assert settle_waiting_refunds(at=NOON + DAY) == 0
    assert rows() == [(1_000, "succeeded", True), (1_000, "pending", False)]


def test_staff_say_that_one_was_never_made(
    staff_client: Client, providers: Providers, charge: SubscriptionCharge
) -> None:
    providers.fail_next(status=502)
    lost = begin(charge, 500_000)
    assert room_kobo(charge) == 0
    for _ in range(2):
        press(staff_client, lost, "give_up")
    assert (room_kobo(charge), rows()) == (500_000, [(500_000, "failed", False)])

    providers.ledger.refund(charge.reference, 500_000, status="processed")
    assert compared() == []
    assert sum(kobo for kobo, status, _ in rows() if status == "succeeded") == 500_000
    assert room_kobo(charge) == 0


def test_one_that_failed_there_fails_here(providers: Providers, alice: User) -> None:
    charge = charged(providers, alice, "paystack")
    begin(charge, 1_000)
    providers.settle_refunds(charge.reference, "failed")
    assert settle_waiting_refunds(at=NOON + timedelta(hours=1)) == 1
    assert rows() == [(1_000, "failed", True)]
