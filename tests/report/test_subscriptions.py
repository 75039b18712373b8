"""Monthly revenue and how it moves, money of plans, and who stays, as whole tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from analytics.ask import ask
from commerce.accounts.models import User
from commerce.payments.gateways import RefundAnswer, RefundState
from commerce.subscriptions.models import SubscriptionCharge, SubscriptionRefund
from commerce.subscriptions.services import cancel_subscription, change_plan, refund_charge, renew_due, subscribe
from commerce.subscriptions.services.refunding import apply_refund
from tests.commerce.factories import NOON, UserFactory
from tests.commerce.payments.conftest import providers
from tests.commerce.subscriptions.stories import BACK, DAY, SYSTEM, make_plan, subscribed
from zuka.demo.providers.desk import Providers

__all__ = ["providers"]

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 10)
TODAY = FIRST + timedelta(days=2)


@pytest.fixture
def told(providers: Providers) -> list[User]:
    """Ada takes more, Bola less in a month, Chi tries, Dan's card fails for good, and Eve's is a test account."""
    basic, more, year = make_plan(), make_plan("professional"), make_plan("basic", "year")
    ada, bola, chi, dan = (UserFactory.create(email=f"{name}@example.com", created_at=NOON) for name in "abcd")
    eve = UserFactory.create(email="eve@example.com", is_test=True)
    for user, plan in ((ada, basic), (bola, more), (dan, year), (eve, more)):
        subscribed(providers, user, plan)
    trial = make_plan("enterprise", trial_days=3)
    subscribe(user=chi, plan=trial, provider="", return_url=BACK, at=NOON, actor=SYSTEM)
    change_plan(user=ada, plan=more, return_url=BACK, at=NOON + DAY, actor=SYSTEM)
    change_plan(user=bola, plan=basic, return_url=BACK, at=NOON + DAY, actor=SYSTEM)
    return [ada, bola, chi, dan]


def test_monthly_revenue_and_how_it_moves(told: list[User]) -> None:
    table = ask("subscriptions", **{"from": "2026-03-09", "to": "2026-03-11", "compare": "none"})

    year = 416_667  # ₦50,000 a year
    # Monthly revenue, new, expansion, contraction, churned, active, on trial, past due, began, left, churn.
    assert table.rows == [
        (FIRST - timedelta(days=1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None),
        (FIRST, 1_500_000 + year, 1_500_000 + year, 0, 0, 0, 3, 1, 0, 3, 0, None),
        (FIRST + timedelta(days=1), 2_000_000 + year, 0, 500_000, 0, 0, 3, 1, 0, 0, 0, Decimal(0)),
    ]
    assert tuple(table.totals.values()) == (2_000_000 + year, 1_500_000 + year, 500_000, 0, 0, 3, 1, 0, 3, 0, None)


def test_what_goes_and_what_becomes_less(providers: Providers, told: list[User]) -> None:
    cancel_subscription(user=told[0], at=NOON + 2 * DAY, actor=SYSTEM)
    due = datetime.fromisoformat("2026-04-10T12:00:00+01:00")
    renew_due(at=due)

    table = ask("subscriptions", **{"from": "2026-04-10", "to": "2026-04-10", "compare": "none"})

    year = 416_667
    row = (500_000 + year, 0, 0, -500_000, -1_000_000)
    assert table.rows[0][1:6] == row
    # Two of three paid at its end: a third has left.
    assert table.rows[0][9:] == (0, 1, pytest.approx(1 / 3))
    moves = ask("subscriptions", **{"from": "2026-03-09", "to": "2026-04-10", "compare": "none"})
    assert moves.totals["mrr_kobo"] == sum(
        moves.totals[name] for name in ("new_kobo", "expansion_kobo", "contraction_kobo", "churned_kobo")
    )


def test_what_came_in_by_plan_and_month(told: list[User]) -> None:
    charge = SubscriptionCharge.objects.filter(invoice__subscription__user=told[3]).get()
    refund_charge(charge_id=charge.pk, amount_kobo=1_000_000, reason="Late", at=NOON + DAY, actor=SYSTEM)

    refund = SubscriptionRefund.objects.get()
    apply_refund(refund_id=refund.pk, answer=RefundAnswer(RefundState.DONE, "R", ""), at=NOON + DAY)
    upgrade = SubscriptionCharge.objects.get(invoice__kind="upgrade").amount_kobo

    table = ask("subscription_revenue", **{"from": "2026-03-01", "to": "2026-03-31", "compare": "none"})

    assert table.rows == [
        ("2026-03", "Basic, a year", 1, 5_000_000, 1_000_000, 4_000_000, 85_000),
        (
            "2026-03",
            "Professional, a month",
            2,
            1_000_000 + upgrade,
            0,
            1_000_000 + upgrade,
            25_000 + 10_000 + (upgrade * 15 + 500) // 1000,
        ),
        ("2026-03", "Basic, a month", 1, 500_000, 0, 500_000, 17_500),
    ]
    first, second = date(2026, 3, 10), date(2026, 3, 11)
    assert [row for row in table.series if any(row[1:])] == [(first, 6_500_000, 0), (second, upgrade, 1_000_000)]
    assert len(table.series) == 31


def test_who_stays(providers: Providers, told: list[User]) -> None:
    cancel_subscription(user=told[0], at=NOON + 2 * DAY, actor=SYSTEM)
    renew_due(at=datetime.fromisoformat("2026-04-10T12:00:00+01:00"))

    table = ask("subscription_cohorts")

    ripe = [cell for cell in table.rows[0][2:] if cell is not None]
    assert (table.rows[0][:2], len(table.rows)) == (("2026-03", 3), 1)
    assert ripe
    assert all(cell == pytest.approx(2 / 3) for cell in ripe)
