from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.utils import timezone

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.cart.models import Cart, CartReminder
from commerce.cart.services import add_to_cart, convert_cart
from commerce.cart.services.recovering import LINK_LASTS, SALT, recovery_token
from tests.commerce.accounts.doors import call
from tests.commerce.cart.leaving import DUE, LEFT, SHOPPER, fill, guest_cart, leave, link_token
from tests.commerce.factories import NOON, UserFactory, VariantFactory
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_URL = "https://shop.example"


def carrying(token: str) -> dict[str, Any]:
    """The header of a browser with a guest's cart."""
    return {"X-Zuka-Cart": token}


def follow(token: str, user: User | None = None, **headers: str) -> Any:
    return call(user, "post", "cart/recovery/", {"token": token}, **headers)


def skus(answer: Any) -> list[tuple[str, int]]:
    return [(line["sku"], line["quantity"]) for line in answer.json()["lines"]]


def read(token: str, user: User | None = None) -> Any:
    return call(user, "get", "cart/", **carrying(token))


def left_by_guest() -> tuple[Cart, str, str]:
    """A guest's cart that was reminded of: the cart, the token of the first device, the token of the link."""
    cart, token = guest_cart()
    leave()
    return cart, token, link_token(OutgoingMail.objects.get())


def left_by(user: User) -> tuple[Cart, str]:
    cart, _ = fill(user)
    return cart, recovery_token(cart)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_guest_goes_on_on_another_device_and_on_the_first_one() -> None:
    cart, first, link = left_by_guest()
    sku = cart.lines.get().variant.sku

    answers = [follow(link), follow(link)]

    key = answers[0].json()["token"]
    assert [(each.status_code, each.json()["token"], skus(each)) for each in answers] == [(200, key, [(sku, 2)])] * 2
    assert [read(each).json()["id"] for each in (first, key)] == [str(cart.pk)] * 2
    assert (answers[0].headers["Cache-Control"], Cart.objects.get().status) == ("private, no-store", "active")
    assert key not in str(CartReminder.objects.values())


def test_the_order_from_the_link_is_the_campaign_s() -> None:
    _, _, link = left_by_guest()
    seen: dict[str, Any] = {"X-Zuka-Visitor": "phone", "X-Zuka-Campaign": "utm_source=cart-reminder&utm_medium=email"}
    key = follow(link, **seen).json()["token"]
    body = {
        "contact": {"email": "ngozi@example.com"},
        "shipping_address": {"recipient_name": "N", "street_address": "1", "city": "Ikeja", "state": "Lagos"},
        "payment_method": "cash_on_delivery",
    }
    assert call(None, "post", "orders/", body, **seen, **carrying(key)).status_code == 201
    fact = Event.objects.get(event_type="order.created")
    assert (fact.utm_source, fact.utm_medium) == ("cart-reminder", "email")
    assert CartReminder.objects.since(NOON) == {"reminded": 1, "opened": 1, "ordered": 1}
    assert refusal(follow(link)) == (400, "empty_cart")


def test_what_the_browser_had_comes_along() -> None:
    cart, _, link = left_by_guest()
    other, held = fill(at=LEFT, quantity=1)
    key = follow(link, **carrying(held)).json()["token"]
    assert len(skus(read(key))) == 2
    assert Cart.objects.get(pk=other.pk).merged_into == cart
    assert len(skus(follow(link, **carrying(key)))) == 2


def test_a_guest_s_cart_is_merged_for_who_is_signed_in(alice: User) -> None:
    cart, _, link = left_by_guest()
    fill(alice, at=LEFT)
    answer = follow(link, alice)
    assert (len(skus(answer)), answer.json()["token"]) == (2, None)
    assert Cart.objects.get(pk=cart.pk).merged_into == Cart.objects.get(user=alice)
    assert refusal(follow(link)) == (403, "sign_in_needed")
    assert len(skus(follow(link, alice))) == 2


def test_a_customer_s_cart_opens_for_that_customer_alone(alice: User, charlie: User) -> None:
    cart, link = left_by(alice)
    assert refusal(follow(link)) == (403, "sign_in_needed")
    assert refusal(follow(link, charlie)) == (404, "link_expired")
    answer = follow(link, alice)
    assert (answer.status_code, answer.json()["id"], answer.json()["token"]) == (200, str(cart.pk), None)
    assert {"alice", "Alice"} & set(answer.content.decode().split('"')) == set()


def test_links_that_lead_nowhere(alice: User) -> None:
    cart, link = left_by(alice)
    gone, other = signing.dumps("d5b6d2f8-0000-4000-8000-000000000000", salt=SALT), signing.dumps(str(cart.pk))
    tokens = ["", "x", link[:-1], other, gone, "a" * 301]
    assert [follow(each, alice).status_code for each in tokens] == [400, 404, 404, 404, 404, 400]


def test_a_link_lasts_two_weeks(alice: User) -> None:
    cart, _ = fill(alice)
    stamped = signing.TimestampSigner(salt=SALT)
    old = timezone.now() - LINK_LASTS - timedelta(minutes=1)
    stamped.timestamp = lambda: signing.b62_encode(int(old.timestamp()))  # type: ignore[method-assign]  # signed as if long ago
    link = stamped.sign_object(str(cart.pk))
    assert refusal(follow(link, alice)) == (404, "link_expired")


def test_the_first_opening_is_kept(alice: User) -> None:
    _, _, link = left_by_guest()
    follow(link)
    first = CartReminder.objects.get().opened_at
    follow(link)
    assert first is not None
    assert CartReminder.objects.get().opened_at == first


def test_a_cart_that_was_ordered_meanwhile_is_said_so(alice: User) -> None:
    cart, link = left_by(alice)
    convert_cart(cart=cart, at=DUE)
    answer = follow(link, alice)
    assert (answer.status_code, answer.json()["message"]) == (400, "You have ordered this cart already. Thank you!")


def test_a_key_of_the_link_is_merged_on_sign_in_like_any_other(alice: User) -> None:
    _, _, link = left_by_guest()
    key = follow(link).json()["token"]
    add_to_cart(user=alice, token=None, sku=VariantFactory.create().sku, quantity=1, actor=SHOPPER, at=LEFT)
    assert len(skus(read(key, alice))) == 2
    assert read(key).json()["id"] is None
    assert UserFactory.create().carts.count() == 0


def test_a_link_leads_through_carts_that_were_merged_one_into_the_other(alice: User) -> None:
    first, held, link = left_by_guest()
    second, _ = guest_cart("ada@example.com", at=DUE)
    key = follow(recovery_token(second), **carrying(held)).json()["token"]
    call(alice, "get", "cart/", **carrying(key))
    merged = Cart.objects.get(pk=first.pk).merged_into
    assert merged is not None
    assert merged.merged_into == Cart.objects.get(user=alice)

    assert (len(skus(follow(link, alice))), refusal(follow(link))) == (2, (403, "sign_in_needed"))
