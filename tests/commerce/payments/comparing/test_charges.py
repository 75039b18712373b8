from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from commerce.orders.models import PaymentMethod
from commerce.orders.services import pay_order, settle_payment
from commerce.payments.models import Payment, Provider
from tests.commerce.factories import NOON
from tests.commerce.payments.comparing.conftest import (
    NEXT_DAY,
    begun,
    compare,
    open_ones,
    open_rows,
    paid,
    sums,
)
from tests.commerce.payments.conftest import BOTH, SYSTEM, online_order, start, state_of
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.state import Asked, Customer

pytestmark = pytest.mark.django_db
FEES = {PaymentMethod.PAYSTACK: 3_000, PaymentMethod.FLUTTERWAVE: 4_000}


def stray(shop: Providers, method: PaymentMethod, reference: str = "MARKET-STALL", kobo: int = 70_000) -> None:
    """Pay the shop at the provider for something that is no order."""
    customer = Customer("someone@example.com")
    shop.ledger.open(Asked(method.value, reference, kobo, "NGN", customer))  # type: ignore[arg-type]  # one of both
    shop.settle(reference)


def explained_kobo(row: Any) -> int:
    """What the differences of payments add up to."""
    return sum((each.provider_kobo or 0) - (each.ledger_kobo or 0) for each in open_ones(row))


@BOTH
def test_both_have_it_and_agree(shop: Providers, method: PaymentMethod) -> None:
    paid(shop, method)
    failed = start(online_order(method))
    shop.settle(failed.reference, "failed")
    settle_payment(payment=failed, at=NOON, actor=SYSTEM)

    row = compare(method)

    assert (row.status, sums(row), row.fee_kobo) == ("finished", (1, 200_000, 1, 200_000), FEES[method])
    assert (row.difference_kobo, open_rows(row), row.settled_count) == (0, [], 0)
    assert (row.started_at, row.finished_at) == (NEXT_DAY, NEXT_DAY)


@BOTH
def test_money_that_nobody_told_us_of_is_taken(shop: Providers, method: PaymentMethod) -> None:
    order, payment = begun(method)
    shop.settle(payment.reference)

    row = compare(method)

    assert (state_of(order), row.settled_count) == (("placed", "paid"), 1)
    assert (sums(row), open_rows(row)) == ((1, 200_000, 1, 200_000), [])


@BOTH
def test_money_for_no_order_needs_attention(shop: Providers, method: PaymentMethod) -> None:
    paid(shop, method)
    stray(shop, method)

    row = compare(method)

    assert open_rows(row) == [("unknown_money", "MARKET-STALL", 70_000, None)]
    assert open_ones(row)[0].explanation == "No order has a payment with this reference."
    assert (sums(row), row.difference_kobo) == ((2, 270_000, 1, 200_000), 70_000)


@BOTH
def test_paid_here_and_unknown_there(shop: Providers, method: PaymentMethod) -> None:
    order = online_order(method)
    by_hand = pay_order(
        order=order, provider=Provider(method), reference="typed", amount_kobo=200_000, at=NOON, actor=SYSTEM
    )

    row = compare(method)

    by_hand.refresh_from_db()
    assert open_rows(row) == [("not_listed", "typed", None, 200_000)]
    assert open_ones(row)[0].explanation == "The provider knows of no payment under this reference."
    assert (sums(row), row.difference_kobo, by_hand.attention) == ((0, 0, 1, 200_000), -200_000, "differs")


