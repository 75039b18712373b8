"""What the practice providers tell a shop by themselves: signed, until it answers 200; and what a test may post."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time

import pytest

from tests.demo.providers_client import (
    FLW_HASH,
    REQUEST,
    SECRET,
    begin,
    begin_flutterwave,
    flutterwave,
    open_ours,
    open_shop,
    paystack,
    press,
)


@pytest.fixture
def shop():
    with open_shop() as opened:
        yield opened


@pytest.fixture
def providers(shop):
    with open_ours(shop.url) as opened:
        yield opened


def signed(body):
    return hmac.new(SECRET.encode(), body, hashlib.sha512).hexdigest()


def test_paystack_tells_of_a_success_once(providers, shop):
    url = begin(providers)
    for _ in range(3):
        press(url, "pay")
    ((path, headers, body),) = shop.wait(1)
    assert (path, headers["content-type"]) == ("/webhooks/paystack/", "application/json")
    assert headers["x-paystack-signature"] == signed(body)
    verified = paystack(providers, "/transaction/verify/ORDER-1")[1]["data"]
    assert json.loads(body) == {"event": "charge.success", "data": verified}
    assert (verified["status"], verified["amount"], verified["fees"]) == ("success", 1_250_000, 28_750)
    assert json.dumps(json.loads(body)).encode() != body


def test_paystack_is_silent_about_what_was_not_paid_and_both_about_cancels(providers, shop):
    press(begin(providers), "fail")
    press(begin_flutterwave(providers), "cancel")
    paystack(providers, "/transaction/initialize", REQUEST | {"reference": "ORDER-3"})
    providers.settle("ORDER-3", "abandoned", webhook=True)
    paystack(providers, "/transaction/initialize", REQUEST | {"reference": "ORDER-4"})
    providers.settle("ORDER-4", webhook=True)
    shop.wait(1)
    assert json.loads(shop.got[0][2])["data"]["reference"] == "ORDER-4"


@pytest.mark.parametrize(("choice", "status"), [("pay", "successful"), ("fail", "failed")])
def test_flutterwave_tells_of_success_and_failure(providers, shop, choice, status):
    press(begin_flutterwave(providers), choice)
    ((path, headers, body),) = shop.wait(1)
    assert (path, headers["verif-hash"]) == ("/webhooks/flutterwave/", FLW_HASH)
    verified = flutterwave(providers, "/transactions/verify_by_reference?tx_ref=ORDER-2")[1]["data"]
    told = {name: value for name, value in verified.items() if name not in {"meta", "amount_settled"}}
    assert json.loads(body) == {"event": "charge.completed", "data": told, "event.type": "CARD_TRANSACTION"}
    assert told["status"] == status


def test_paystack_tells_when_a_refund_is_through(providers, shop):
    begin(providers)
    providers.settle("ORDER-1")
    answer = paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 10_000})[1]
    assert answer["data"]["status"] == "pending"
    ((_, headers, body),) = shop.wait(1)
    (refund,) = providers.refunds_of("ORDER-1")
    assert headers["x-paystack-signature"] == signed(body)
    assert json.loads(body) == {
        "event": "refund.processed",
        "data": {
            "status": "processed",
            "transaction_reference": "ORDER-1",
            "refund_reference": f"RFD-{refund.id}",
            "amount": "10000",
            "currency": "NGN",
            "processor": "instant-transfer",
            "customer": {"first_name": None, "last_name": None, "email": "ada@example.com"},
            "integration": 1,
            "domain": "test",
        },
    }
    listed = paystack(providers, "/refund?transaction=ORDER-1")[1]["data"]
    assert [(each["status"], each["deducted_amount"]) for each in listed] == [("processed", 10_000)]


@pytest.mark.parametrize("answers", [(500, 302, 201)])
def test_a_webhook_comes_again_until_the_shop_answers_200(answers):
    with open_shop(*answers) as shop, open_ours(shop.url) as providers:
        press(begin(providers), "pay")
        shop.wait(4)
        time.sleep(0.1)
        assert len({body for _, _, body in shop.wait(4)}) == 1


def test_the_end_gives_up_on_a_shop_that_is_away():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        with open_ours(f"http://127.0.0.1:{holder.getsockname()[1]}") as providers:
            press(begin(providers), "pay")
            begun = time.monotonic()
    assert time.monotonic() - begun < 5


def test_webhooks_for_a_test_to_post(shop):
    with open_ours() as providers:
        begin(providers)
        lie = providers.webhook_for("ORDER-1")
        assert json.loads(lie.body)["data"]["status"] == "success"
        assert providers.charge("ORDER-1").status == "open"
        providers.settle("ORDER-1", amount_kobo=5000)
        path, headers, body = providers.webhook_for("ORDER-1", event="charge.success")
        assert (path, headers["x-paystack-signature"]) == ("/webhooks/paystack/", signed(body))
        assert providers.webhook_for("ORDER-1").body == body
        paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 2000})
        paystack(providers, "/refund", {"transaction": "ORDER-1", "amount": 1000})
        first = providers.refunds_of("ORDER-1")[0]
        told = [
            json.loads(each.body)["data"]
            for each in (
                providers.webhook_for("ORDER-1", "refund.pending"),
                providers.webhook_for("ORDER-1", "refund.failed", refund_id=first.id),
            )
        ]
        assert [(each["status"], each["amount"], each["refund_reference"]) for each in told] == [
            ("pending", 1000, None),
            ("failed", "2000", f"RFD-{first.id}"),
        ]
        begin_flutterwave(providers)
        path, headers, body = providers.webhook_for("ORDER-2")
        assert (path, headers["verif-hash"]) == ("/webhooks/flutterwave/", FLW_HASH)
        assert json.loads(body)["data"]["status"] == "pending"
        for wrong in (("ORDER-9", None), ("ORDER-2", "charge.success"), ("ORDER-1", "charge.failed")):
            with pytest.raises(LookupError):
                providers.webhook_for(*wrong)
    assert shop.got == []
