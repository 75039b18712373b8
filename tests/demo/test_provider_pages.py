"""The practice payment page: what it shows, and what its buttons do."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.demo.providers_client import (
    SECRET,
    begin,
    begin_flutterwave,
    open_ours,
    press,
    send,
)
from zuka.demo.providers.server import open_providers


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def test_the_page_says_what_it_is_and_holds_nothing_foreign(providers):
    url = begin_flutterwave(providers, tx_ref="<b>&1", amount=12_500)
    status, headers, body = send(url)
    page = body.decode()
    assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "text/html; charset=utf-8", "no-store")
    for text in ("Practice payment page", "No money moves", "Pay Ọjà &amp; Co", "₦12,500.00", "&lt;b&gt;&amp;1"):
        assert text in page
    assert [value in page for value in ('value="pay"', 'value="fail"', 'value="cancel"')] == [True] * 3
    assert [word for word in ("<script", "http:", "https:", "//", "<b>") if word in page] == []
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in page
    assert "Pay Zuka" in send(begin(providers))[2].decode()
    assert send(providers.url + "/pay/none")[0] == 404
    assert send(providers.url + "/")[0] == 200


@pytest.mark.parametrize(
    ("back", "host"),
    [
        ("http://shop.example:8000/paid/", "shop.example"),
        ("http://shop.example/paid/", "shop.example"),
        ("http://ada:x@[2001:db8::1]:8000/", "[2001:db8::1]"),
    ],
)
def test_pages_may_be_on_the_host_that_the_customer_comes_back_to(back, host):
    with open_providers(paystack_secret=SECRET, page_url="http://{host}:8090") as opened:
        url = begin(opened, callback_url=back)
        assert url == f"http://{host}:8090/pay/{opened.charge('ORDER-1').access_code}"


def test_ids_are_not_those_of_the_process_before():
    ids = []
    for _ in range(2):
        with open_ours() as opened:
            begin(opened)
            ids.append(opened.charge("ORDER-1").id)
    assert 2**32 < ids[0] < ids[1]


@pytest.mark.parametrize(("choice", "status"), [("pay", "success"), ("fail", "failed")])
def test_a_button_of_paystack_s_page_settles_once(providers, choice, status):
    url = begin(providers, callback_url="http://shop/paid?a=1&b=#end")
    back = "http://shop/paid?a=1&b=&trxref=ORDER-1&reference=ORDER-1#end"
    assert press(url, choice) == (303, back)
    settled = providers.charge("ORDER-1")
    assert settled.status == status
    assert {press(url, other) for other in ("pay", "fail", "cancel")} == {(303, back)}
    assert providers.charge("ORDER-1") == settled
    page = send(url)[2].decode()
    assert ("<button" in page, "Back to the shop" in page) == (False, True)


def test_who_cancelled_may_come_back_and_pay(providers):
    url = begin(providers)
    press(url, "cancel")
    assert providers.charge("ORDER-1").status == "abandoned"
    assert "<button" in send(url)[2].decode()

    press(url, "pay")
    assert providers.charge("ORDER-1").status == "success"


@pytest.mark.parametrize(
    ("choice", "hints"),
    [
        ("pay", {"status": ["successful"], "transaction_id": True}),
        ("fail", {"status": ["failed"], "transaction_id": True}),
        ("cancel", {"status": ["cancelled"]}),
    ],
)
def test_a_button_of_flutterwave_s_page_sends_the_customer_back(providers, choice, hints):
    url = begin_flutterwave(providers)
    if "transaction_id" in hints:
        hints = hints | {"transaction_id": [str(providers.charge("ORDER-2").id)]}
    status, location = press(url, choice)
    assert (status, location.partition("?")[0]) == (303, "http://shop/paid/")
    assert parse_qs(urlsplit(location).query) == {"lang": ["en"], "tx_ref": ["ORDER-2"]} | hints


def test_a_page_without_a_way_back_stays_and_an_unknown_button_does_nothing(providers):
    url = begin(providers, callback_url=None)
    assert press(url, "steal") == (400, None)
    assert providers.charge("ORDER-1").status == "open"
    assert press(url, "pay") == (200, None)
    assert b"This payment was made." in send(url)[2]