@BOTH
def test_paid_here_and_failed_there(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    shop.settle(payment.reference, "failed")

    row = compare(method)

    assert open_rows(row) == [("not_listed", payment.reference, None, 200_000)]
    assert open_ones(row)[0].explanation == "The provider says of it: Declined"


@BOTH
@pytest.mark.parametrize(
    ("changes", "kind", "there"), [({"amount_kobo": 150_000}, "amount", 150_000), ({"currency": "USD"}, "currency", 0)]
)
def test_it_is_another_amount_or_currency(
    *, shop: Providers, method: PaymentMethod, changes: dict[str, Any], kind: str, there: int
) -> None:
    payment = paid(shop, method)
    charge = shop.settle(payment.reference, **changes)

    row = compare(method)

    payment.refresh_from_db()
    assert open_rows(row) == [(kind, payment.reference, charge.paid_kobo, 200_000)]
    assert (row.provider_kobo, row.ledger_kobo, payment.attention) == (there, 200_000, "differs")
    assert row.other_currency_count == (kind == "currency")


def test_money_of_test_keys_is_none(shop: Providers, settings: Any) -> None:
    """The shop's key became one for trials, whose charges the ledger had believed."""
    payment = paid(shop)
    object.__setattr__(shop.keys, "paystack_secret", "sk_test_of_tests")
    settings.PAYSTACK_SECRET_KEY = "sk_test_of_tests"

    row = compare()

    assert (open_rows(row), sums(row)) == ([("test_money", payment.reference, None, 200_000)], (0, 0, 1, 200_000))
    settings.PAYMENTS_TEST_MODE = True
    assert (open_rows(compare()), sums(compare())) == ([], (1, 200_000, 1, 200_000))


def test_practice_money_that_we_refused_is_no_difference(shop: Providers, settings: Any) -> None:
    object.__setattr__(shop.keys, "paystack_secret", "sk_test_of_tests")
    settings.PAYSTACK_SECRET_KEY = "sk_test_of_tests"
    paid(shop)

    row = compare()

    assert (open_rows(row), sums(row)) == ([], (0, 0, 0, 0))


def test_a_payment_that_cannot_be_asked_about(shop: Providers) -> None:
    _, payment = begun()
    shop.settle(payment.reference)
    shop.fail_next(status=400, after=3)  # both lists of charges and that of refunds

    row = compare()

    assert open_rows(row) == [("not_taken", payment.reference, 200_000, None)]
    assert (explained_kobo(row), row.difference_kobo) == (200_000, 200_000)


@BOTH
def test_paid_twice_under_one_reference(shop: Providers, method: PaymentMethod) -> None:
    """The second charge of a reference is in the list beside the first, of which the ledger has the money."""
    payment = paid(shop, method)
    Payment.objects.filter(pk=payment.pk).update(provider_id="another")

    row = compare(method)

    assert [kind for kind, *_ in open_rows(row)] == ["unknown_money"]
    assert "another" in open_ones(row)[0].explanation


@BOTH
def test_of_another_day_there_and_agreed(shop: Providers, method: PaymentMethod) -> None:
    """What was paid at 23:59 there and heard of on the next day counts for the day on which it was paid."""
    payment = paid(shop, method)
    Payment.objects.filter(pk=payment.pk).update(captured_at=NOON + timedelta(days=1))

    later = compare(method, day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))
    row = compare(method)

    assert (sums(row), open_rows(row)) == ((1, 200_000, 1, 200_000), [])
    assert (sums(later), open_rows(later)) == ((0, 0, 0, 0), [])


def test_a_day_ends_at_midnight_in_lagos(shop: Providers) -> None:
    """22:59 and 23:00 UTC are two days of the shop."""
    midnight = NOON.replace(hour=23)
    references = []
    for at in (midnight - timedelta(seconds=1), midnight):
        shop.set_clock(NOON)
        order, payment = begun()
        shop.set_clock(at)
        shop.settle(payment.reference)
        settle_payment(payment=payment, at=midnight + timedelta(hours=1), actor=SYSTEM)
        references.append(payment.reference)
        assert state_of(order) == ("placed", "paid")

    today, tomorrow = compare(), compare(day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))

    assert [sums(each) for each in (today, tomorrow)] == [(1, 200_000, 1, 200_000)] * 2
    assert open_rows(today) + open_rows(tomorrow) == []


def test_a_page_of_the_days_before_can_be_paid(shop: Providers) -> None:
    """Paystack lists by when a charge was made."""
    shop.set_clock(NOON - timedelta(days=2))
    _, payment = begun()
    shop.set_clock(NOON)
    shop.settle(payment.reference)

    row = compare()

    assert (sums(row), row.settled_count) == ((1, 200_000, 1, 200_000), 1)


def test_a_fee_that_nobody_told_is_kept(shop: Providers) -> None:
    payment = paid(shop)
    Payment.objects.filter(pk=payment.pk).update(fee_kobo=0)

    compare()

    payment.refresh_from_db()
    assert payment.fee_kobo == FEES[PaymentMethod.PAYSTACK]


def test_everything_at_once_adds_up(shop: Providers) -> None:
    """The difference of the sums is that of the differences."""
    method = PaymentMethod.PAYSTACK
    paid(shop)
    for kobo in (150_000, 100_000):
        shop.settle(paid(shop).reference, amount_kobo=kobo)
    shop.settle(paid(shop).reference, "failed")
    stray(shop, method)
    shop.settle(begun()[1].reference)

    row = compare()

    assert sorted(kind for kind, *_ in open_rows(row)) == ["amount", "amount", "not_listed", "unknown_money"]
    assert (sums(row), row.difference_kobo) == ((5, 720_000, 5, 1_000_000), -280_000)
    assert explained_kobo(row) == row.difference_kobo
