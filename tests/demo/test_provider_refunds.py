"""Refunds at the practice providers: how they begin, end, and never exceed what was paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.demo.providers_client import (
    NOT_FOUND,
    begin,
    begin_flutterwave,
    error,
    flutterwave,
    open_ours,
    paystack,
    refused,
)


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def test_paystack_refunds_up_to_what_was_paid(providers):
    begin(providers)
    refund = {"transaction": "ORDER-1", "amount": 250_000, "merchant_note": "A sleeve was torn"}
    assert paystack(providers, "/refund", refund) == refused("Transaction has not been paid")
    providers.settle("ORDER-1")
    status, answer = paystack(providers, "/refund", refund)
    charge, (first,) = providers.charge("ORDER-1"), providers.refunds_of("ORDER-1")
    described = {
        "id": first.id,
        "domain": "test",
        "transaction": charge.id,
        "transaction_reference": "ORDER-1",
        "amount": 250_000,
        "deducted_amount": 0,
        "fully_deducted": False,
        "currency": "NGN",
        "status": "pending",
        "refunded_by": "shop@example.com",
        "customer_note": None,
        "merchant_note": "A sleeve was torn",
        "createdAt": first.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    paid = {"id": charge.id, "reference": "ORDER-1", "amount": 1_250_000, "domain": "test", "currency": "NGN"}
    assert (status, answer["message"]) == (200, "Refund has been queued for processing")
    assert answer["data"] == described | {"transaction": paid}
    meta = {"total": 1, "perPage": 50, "page": 1, "pageCount": 1}
    listed = {"status": True, "message": "Refunds retrieved", "data": [described], "meta": meta}
    assert paystack(providers, "/refund?transaction=ORDER-1") == (200, listed)
    too_much = {"transaction": charge.id, "amount": 1_000_001}
    left = "Refund amount cannot be more than the transaction amount that is left"
    assert paystack(providers, "/refund", too_much) == refused(left)
    for amount in (0, -1, 2.5, "all"):
        assert paystack(providers, "/refund", refund | {"amount": amount}) == refused("Invalid Amount Sent")
    assert paystack(providers, "/refund", {"transaction": charge.id})[1]["data"]["amount"] == 1_000_000
    assert paystack(providers, "/refund", refund) == refused("Transaction has been fully reversed")
    assert paystack(providers, "/refund", {"transaction": "ORDER-9"}) == refused("Transaction not found")
    assert paystack(providers, "/refund?transaction=ORDER-9")[1]["data"] == []


def test_refunds_of_paystack_are_settled_by_name_and_a_failed_one_frees_its_amount(providers):
    begin(providers)
    providers.settle("ORDER-1")
    for _ in range(2):
        paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 625_000})
    one, two = providers.refunds_of("ORDER-1")
    assert [each.id for each in providers.settle_refunds("ORDER-1", "failed", refund_id=one.id)] == [one.id]
    assert [each.id for each in providers.settle_refunds("ORDER-1")] == [two.id]
    assert paystack(providers, "/transaction/verify/ORDER-1")[1]["data"]["status"] == "success"
    assert paystack(providers, "/refund", {"transaction": "ORDER-1"})[1]["data"]["amount"] == 625_000
    providers.settle_refunds("ORDER-1")
    assert [each.status for each in providers.refunds_of("ORDER-1")] == ["failed", "processed", "processed"]
    assert paystack(providers, "/transaction/verify/ORDER-1")[1]["data"]["status"] == "reversed"


def test_flutterwave_refunds_at_once(providers):
    begin_flutterwave(providers)
    charge = providers.charge("ORDER-2")
    path = f"/transactions/{charge.id}/refund"
    assert flutterwave(providers, path, {"amount": 1}) == error("Transaction has not been paid")
    providers.settle("ORDER-2")
    status, answer = flutterwave(providers, path, {"amount": 1000.25, "comments": "Out of stock"})
    (refund,) = providers.refunds_of("ORDER-2")
    assert (status, answer["message"]) == (200, "Transaction refund initiated")
    assert answer["data"] == {
        "id": refund.id,
        "account_id": 1,
        "tx_id": charge.id,
        "flw_ref": f"RFD-{refund.id}",
        "wallet_id": 1,
        "amount_refunded": 1000.25,
        "status": "completed",
        "destination": "payment_source",
        "comments": "Out of stock",
        "meta": {"source": "availablebalance"},
        "created_at": refund.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
    assert flutterwave(providers, path, {"amount": 1500.26})[0] == 400
    assert flutterwave(providers, path, {"amount": -1})[0] == 400
    assert flutterwave(providers, path, b"")[1]["data"]["amount_refunded"] == 1500.25
    assert flutterwave(providers, path, b"") == error("Transaction has been fully reversed")
    assert flutterwave(providers, "/transactions/1/refund", b"") == NOT_FOUND


def test_refunds_at_the_same_moment_never_exceed_what_was_paid(providers):
    begin(providers, amount=1000)
    begin_flutterwave(providers, amount=10)
    charge = providers.settle("ORDER-2")
    providers.settle("ORDER-1")
    with ThreadPoolExecutor(8) as pool:
        ours = [
            pool.submit(paystack, providers, "/refund", {"transaction": "ORDER-1", "amount": 600}) for _ in "12345678"
        ]
        path = f"/transactions/{charge.id}/refund"
        theirs = [pool.submit(flutterwave, providers, path, {"amount": 4}) for _ in range(8)]
    assert sorted(each.result()[0] for each in ours) == [200] + [400] * 7
    assert sorted(each.result()[0] for each in theirs) == [200] * 2 + [400] * 6
    sums = [sum(each.amount_kobo for each in providers.refunds_of(name)) for name in ("ORDER-1", "ORDER-2")]
    assert sums == [600, 800]
