from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from commerce.orders.models import PaymentMethod
from commerce.orders.services import refund_payment
from commerce.orders.services.refunding import hear_of_refund
from commerce.payments.gateways import RefundAnswer, RefundState
from commerce.payments.models import Payment, Refund
from tests.commerce.factories import NOON
from tests.commerce.payments.comparing.conftest import (
    NEXT_DAY,
    Row,
    compare,
    open_ones,
    open_rows,
    paid,
    refund_sums,
)
from tests.commerce.payments.conftest import BOTH, SYSTEM, state_of
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.state import Refund as TheirRefund

pytestmark = pytest.mark.django_db
ELSEWHERE = PaymentMethod.FLUTTERWAVE


def refund(payment: Payment, kobo: int = 50_000, at: datetime = NOON) -> Refund:
    """Begin a refund here."""
    return refund_payment(payment=payment, amount_kobo=kobo, reason="too small", at=at, actor=SYSTEM)


def refund_there(shop: Providers, payment: Payment, kobo: int = 50_000, status: Any = "processed") -> TheirRefund:
    """Make a refund on the provider's own page."""
    return shop.ledger.refund(payment.reference, kobo, status=status)


def made(payment: Payment) -> list[tuple[str, int]]:
    """The payment's refunds here."""
    return list(payment.refunds.order_by("id").values_list("status", "amount_kobo"))


