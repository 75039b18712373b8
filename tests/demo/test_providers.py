"""The practice providers over HTTP: their answers and refusals, and what tests can have them do."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.demo.providers_client import (
    FLW_SECRET,
    NOT_FOUND,
    PAYMENT,
    REQUEST,
    SECRET,
    begin,
    begin_flutterwave,
    error,
    flutterwave,
    open_ours,
    paystack,
    read,
    refused,
    send,
)
from zuka.demo.providers.flutterwave import fee_kobo
from zuka.demo.providers.paystack import fees_kobo
from zuka.demo.providers.server import open_providers


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def test_paystack_opens_a_checkout(providers):
    status, answer = paystack(providers, "/transaction/initialize", REQUEST)
    code = providers.charge("ORDER-1").access_code
    assert (status, answer) == (
        200,
        {
            "status": True,
            "message": "Authorization URL created",
            "data": {
                "authorization_url": f"{providers.url}/pay/{code}",
                "access_code": code,
                "reference": "ORDER-1",
            },
        },
    )
    _, unnamed = paystack(providers, "/transaction/initialize", {"email": "a@b.ng", "amount": "5000"})
    assert providers.charge(unnamed["data"]["reference"]).asked_kobo == 5000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": None}, "Invalid Email Address Passed"),
        ({"amount": 0}, "Invalid Amount Sent"),
        ({"amount": -5}, "Invalid Amount Sent"),
        ({"amount": 12.5}, "Invalid Amount Sent"),
        ({"amount": True}, "Invalid Amount Sent"),
        ({"amount": "12.50"}, "Invalid Amount Sent"),
        ({"currency": "EUR"}, "Currency not supported by merchant"),
        ({"currency": ["NGN"]}, "Currency not supported by merchant"),
        ({"reference": "ORDER_1"}, "Invalid characters in reference: only -, ., = and alphanumerics"),
        ({"callback_url": "javascript:alert(1)"}, "Invalid callback URL"),
    ],
)
def test_paystack_refuses_what_it_cannot_charge(providers, changes, message):
    assert paystack(providers, "/transaction/initialize", REQUEST | changes) == refused(message)


def test_a_reference_is_used_once(providers):
    begin(providers)
    assert paystack(providers, "/transaction/initialize", REQUEST) == refused("Duplicate Transaction Reference")
    begin_flutterwave(providers)
    assert flutterwave(providers, "/payments", PAYMENT) == error("Duplicate tx_ref")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"amount": NaN}', b"\xff"])
def test_what_is_no_json_object_is_refused(providers, body):
    assert paystack(providers, "/transaction/initialize", body) == refused("Invalid JSON body")
    assert flutterwave(providers, "/payments", body) == error("Invalid JSON body")


def test_a_wrong_key_and_a_wrong_path_are_refused(providers):
    wrong = {"status": False, "message": "Invalid key"}
    assert paystack(providers, "/transaction", secret="sk_test_ab") == (401, wrong)
    assert paystack(providers, "/transaction", secret=None)[0] == 401
    assert flutterwave(providers, "/transactions", secret=SECRET) == error("Invalid authorization key", 401)
    assert flutterwave(providers, "/transactions", secret=None)[0] == 401
    assert paystack(providers, "/plan") == (404, {"status": False, "message": "Route not found"})
    assert flutterwave(providers, "/plans") == error("Route not found", 404)
    assert send(providers.url + "/elsewhere")[0] == 404


def test_paystack_tells_how_a_charge_stands(providers):
    begin(providers, metadata={"order": "7", "rate": 1.5})
    status, answer = paystack(providers, "/transaction/verify/ORDER-1")
    charge = providers.charge("ORDER-1")
    assert (status, answer["message"]) == (200, "Verification successful")
    assert answer["data"] == {
        "id": charge.id,
        "domain": "test",
        "status": "abandoned",
        "reference": "ORDER-1",
        "amount": 1_250_000,
        "requested_amount": 1_250_000,
        "currency": "NGN",
        "gateway_response": "The transaction was not completed",
        "message": None,
        "channel": "card",
        "fees": None,
        "paid_at": None,
        "created_at": charge.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "ip_address": None,
        "metadata": {"order": "7", "rate": 1.5},
        "customer": {
            "id": charge.id,
            "first_name": None,
            "last_name": None,
            "email": "ada@example.com",
            "customer_code": f"CUS_{charge.id}",
            "phone": None,
            "metadata": None,
        },
        "authorization": {},
        "plan": None,
    }
    paid = providers.settle("ORDER-1", amount_kobo=1_000_000, currency="GHS")
    data = paystack(providers, "/transaction/verify/ORDER-1")[1]["data"]
    assert (data["status"], data["amount"], data["requested_amount"]) == ("success", 1_000_000, 1_250_000)
    assert (data["currency"], data["fees"]) == ("GHS", 25_000)
    assert data["paid_at"] == paid.settled_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert paystack(providers, "/transaction/verify/ORDER-9") == refused("Transaction reference not found")


def test_flutterwave_tells_how_a_transaction_stands(providers):
    link = begin_flutterwave(providers, meta={"order": "7"})
    charge = providers.charge("ORDER-2")
    assert link == f"{providers.url}/pay/{charge.access_code}"
    for path in ("/transactions/verify_by_reference?tx_ref=ORDER-2", f"/transactions/{charge.id}/verify"):
        assert flutterwave(providers, path) == NOT_FOUND
    providers.settle("ORDER-2")
    made_at = charge.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    expected = {
        "id": charge.id,
        "tx_ref": "ORDER-2",
        "flw_ref": f"FLW-PRACTICE-{charge.id}",
        "device_fingerprint": "N/A",
        "amount": 2500.5,
        "currency": "NGN",
        "charged_amount": 2500.5,
        "app_fee": 50.01,
        "merchant_fee": 0,
        "processor_response": "Approved",
        "auth_model": "PIN",
        "ip": "127.0.0.1",
        "narration": "CARD Transaction",
        "status": "successful",
        "payment_type": "card",
        "created_at": made_at,
        "account_id": 1,
        "customer": {
            "id": charge.id,
            "name": "Bayo Ade",
            "phone_number": "08030000000",
            "email": "bayo@example.com",
            "created_at": made_at,
        },
        "meta": {"order": "7"},
        "card": {
            "first_6digits": "408408",
            "last_4digits": "4081",
            "issuer": "TEST BANK",
            "country": "NG",
            "type": "VISA",
            "token": f"flw-t1nf-{charge.access_code}-m03k",
            "expiry": "12/30",
        },
        "amount_settled": 2450.49,
    }
    whole = (200, {"status": "success", "message": "Transaction fetched successfully", "data": expected})
    assert flutterwave(providers, "/transactions/verify_by_reference?tx_ref=ORDER-2") == whole
    assert flutterwave(providers, f"/transactions/{charge.id}/verify") == whole


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tx_ref": " "}, "tx_ref is required"),
        ({"amount": 0}, "amount must be a positive number with two decimals at most"),
        ({"amount": 10.005}, "amount must be a positive number with two decimals at most"),
        ({"amount": "1e400"}, "amount must be a positive number with two decimals at most"),
        ({"amount": True}, "amount must be a positive number with two decimals at most"),
        ({"currency": "naira"}, "currency is not supported"),
        ({"redirect_url": None}, "redirect_url is required"),
        ({"customer": {"name": "Ada"}}, "customer email is required"),
    ],
)
def test_flutterwave_refuses_what_it_cannot_charge(providers, changes, message):
    assert flutterwave(providers, "/payments", PAYMENT | changes) == error(message)


def test_a_provider_does_not_know_the_other_s_charges(providers):
    begin(providers)
    begin_flutterwave(providers)
    providers.settle("ORDER-1")
    providers.settle("ORDER-2")
    assert paystack(providers, "/transaction/verify/ORDER-2")[0] == 400
    assert flutterwave(providers, "/transactions/verify_by_reference?tx_ref=ORDER-1") == NOT_FOUND
    assert paystack(providers, "/refund", {"transaction": "ORDER-2"}) == refused("Transaction not found")


def test_paystack_lists_charges_page_by_page(providers):
    for number in range(5):
        begin(providers, reference=f"R-{number}")
    providers.settle("R-1")
    status, answer = paystack(providers, "/transaction?perPage=2&page=2")
    assert (status, answer["message"]) == (200, "Transactions retrieved")
    assert [each["reference"] for each in answer["data"]] == ["R-2", "R-1"]
    assert answer["meta"] == {"total": 5, "perPage": 2, "page": 2, "pageCount": 3}
    today = time.strftime("%Y-%m-%d", time.gmtime())
    counts = {
        query: paystack(providers, f"/transaction?{query}")[1]["meta"]["total"]
        for query in ("status=success", f"from={today}&to={today}", "from=2099-01-01", "to=2020-01-01T00:00:00.000Z")
    }
    assert list(counts.values()) == [1, 5, 0, 0]
    for query in ("page=0", "perPage=x", "from=yesterday"):
        assert paystack(providers, f"/transaction?{query}")[0] == 400


def test_flutterwave_lists_what_was_attempted(providers):
    for number, status in enumerate(["success", "failed", "abandoned", None] + ["success"] * 10):
        begin_flutterwave(providers, tx_ref=f"F-{number}")
        if status:
            providers.settle(f"F-{number}", status)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    status, answer = flutterwave(providers, f"/transactions?from={today}&to={today}&page=2")
    assert (status, answer["message"]) == (200, "Transactions fetched")
    assert [(each["tx_ref"], each["status"]) for each in answer["data"]] == [("F-1", "failed"), ("F-0", "successful")]
    assert answer["meta"] == {"page_info": {"total": 12, "current_page": 2, "total_pages": 2}}
    assert flutterwave(providers, "/transactions?from=2099-01-01")[1]["data"] == []
    assert flutterwave(providers, "/transactions?to=soon")[0] == 400


def test_one_reference_asked_for_at_the_same_moment_is_given_once(providers):
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(paystack, providers, "/transaction/initialize", REQUEST) for _ in range(8)]
    assert sorted(each.result()[0] for each in asked) == [200] + [400] * 7


def test_fees():
    amounts = (100, 249_999, 250_000, 12_666_600, 12_666_700, 50_000_000)
    assert [fees_kobo(kobo) for kobo in amounts] == [2, 3750, 13_750, 199_999, 200_000, 200_000]
    assert [fee_kobo(kobo) for kobo in (100, 250_050, 10_000_000, 10_000_100)] == [2, 5001, 200_000, 200_000]


def test_the_next_calls_fail_or_hang_as_told(providers):
    providers.fail_next(2)
    providers.fail_next(1, status=429)
    providers.hang_next(0.3)
    status, headers, body = send(providers.paystack_url + "/transaction/initialize", REQUEST, secret=SECRET)
    assert (status, headers.get_content_type(), b"502 Bad Gateway" in body) == (502, "text/html", True)
    assert send(providers.flutterwave_url + "/payments", PAYMENT, secret=FLW_SECRET)[0] == 502
    too_many = {"status": False, "message": "Too Many Requests"}
    assert paystack(providers, "/transaction/verify/ORDER-1") == (429, too_many)
    with pytest.raises(LookupError):
        providers.charge("ORDER-1")
    begun = time.monotonic()
    begin(providers)
    assert time.monotonic() - begun >= 0.3
    assert providers.calls == [
        ("POST", "/paystack/transaction/initialize"),
        ("POST", "/flutterwave/v3/payments"),
        ("GET", "/paystack/transaction/verify/ORDER-1"),
        ("POST", "/paystack/transaction/initialize"),
    ]


def test_the_end_does_not_wait_for_what_hangs():
    with ThreadPoolExecutor(1) as pool:
        with open_providers(paystack_secret=SECRET) as providers:
            providers.hang_next(60)
            asked = pool.submit(read, f"{providers.paystack_url}/transaction/initialize", REQUEST, secret=SECRET)
            while not providers.calls:
                time.sleep(0.01)
            begun = time.monotonic()
        assert asked.result()[0] == 200
    assert time.monotonic() - begun < 5
