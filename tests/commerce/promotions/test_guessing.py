"""Guessing at codes is slow and tells little, and honest shoppers hardly meet a limit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.promotions.models import Coupon
from commerce.promotions.services import Asker, CouponRefused, find_coupons
from commerce.promotions.services.finding import UNKNOWN
from tests.commerce.accounts.doors import token_of
from tests.commerce.factories import ADDRESS, NOON, VariantFactory, in_threads
from tests.commerce.promotions.stories import JSON, make_coupon
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
ADA = Asker("user:ada", "10.0.0.1")


def ask(*codes: str, asker: Asker | None = ADA, at: Any = NOON) -> str:
    """The codes of found coupons, or of the refusal."""
    try:
        return ",".join(coupon.code for coupon in find_coupons(codes=codes, asker=asker, at=at))
    except CouponRefused as refusal:
        return refusal.code


def shopper(sku: str, address: str = "10.0.0.1", token: str = "") -> Any:
    """A browser with a cart, which asks for quotes."""
    who = {"X-Session-Token": token} if token else {}
    client = Client(REMOTE_ADDR=address, headers=who)
    added = client.post("/api/v1/cart/lines/", {"sku": sku}, content_type=JSON).json()
    headers = {"X-Zuka-Cart": added["token"]} if added["token"] else {}

    def send(path: str = "checkout", **said: Any) -> Any:
        return client.post(f"/api/v1/{path}/", said, content_type=JSON, headers=headers)

    return send


@pytest.mark.parametrize(
    "rules",
    [
        {"code": "OTHER"},
        {"is_active": False},
        {"valid_from": NOON + timedelta(days=1)},
        {"valid_until": NOON},
        {"usage_limit": 1, "usage_count": 1},
    ],
)
def test_to_a_stranger_every_code_that_cannot_be_used_is_the_same(rules: dict[str, Any]) -> None:
    make_coupon(rules.pop("code", "TEN"), **rules)

    with pytest.raises(CouponRefused) as refusal:
        find_coupons(codes=["TEN"], asker=ADA, at=NOON)

    assert (refusal.value.code, refusal.value.message, refusal.value.status) == ("coupon_unknown", UNKNOWN, 409)
    # Each counts as a guess, so what is left of them tells nothing either.
    assert [ask("TEN") for _ in range(10)] == ["coupon_unknown"] * 9 + ["coupon_guesses"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"is_active": False}, "coupon_unknown"),
        ({"valid_from": NOON + timedelta(days=1)}, "coupon_not_yet"),
        ({"valid_until": NOON}, "coupon_over"),
        ({"usage_limit": 1, "usage_count": 1}, "coupon_used_up"),
    ],
)
def test_who_had_a_code_accepted_is_told_why_it_is_over(change: dict[str, Any], code: str) -> None:
    make_coupon()
    assert ask("TEN") == "TEN"

    Coupon.objects.update(**change)

    assert ask("TEN") == code
    assert ask("TEN", asker=Asker("user:eve", "10.0.0.1")) == "coupon_unknown"
    assert ask("TEN", asker=None) == code


def test_right_codes_are_not_counted_and_stay_usable_when_guesses_are_used_up() -> None:
    make_coupon()
    make_coupon("LATER")
    assert [ask("TEN") for _ in range(30)] == ["TEN"] * 30
    assert [ask(f"WRONG-{each}") for each in range(11)] == ["coupon_unknown"] * 10 + ["coupon_guesses"]

    assert (ask("TEN"), ask("LATER")) == ("TEN", "coupon_guesses")
    # The next hour they may guess again, and another account of the address always could.
    assert ask("LATER", at=NOON + timedelta(hours=1)) == "LATER"
    assert ask("LATER", asker=Asker("user:eve", "10.0.0.1")) == "LATER"


def test_many_shoppers_behind_one_address_mistype_some_codes_each() -> None:
    make_coupon()
    shoppers = [Asker(f"cart:{each}", "10.0.0.1") for each in range(60)]

    answers = [ask(code, asker=each) for each in shoppers for code in ("TEM", "TENN", "T3N", "TEN")]

    assert answers == ["coupon_unknown", "coupon_unknown", "coupon_unknown", "TEN"] * 60


@pytest.mark.parametrize(
    ("addresses", "most"), [(["10.0.0.1", "10.0.0.1"], 200), (["2001:db8::1", "2001:db8::ffff"], 200)]
)
def test_new_carts_do_not_help_who_guesses_from_one_address(addresses: list[str], most: int) -> None:
    make_coupon()
    known = Asker("cart:honest", addresses[1])
    assert ask("TEN", asker=known) == "TEN"

    guesses = [ask("WRONG", asker=Asker(f"cart:{each}", addresses[each % 2])) for each in range(most + 5)]

    assert guesses == ["coupon_unknown"] * most + ["coupon_guesses"] * 5
    assert ask("TEN", asker=Asker("cart:new", addresses[0])) == "coupon_guesses"
    assert (ask("TEN", asker=known), ask("TEN", asker=Asker("cart:new", "10.9.9.9"))) == ("TEN", "TEN")


def test_several_codes_at_once_are_several_guesses() -> None:
    make_coupon("REAL", stackable=True)

    assert [ask("REAL", "WRONG-1") for _ in range(10)] == ["coupon_unknown"] * 10
    assert ask("REAL", "WRONG-1") == "coupon_guesses"


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_counted_one_by_one() -> None:
    answers = in_threads(20, lambda: ask("WRONG"))

    assert sorted(answers) == ["coupon_guesses"] * 10 + ["coupon_unknown"] * 10


def test_the_api_says_how_long_to_wait() -> None:
    quote = shopper(VariantFactory.create().sku)
    with time_machine.travel(NOON + timedelta(minutes=40), tick=False):
        statuses = [quote(coupon_code=f"WRONG-{each}").status_code for each in range(10)]
        answer = quote(coupon_code="WRONG")

    assert (statuses, answer.status_code, answer["Retry-After"]) == ([409] * 10, 429, "1200")
    assert answer.json() == {
        "code": "coupon_guesses",
        "message": "Too many codes that we cannot take were tried. Wait 20 min for another, or order without it.",
        "field": "coupon_code",
    }
    assert quote().status_code == 200


def test_placing_counts_guesses_like_quotes_do(alice: User) -> None:
    sku = VariantFactory.create().sku
    send = shopper(sku, token=token_of(alice))
    order = {"shipping_address": ADDRESS, "payment_method": "cash_on_delivery", "coupon_code": "WRONG"}

    answers = [send("orders", **order) for _ in range(6)] + [send(coupon_code="WRONG") for _ in range(5)]

    assert [each.status_code for each in answers] == [409] * 10 + [429]
    assert Cart.objects.get().is_open


def test_a_server_with_a_secret_key_is_not_limited_and_told_why() -> None:
    make_coupon(valid_until=NOON)
    _, token = issue_key(name="App", kind="secret", scopes=["track"])
    order = {
        "lines": [{"sku": VariantFactory.create().sku, "quantity": 1}],
        "contact": {"email": "ada@example.com"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
        "coupon_code": "ten",
    }

    def place(**headers: str) -> tuple[int, str]:
        answer = Client().post("/api/v1/orders/", order, content_type=JSON, headers=headers)
        return answer.status_code, answer.json()["code"]

    assert {place(**{"X-Api-Key": token}) for _ in range(12)} == {(409, "coupon_over")}
    assert place() == (409, "coupon_unknown")


def test_one_cart_is_quoted_once_a_second_at_most() -> None:
    sku = VariantFactory.create().sku
    quote, other = shopper(sku), shopper(sku)
    with time_machine.travel(NOON + timedelta(seconds=15), tick=False):
        statuses = [quote().status_code for _ in range(60)]
        answer = quote()

        assert (set(statuses), answer.status_code, answer["Retry-After"]) == ({200}, 429, "45")
        assert answer.json() == {
            "code": "quoted_too_often",
            "message": "That was too often. Wait 45 seconds, then try again.",
        }
        assert other().status_code == 200