@BOTH
def test_both_gave_it_back(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    refund(payment)
    if method == PaymentMethod.PAYSTACK:
        shop.settle_refunds(payment.reference)

    row = compare(method)

    assert (refund_sums(row), open_rows(row)) == ((1, 50_000, 1, 50_000), [])
    assert made(payment) == [("succeeded", 50_000)]
    assert row.settled_count == (method == PaymentMethod.PAYSTACK)


@BOTH
def test_all_of_it_went_back(shop: Providers, method: PaymentMethod) -> None:
    """Paystack lists what went back whole as reversed: it came in all the same."""
    payment = paid(shop, method)
    refund(payment, 200_000)
    shop.settle_refunds(payment.reference)

    row = compare(method)

    assert (row.provider_count, row.difference_kobo, refund_sums(row)) == (1, 0, (1, 200_000, 1, 200_000))
    assert open_rows(row) == []


@BOTH
def test_a_refund_made_there_is_recorded_here(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    refund_there(shop, payment)
    refund_there(shop, payment)

    first, again = compare(method), compare(method)

    assert made(payment) == [("succeeded", 50_000)] * 2
    assert state_of(payment.order) == ("placed", "partially_refunded")
    for row in (first, again):
        assert (refund_sums(row), open_rows(row)) == ((2, 100_000, 2, 100_000), [])


@BOTH
def test_a_refund_that_was_lost_there(shop: Providers, method: PaymentMethod) -> None:
    """Staff said that it went back, and the provider has no such refund."""
    payment = paid(shop, method)
    lost = refund(payment)
    shop.ledger.change_refunds(payment.reference, None)
    Refund.objects.filter(pk=lost.pk).update(status="succeeded", refunded_at=NOON)

    row = compare(method)

    payment.refresh_from_db()
    assert open_rows(row) == [("refund_not_listed", payment.reference, None, 50_000)]
    assert (refund_sums(row), row.refund_difference_kobo, payment.attention) == ((0, 0, 1, 50_000), -50_000, "differs")


def test_one_that_is_under_way_is_no_difference_yet(shop: Providers) -> None:
    payment = paid(shop)
    refund(payment)

    row = compare()

    assert (refund_sums(row), row.open_refund_count, open_rows(row)) == ((0, 0, 0, 0), 1, [])
    shop.settle_refunds(payment.reference)
    row = compare()
    assert (refund_sums(row), row.open_refund_count, made(payment)) == (
        (1, 50_000, 1, 50_000),
        0,
        [("succeeded", 50_000)],
    )


def test_what_failed_there_frees_its_amount_here(shop: Providers) -> None:
    payment = paid(shop)
    refund(payment)
    shop.settle_refunds(payment.reference, "failed")

    row = compare()

    assert (made(payment), open_rows(row)) == ([("failed", 50_000)], [])


def test_what_failed_there_and_went_back_here_differs(shop: Providers) -> None:
    payment = paid(shop)
    refund(payment)
    shop.settle_refunds(payment.reference)
    compare()
    shop.ledger.change_refunds(payment.reference, "failed")

    row = compare()

    assert open_rows(row) == [("refund_not_listed", payment.reference, None, 50_000)]
    assert row.refund_difference_kobo == -50_000


def test_more_went_back_than_we_have_room_for(shop: Providers) -> None:
    payment = paid(shop)
    refund_there(shop, payment, 150_000)
    Payment.objects.filter(pk=payment.pk).update(amount_kobo=100_000)

    row = compare()

    rows: list[Row] = [
        ("amount", payment.reference, 200_000, 100_000),
        ("unknown_refund", payment.reference, 150_000, None),
    ]
    assert open_rows(row) == rows
    assert open_ones(row)[1].explanation == "Our payment has no room for it: more went back than came in."


def test_another_amount_went_back(shop: Providers) -> None:
    """Flutterwave's refunds have names, so another amount is seen to be of the same one."""
    payment = paid(shop, ELSEWHERE)
    refund(payment)
    Refund.objects.update(amount_kobo=40_000)

    row = compare(ELSEWHERE)

    assert open_rows(row) == [("refund_amount", payment.reference, 50_000, 40_000)]
    assert (row.refund_difference_kobo, row.provider_refund_kobo) == (10_000, 50_000)


@BOTH
def test_a_refund_of_no_payment_of_ours(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    refund_there(shop, payment)
    reference = payment.reference
    Payment.objects.filter(pk=payment.pk).update(reference="renamed", provider_id="renamed")

    row = compare(method)

    named = reference if method == PaymentMethod.PAYSTACK else ""
    rows: list[Row] = [
        ("unknown_money", reference, 200_000, None),
        ("not_listed", "renamed", None, 200_000),
        ("unknown_refund", named, 50_000, None),
    ]
    assert open_rows(row) == rows


def test_begun_on_one_day_and_told_of_on_the_next(shop: Providers) -> None:
    """The refund belongs to the day on which it was begun there; the day on which we heard of it does not miss it."""
    payment = paid(shop)
    theirs = refund_there(shop, payment)
    answer = RefundAnswer(RefundState.DONE, theirs.reference, "")
    hear_of_refund(payment=payment, amount_kobo=50_000, answer=answer, at=NEXT_DAY, actor=SYSTEM)

    later = compare(day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))
    row = compare()

    assert (refund_sums(later), open_rows(later)) == ((0, 0, 0, 0), [])
    assert (refund_sums(row), open_rows(row)) == ((1, 50_000, 1, 50_000), [])


@BOTH
def test_begun_here_before_midnight_and_there_after_it(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    midnight = NOON.replace(hour=23)
    shop.set_clock(midnight + timedelta(seconds=1))
    refund(payment, at=midnight - timedelta(seconds=1))
    shop.settle_refunds(payment.reference)
    Refund.objects.update(status="succeeded", refunded_at=midnight)

    row, later = compare(method), compare(method, day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))

    assert (refund_sums(row), open_rows(row)) == ((0, 0, 0, 0), [])
    assert (refund_sums(later), open_rows(later)) == ((1, 50_000, 1, 50_000), [])


def test_a_message_that_comes_after_the_comparison_changes_nothing(shop: Providers) -> None:
    payment = paid(shop)
    theirs = refund_there(shop, payment)
    compare()

    answer = RefundAnswer(RefundState.DONE, theirs.reference, "")
    for _ in range(2):
        heard = hear_of_refund(payment=payment, amount_kobo=50_000, answer=answer, at=NEXT_DAY, actor=SYSTEM)

    assert heard is not None
    assert (heard.provider_reference, made(payment)) == (theirs.reference, [("succeeded", 50_000)])


def test_a_provider_without_a_list_of_refunds(shop: Providers) -> None:
    payment = paid(shop, ELSEWHERE)
    refund(payment)
    shop.fail_next(status=403, after=1)

    row = compare(ELSEWHERE)

    assert (row.status, open_rows(row), refund_sums(row)) == ("finished", [], (0, 0, 0, 0))
    assert row.note == "Refunds were not compared: the provider does not list them."


def test_one_that_failed_there_takes_no_other_of_its_amount_with_it(shop: Providers) -> None:
    """The first failed, and the second is under way: that the first failed is heard again with each comparison."""
    payment = paid(shop)
    first = refund(payment)
    shop.settle_refunds(payment.reference, "failed")
    answer = RefundAnswer(RefundState.FAILED, "", "failed")
    hear_of_refund(payment=payment, amount_kobo=50_000, answer=answer, at=NOON, actor=SYSTEM)
    refund(payment)

    for _ in range(2):
        row = compare()
        assert (made(payment), row.open_refund_count) == ([("failed", 50_000), ("pending", 50_000)], 1)

    first.refresh_from_db()
    assert first.listed_id == str(shop.refunds_of(payment.reference)[0].id)
    shop.settle_refunds(payment.reference)
    row = compare()
    assert (refund_sums(row), open_rows(row)) == ((1, 50_000, 1, 50_000), [])
    assert made(payment) == [("failed", 50_000), ("succeeded", 50_000)]


def test_one_begun_later_is_not_the_one_that_failed(shop: Providers) -> None:
    payment = paid(shop)
    refund_there(shop, payment, status="failed")
    shop.set_clock(NEXT_DAY)
    refund(payment, at=NEXT_DAY)

    compare()

    assert made(payment) == [("pending", 50_000)]


def test_one_of_the_same_amount_made_there_does_not_end_ours(shop: Providers) -> None:
    payment = paid(shop)
    refund(payment)
    compare()
    refund_there(shop, payment)

    row = compare()

    assert (made(payment), open_rows(row)) == ([("pending", 50_000), ("succeeded", 50_000)], [])
    shop.settle_refunds(payment.reference)
    row = compare()
    assert (refund_sums(row), open_rows(row)) == ((2, 100_000, 2, 100_000), [])
    assert made(payment) == [("succeeded", 50_000)] * 2


@BOTH
def test_one_that_was_approved_days_later_belongs_to_the_day_on_which_it_went(
    shop: Providers, method: PaymentMethod
) -> None:
    """Asked for on the day, sent on the next: the day has no such refund, and does not miss it."""
    payment = paid(shop, method)
    asked = refund(payment)
    shop.ledger.change_refunds(payment.reference, None)
    Refund.objects.filter(pk=asked.pk).update(status="succeeded", refunded_at=NEXT_DAY, provider_reference="")
    shop.set_clock(NEXT_DAY)
    refund_there(shop, payment)

    row, later = compare(method), compare(method, day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))

    assert (refund_sums(row), open_rows(row)) == ((0, 0, 0, 0), [])
    assert refund_sums(later)[:2] == (1, 50_000)


@BOTH
def test_one_that_staff_say_went_back_days_later_is_looked_for(shop: Providers, method: PaymentMethod) -> None:
    payment = paid(shop, method)
    lost = refund(payment)
    shop.ledger.change_refunds(payment.reference, None)
    Refund.objects.filter(pk=lost.pk).update(status="pending")
    assert open_rows(compare(method)) == []
    Refund.objects.filter(pk=lost.pk).update(status="succeeded", refunded_at=NEXT_DAY)

    later = compare(method, day=NEXT_DAY.date(), at=NEXT_DAY + timedelta(days=1))

    assert open_rows(later) == [("refund_not_listed", payment.reference, None, 50_000)]
