"""A card that is declined on a page, and another one that pays there, under the same reference."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import time_machine

from commerce.accounts.models import User
from commerce.payments.gateways import GatewayUnavailable
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import pay_by_page, settle_charge, settle_waiting_charges
from tests.commerce.factories import NOON
from tests.commerce.payments.test_webhooks import post
from tests.commerce.subscriptions.stories import BACK, DAY, invoices, make_plan, subscribed, take, timeline
from tests.commerce.subscriptions.test_subscriptions_api import API, client_of
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("provider", ["paystack", "flutterwave"])
LATER = NOON + timedelta(minutes=6)


def choose(charge: SubscriptionCharge, choice: str) -> str:
    """Press a button of the page, as the customer does who stays there."""
    with urlopen(Request(charge.checkout_url, urlencode({"choice": choice}).encode())) as answer:
        return str(answer.read().decode())


def declined(provider: str, alice: User) -> SubscriptionCharge:
    """A page on which a card was declined, and of which we have heard so."""
    charge = take(alice, make_plan(), provider=provider)
    page = choose(charge, "decline")
    assert ("Try another one" in page, 'value="pay"' in page) == (True, True)
    charge = settle_charge(charge=charge, at=NOON)
    assert (charge.status, invoices(Subscription.objects.get())[0][1]) == ("failed", "open")
    return charge


@BOTH
@pytest.mark.parametrize("by", ["job", "webhook", "customer"])
def test_another_card_on_the_same_page_begins_the_plan(
    *, providers: Providers, alice: User, provider: str, by: str
) -> None:
    charge = declined(provider, alice)
    providers.settle(charge.reference)

    if by == "job":
        assert settle_waiting_charges(at=LATER) == 1
    elif by == "webhook":
        post(providers.webhook_for(charge.reference))
    else:
        with time_machine.travel(LATER, tick=False):
            answer = client_of(alice).get(f"{API}/charges/{charge.reference}/")
        assert answer.json()["status"] == "paid"

    charge.refresh_from_db()
    found = Subscription.objects.get()
    assert (found.status, charge.status, charge.attention) == ("active", "paid", "")
    assert timeline(found)[1:] == [("started", "active", 500_000, 500_000)]


def test_a_page_is_over_after_a_day(providers: Providers, alice: User) -> None:
    charge = declined("paystack", alice)
    assert settle_waiting_charges(at=NOON + DAY - timedelta(minutes=9)) == 0
    assert invoices(Subscription.objects.get())[0][1] == "open"
    assert settle_waiting_charges(at=NOON + DAY) == 0
    charge.refresh_from_db()
    assert (charge.failure_reason, invoices(Subscription.objects.get())[0][1]) == ("Declined", "void")
    asked = len(providers.calls)
    assert (settle_waiting_charges(at=NOON + 2 * DAY), len(providers.calls)) == (0, asked)


def test_a_second_page_that_never_opened_does_not_close_the_first(providers: Providers, alice: User) -> None:
    charge = declined("paystack", alice)
    providers.fail_next(status=502)
    with pytest.raises(GatewayUnavailable):
        take(alice, charge.invoice.plan)
    providers.settle(charge.reference)

    assert settle_waiting_charges(at=LATER) == 1

    assert Subscription.objects.get().status == "active"


def test_another_card_that_is_declined_first(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    page = pay_by_page(user=alice, provider="flutterwave", return_url=BACK, at=NOON + DAY)
    choose(page, "decline")
    settle_charge(charge=page, at=NOON + DAY)
    providers.settle(page.reference)
    settle_charge(charge=page, at=NOON + DAY + timedelta(minutes=1))
    found.refresh_from_db()
    assert (found.provider, invoices(found)[-1]) == ("flutterwave", ("card", "paid", 5_000, 0, 5_000))
