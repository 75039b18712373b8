"""The practice providers from one start to the next."""

from __future__ import annotations

import logging
import stat

import pytest

from tests.demo.providers_client import (
    FLW_HASH,
    FLW_SECRET,
    SECRET,
    begin,
    begin_flutterwave,
    open_shop,
    paystack,
    press,
    send,
)
from zuka.demo.providers.server import open_providers


@pytest.fixture
def path(tmp_path):
    return tmp_path / "charges.json"


def open_kept(path, shop_url=None):
    return open_providers(
        shop_url,
        paystack_secret=SECRET,
        flutterwave_secret=FLW_SECRET,
        flutterwave_hash=FLW_HASH,
        charges_file=path,
    )


def test_charges_and_refunds_are_the_same_at_the_next_start(path):
    with open_kept(path) as first:
        page = begin(first)
        press(begin_flutterwave(first, meta={"share": 0.5, "note": "Ọjà"}), "pay")
        assert paystack(first, "/refund", {"transaction": "ORDER-1"})[0] == 400
        press(begin(first, reference="ORDER-3"), "pay")
        assert paystack(first, "/refund", {"transaction": "ORDER-3", "amount": 1000})[0] == 200
        charges = first.ledger.all()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_kept(path) as second:
        assert second.ledger.all() == charges
        assert press(page.replace(first.url, second.url), "pay")[0] == 303
        assert paystack(second, "/refund", {"transaction": "ORDER-1"})[0] == 200


def test_a_refund_that_waited_goes_through_at_the_next_start(path):
    with open_kept(path) as first:
        press(begin(first), "pay")
        paystack(first, "/refund", {"transaction": "ORDER-1"})
    with open_shop() as shop, open_kept(path, shop.url) as second:
        assert b"refund.processed" in shop.wait(1)[0][2]
        assert [refund.status for refund in second.refunds_of("ORDER-1")] == ["processed"]


@pytest.mark.parametrize("text", ["", "{", '["a"]', '[{"reference": "ORDER-1"}]', "7"])
def test_a_file_that_cannot_be_understood_is_told_and_begun_anew(path, caplog, text):
    path.write_text(text)
    with caplog.at_level(logging.WARNING), open_kept(path) as opened:
        assert opened.ledger.all() == []
        assert send(begin(opened))[0] == 200
    assert [record.getMessage().startswith(f"{path} cannot be read") for record in caplog.records] == [True]
    with open_kept(path) as again:
        assert [charge.reference for charge in again.ledger.all()] == ["ORDER-1"]
