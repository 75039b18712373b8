"""Subscribers of the demo shop: what became of a card without money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from commerce.payments.models import Provider
from commerce.subscriptions.models import Subscription, SubscriptionCharge, SubscriptionEvent, SubscriptionInvoice
from tests.commerce.factories import UserFactory
from zuka.demo.subscribers import Story, pay_for_it, save_plans, save_stories

pytestmark = pytest.mark.django_db
BEGAN, RENEWED = datetime(2026, 10, 10, 9, tzinfo=UTC), datetime(2026, 11, 10, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAID = ("renewal", "paid", 1, RENEWED, RENEWED + DAY)
TRIES = [(1, "paid", 250_000, ""), (1, "failed", 250_000, "Insufficient Funds"), (2, "paid", 250_000, "")]
TOLD = [("started", "active", 250_000), ("failed", "past_due", 0), ("renewed", "active", 0)]


@pytest.mark.parametrize(
    ("until", "status", "invoice", "steps"),
    [
        (RENEWED + 2 * DAY, "active", PAID, 3),
        (RENEWED + DAY / 2, "past_due", ("renewal", "open", 1, RENEWED, None), 2),
    ],
    ids=["tried again", "not yet"],
)
def test_a_card_without_money_pays_when_it_is_tried_again(
    until: datetime, status: str, invoice: tuple[Any, ...], steps: int
) -> None:
    plan = save_plans()[0]
    row = Subscription(
        user=UserFactory.create(), plan=plan, price_kobo=plan.price_kobo, provider=Provider.PAYSTACK, started_at=BEGAN
    )
    row.created_at = BEGAN
    story = Story(row)

    pay_for_it(story, way="recovers", began=BEGAN, until=until, higher=plan)
    save_stories([story], at=until)

    said = Subscription.objects.values_list("status", "current_period_start", "ended_at").get()
    assert said == (status, RENEWED if status == "active" else BEGAN, None)
    bills = SubscriptionInvoice.objects.order_by("id").values_list("kind", "status", "attempts", "failed_at", "paid_at")
    assert list(bills) == [("first", "paid", 0, None, BEGAN), invoice]
    tries = SubscriptionCharge.objects.order_by("id").values_list("attempt", "status", "amount_kobo", "failure_reason")
    assert list(tries) == TRIES[:steps]
    told = SubscriptionEvent.objects.order_by("id").values_list("kind", "to_status", "mrr_change_kobo")
    assert list(told) == TOLD[:steps]
