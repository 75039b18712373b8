"""A try that was written and not made, and what it was for is paid or ended meanwhile: the card is left alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import close_account
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import pay_by_page, renew_due, settle_waiting_charges
from tests.commerce.subscriptions.stories import BACK, DAY, charges, make_plan, pay, subscribed, taken_by
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=11)


def left_behind(providers: Providers, found: Subscription, *, at: datetime) -> None:
    """A try of which the provider never heard."""
    providers.fail_next(status=502)
    assert renew_due(at=at) == 0
    assert charges(found)[-1][1] == "pending"


def test_what_was_paid_on_a_page_meanwhile(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    reference, first = SubscriptionCharge.objects.get().reference, found.current_period_end
    assert first
    providers.set_card(reference, "declined")
    renew_due(at=first)
    providers.set_card(reference, "pays")
    page = pay_by_page(user=alice, provider="paystack", return_url=BACK, at=first + DAY - timedelta(minutes=31))
    left_behind(providers, found, at=first + DAY)
    pay(providers, page, at=first + DAY)

    assert settle_waiting_charges(at=first + DAY + LATER) == 1

    kept = SubscriptionCharge.objects.latest("id")
    assert (kept.status, kept.failure_reason, taken_by(providers)) == ("failed", "No longer owed", [])
    found.refresh_from_db()
    assert (found.status, found.current_period_start) == ("active", first)


def test_who_closed_their_account_meanwhile(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    first = found.current_period_end
    assert first
    left_behind(providers, found, at=first)
    close_account(user=alice, at=first)

    assert settle_waiting_charges(at=first + LATER) == 1

    assert (charges(found)[-1][1], taken_by(providers)) == ("failed", [])
