from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commerce.orders.models import PaymentMethod
from commerce.orders.services.comparing import (
    ComparisonUnderWay,
    NothingToCompare,
    ask_for_comparison,
    compare_due_days,
    due_days,
    resolve_difference,
)
from commerce.orders.services.comparing.findings import DifferenceResolved
from commerce.orders.services.comparing.listing import Limits
from commerce.payments.gateways import flutterwave, paystack
from commerce.payments.models import Difference, Payment, PaymentComparison, Refund
from commerce.tasks import compare_payments
from tests.commerce.factories import NOON, UserFactory, in_threads
from tests.commerce.payments.comparing.conftest import DAY, NEXT_DAY, begun, compare, open_ones, open_rows, paid, sums
from tests.commerce.payments.conftest import BOTH, state_of
from zuka.demo.providers.desk import Providers
from zuka.platform.clock import local_day, now

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_pages_are_read_to_the_last(shop: Providers, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """One payment less than two pages, two whole ones, one more."""
    monkeypatch.setattr(paystack, "PER_PAGE", 2)
    for _ in range(count):
        paid(shop)
    before = len(shop.calls)

    row = compare()

    assert (sums(row), open_rows(row)) == ((count, count * 200_000) * 2, [])
    assert len(shop.calls) - before == -(-count // 2) + 2


def test_flutterwave_s_pages_have_ten(shop: Providers) -> None:
    for _ in range(11):
        paid(shop, PaymentMethod.FLUTTERWAVE)

    row = compare(PaymentMethod.FLUTTERWAVE)

    assert (sums(row), open_rows(row)) == ((11, 2_200_000, 11, 2_200_000), [])


@pytest.mark.parametrize(
    ("module", "meta", "rows", "expected"),
    [
        (paystack, {"pageCount": 3}, 1, [True, False]),
        (paystack, {}, 100, [True, True]),
        (paystack, {}, 99, [False, False]),
        (flutterwave, {"page_info": {"total_pages": 3}}, 1, [True, False]),
        (flutterwave, {}, 1, [True, True]),
        (flutterwave, {}, 0, [False, False]),
    ],
)
def test_whether_there_is_one_more_page(module: Any, meta: dict[str, Any], rows: int, expected: list[bool]) -> None:
    assert [module.has_more([None] * rows, meta, page) for page in (2, 3)] == expected


@BOTH
@pytest.mark.parametrize("status", [502, 429, 401])
def test_a_provider_that_goes_away_amid_the_pages_leaves_nothing_half_done(
    *, shop: Providers, monkeypatch: pytest.MonkeyPatch, method: PaymentMethod, status: int
) -> None:
    monkeypatch.setattr(paystack, "PER_PAGE", 2)
    orders = [begun(method) for _ in range(12)]
    for _, payment in orders:
        shop.settle(payment.reference)
    shop.fail_next(status=status, after=1)

    row = compare(method)

    assert (row.status, sums(row), row.settled_count) == ("failed", (0, 0, 0, 0), 0)
    assert row.failure_reason
    assert {state_of(order) for order, _ in orders} == {("placed", "pending")}
    assert Difference.objects.count() == 0
    again = compare(method, at=NEXT_DAY + timedelta(hours=1))
    assert (again.pk, again.status, again.failure_reason, again.settled_count) == (row.pk, "finished", "", 12)


def test_a_list_without_an_end_is_given_up(shop: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paystack, "PER_PAGE", 1)
    for _ in range(3):
        paid(shop)

    row = compare(limits=Limits(pages=2))

    assert (row.status, row.failure_reason) == ("failed", "The provider's list has no end, or comes too slowly.")
    assert compare(limits=Limits(seconds=-1)).status == "failed"


@BOTH
def test_run_twice_it_says_the_same(shop: Providers, method: PaymentMethod) -> None:
    shop.settle(paid(shop, method).reference, "failed")
    first = compare(method)
    rows = list(Difference.objects.values_list("pk", "kind", "found_at"))

    again = compare(method, at=NEXT_DAY + timedelta(hours=1))

    assert (again.pk, sums(again), open_rows(again)) == (first.pk, sums(first), open_rows(first))
    assert list(Difference.objects.values_list("pk", "kind", "found_at")) == rows


def test_what_agrees_later_is_resolved_and_what_differs_again_is_open(shop: Providers) -> None:
    payment = paid(shop)
    shop.settle(payment.reference, "failed")
    compare()
    shop.settle(payment.reference)

    compare(at=NEXT_DAY + timedelta(hours=1))

    (row,) = Difference.objects.all()
    payment.refresh_from_db()
    assert (row.resolved_at, row.resolution, payment.attention) == (NEXT_DAY + timedelta(hours=1), "agrees", "")
    shop.settle(payment.reference, "failed")
    assert len(open_rows(compare(at=NEXT_DAY + timedelta(hours=2)))) == 1
    assert Difference.objects.count() == 1


def test_what_staff_dealt_with_stays_so_while_it_is_the_same(shop: Providers) -> None:
    payment = paid(shop)
    shop.settle(payment.reference, amount_kobo=150_000)
    (row,) = open_ones(compare())
    ada = UserFactory.create()

    resolve_difference(difference=row, note="agreed with them", at=NEXT_DAY, by_id=ada.pk)
    with pytest.raises(DifferenceResolved):
        resolve_difference(difference=row, note="again", at=NEXT_DAY, by_id=ada.pk)

    payment.refresh_from_db()
    assert (payment.attention, open_rows(compare())) == ("", [])
    row.refresh_from_db()
    assert (row.resolution, row.resolved_by, row.note) == ("staff", ada, "agreed with them")
    shop.settle(payment.reference, amount_kobo=140_000)
    assert open_rows(compare()) == [("amount", payment.reference, 140_000, 200_000)]


def test_a_payment_that_needs_attention_for_another_reason_keeps_it(shop: Providers) -> None:
    payment = paid(shop, amount_kobo=100)
    shop.settle(payment.reference, "failed")
    compare()
    shop.settle(payment.reference, amount_kobo=100)
    compare()

    payment.refresh_from_db()
    assert payment.attention == "underpaid"


@pytest.mark.django_db(transaction=True)
@BOTH
def test_two_runs_at_once_write_it_once(shop: Providers, method: PaymentMethod) -> None:
    shop.settle(paid(shop, method).reference, "failed")
    order, payment = begun(method)
    shop.settle(payment.reference)
    theirs = paid(shop, method)
    shop.ledger.refund(theirs.reference, 50_000, status="processed")

    def run() -> str:
        try:
            return compare(method).status
        except ComparisonUnderWay:
            return "under way"

    outcomes = in_threads(4, run)

    assert set(outcomes) <= {"finished", "under way"}
    assert "finished" in outcomes
    assert (PaymentComparison.objects.count(), Difference.objects.count(), Refund.objects.count()) == (1, 1, 1)
    assert state_of(order) == ("placed", "paid")


def test_one_at_a_time_unless_it_was_left_behind(shop: Providers) -> None:
    row = compare()
    PaymentComparison.objects.update(status="running", started_at=NEXT_DAY)

    for refused in (compare, lambda **at: ask_for_comparison(provider="paystack", day=DAY, by_id=None, **at)):
        with pytest.raises(ComparisonUnderWay):
            refused(at=NEXT_DAY + timedelta(minutes=29))

    assert compare(at=NEXT_DAY + timedelta(minutes=31)).pk == row.pk


@pytest.mark.parametrize(("provider", "day"), [("cash", DAY), ("paystack", DAY + 2 * ONE)])
def test_what_cannot_be_compared(shop: Providers, provider: str, day: date) -> None:
    with pytest.raises(NothingToCompare):
        ask_for_comparison(provider=provider, day=day, at=NEXT_DAY, by_id=None)
    with pytest.raises(NothingToCompare):
        compare(provider=provider, day=day)
    assert PaymentComparison.objects.count() == 0


def test_without_keys_nothing_is_compared(settings: Any) -> None:
    settings.PAYSTACK_SECRET_KEY = ""
    assert compare_due_days(at=NEXT_DAY) == 0
    with pytest.raises(NothingToCompare):
        compare()


def due(at: Any) -> list[date]:
    return due_days(provider="paystack", at=at)


def test_a_day_is_due_an_hour_after_it_is_over(shop: Providers) -> None:
    midnight = NOON.replace(hour=23)
    assert due(midnight + timedelta(minutes=59)) == [DAY - ONE]
    assert due(midnight + timedelta(minutes=61)) == [DAY]
    compare()
    assert due(NEXT_DAY) == []
    assert due(NEXT_DAY + 3 * ONE) == [DAY + ONE, DAY + 2 * ONE, DAY + 3 * ONE]


def test_days_that_failed_differ_or_wait_are_due_again(shop: Providers) -> None:
    payment = paid(shop)
    shop.fail_next()
    compare()
    assert (due(NEXT_DAY + timedelta(minutes=59)), due(NEXT_DAY + timedelta(minutes=61))) == ([], [DAY])

    shop.settle(payment.reference, "failed")
    compare()
    assert (due(NEXT_DAY + timedelta(hours=9)), due(NEXT_DAY + ONE)) == ([], [DAY, DAY + ONE])
    shop.settle(payment.reference)
    compare()
    shop.ledger.refund(payment.reference, 50_000, status="pending")
    compare()
    assert due(NEXT_DAY + ONE) == [DAY, DAY + ONE]
    assert due(NEXT_DAY + 30 * ONE)[0] > DAY

    ask_for_comparison(provider="paystack", day=DAY, at=NEXT_DAY, by_id=None)
    assert due(NEXT_DAY) == [DAY]


def test_the_job_leaves_a_provider_that_is_away_and_goes_on_with_the_other(shop: Providers) -> None:
    for day in (DAY - ONE, DAY):
        for provider in ("paystack", "flutterwave"):
            ask_for_comparison(provider=provider, day=day, at=NEXT_DAY, by_id=None)
    shop.fail_next()

    assert compare_due_days(at=NEXT_DAY) == 2

    rows = PaymentComparison.objects.order_by("provider", "money_date").values_list("provider", "status")
    assert list(rows) == [
        ("flutterwave", "finished"),
        ("flutterwave", "finished"),
        ("paystack", "failed"),
        ("paystack", "waiting"),
    ]


def test_the_scheduled_job_compares_yesterday(shop: Providers) -> None:
    compare_payments(unknown="keyword")

    days = {local_day(now() - timedelta(hours=1)) - ONE}
    assert set(PaymentComparison.objects.values_list("money_date", flat=True)) == days
    assert PaymentComparison.objects.count() == 2


def test_the_command_says_what_differs(shop: Providers, capsys: Any) -> None:
    payment = paid(shop)
    Payment.objects.filter(pk=payment.pk).update(reference="renamed", provider_id="")

    call_command("compare_payments", day=DAY)

    said = capsys.readouterr().out
    assert "Paystack, 10 March 2026: 1 of ₦2,000.00 there and 1 of ₦2,000.00 here; 2 differences.\n" in said
    assert "  Paid here, unknown to the provider: renamed. The provider knows of no payment" in said
    assert "Flutterwave, 10 March 2026: 0 of ₦0.00 there and 0 of ₦0.00 here; 0 differences.\n" in said
    shop.fail_next()
    with pytest.raises(CommandError, match="Not everything"):
        call_command("compare_payments", day=DAY, provider="paystack")


def test_the_command_without_keys(settings: Any) -> None:
    settings.PAYSTACK_SECRET_KEY = settings.FLUTTERWAVE_SECRET_KEY = ""
    with pytest.raises(CommandError, match="no keys"):
        call_command("compare_payments")
    with pytest.raises(CommandError, match="no keys for this provider"):
        call_command("compare_payments", provider="paystack")
