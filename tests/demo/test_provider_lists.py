"""What the practice providers list: by span, status and page, as the daily comparison asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.demo.providers_client import begin, begin_flutterwave, flutterwave, open_ours, paystack

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
DAY = "from=2026-03-10&to=2026-03-10"


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def test_paystack_lists_refunds_of_a_span_page_by_page(providers):
    providers.set_clock(NOON)
    begin(providers)
    providers.settle("ORDER-1")
    for kobo in (100, 200, 300):
        paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": kobo})
    providers.set_clock(NOON + timedelta(days=1))
    paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 400})

    status, answer = paystack(providers, f"/refund?{DAY}&perPage=2&page=2")

    assert (status, [each["amount"] for each in answer["data"]]) == (200, [100])
    assert answer["meta"] == {"total": 3, "perPage": 2, "page": 2, "pageCount": 2}
    assert paystack(providers, "/refund?page=none")[0] == 400


def test_flutterwave_lists_refunds_and_one_status(providers):
    providers.set_clock(NOON)
    for number, outcome in enumerate(("success", "failed", "success")):
        begin_flutterwave(providers, tx_ref=f"F-{number}")
        providers.settle(f"F-{number}", outcome)
    charge = providers.charge("F-0")
    flutterwave(providers, f"/transactions/{charge.id}/refund", {"amount": 15})

    listed = flutterwave(providers, f"/transactions?{DAY}&status=successful")[1]
    status, answer = flutterwave(providers, f"/refunds?{DAY}")

    assert [each["tx_ref"] for each in listed["data"]] == ["F-2", "F-0"]
    refunds = [(each["tx_id"], each["amount_refunded"], each["status"]) for each in answer["data"]]
    assert (status, refunds) == (200, [(charge.id, 15, "completed")])
    assert answer["meta"] == {"page_info": {"total": 1, "current_page": 1, "total_pages": 1}}
    assert flutterwave(providers, "/refunds?from=2026-03-11")[1]["data"] == []


@pytest.mark.parametrize("status", ["failed", None])
def test_refunds_can_be_changed_or_forgotten(providers, status):
    begin(providers)
    providers.settle("ORDER-1")
    paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 100})

    providers.ledger.change_refunds("ORDER-1", status)

    assert [each.status for each in providers.refunds_of("ORDER-1")] == [status] * bool(status)


def test_a_later_call_can_fail(providers):
    providers.fail_next(status=400, after=1)
    assert [paystack(providers, "/transaction")[0] for _ in range(3)] == [200, 400, 200]
