from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User, UserStatus
from commerce.cart.models import Cart, CartReminder
from commerce.cart.services import abandon_idle_carts, add_to_cart, find_cart, merge_guest_cart, remind_of_carts
from commerce.cart.services.reminding import remind_of_next
from commerce.catalog.models import ProductVariant
from commerce.notifications.models import Channel, NoticeGroup
from commerce.notifications.preferences import Reader, choose_preference
from commerce.orders.services import Contact
from tests.commerce.accounts.doors import call
from tests.commerce.cart.leaving import (
    DUE,
    HOUR,
    LEFT,
    MINUTE,
    SHOPPER,
    fill,
    guest_cart,
    leave,
    link_token,
    reminders,
)
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_NAME, settings.SHOP_URL = "Ada's Shop", "https://shop.example"
    settings.CART_PATH = "/cart/?utm_medium=email#recover={token}"


@pytest.fixture
def willing(db: None) -> User:
    """A customer who has agreed to news."""
    return UserFactory.create(email="alice@example.com", name="Alice", accepts_marketing=True)


def choose(user: User, *, is_on: bool) -> None:
    reader = Reader(user.pk, user.email or "")
    choose_preference(reader=reader, group=NoticeGroup.REMINDERS, channel=Channel.EMAIL, is_on=is_on, at=NOON)


def test_one_mail_shows_the_lines_as_they_are_now(willing: User) -> None:
    gown = VariantFactory.create(product=ProductFactory.create(name="Adire gown"), size="M", colour="indigo")
    scarf, gone = VariantFactory.create(product=ProductFactory.create(name="Headscarf")), VariantFactory.create()
    for variant, quantity in ((gown, 1), (scarf, 5), (gone, 1)):
        add_to_cart(user=willing, token=None, sku=variant.sku, quantity=quantity, actor=SHOPPER, at=NOON)
    ProductVariant.objects.filter(pk=gown.pk).update(price_kobo=150_050)
    ProductVariant.objects.filter(pk=scarf.pk).update(stock_on_hand=3)
    ProductVariant.objects.filter(pk=gone.pk).update(stock_on_hand=0)

    assert (leave(until=DUE - MINUTE), leave(), leave()) == (0, 1, 0)

    mail, cart = OutgoingMail.objects.get(), Cart.objects.get()
    opt_out = mail.headers["List-Unsubscribe"].strip("<>")
    assert (mail.key, mail.recipient) == (f"cart.reminder:{cart.pk}", "alice@example.com")
    assert mail.subject == "Your cart at Ada's Shop is waiting for you"
    assert mail.text == (
        "Hello Alice,\n\nYou have left this in your cart:\n\n"
        "1 x Adire gown (M, indigo): ₦1,500.50\n3 x Headscarf: ₦6,000.00\n\nTogether: ₦7,500.50\n\n"
        "It is not reserved for you, so it may sell out. Sign in to find it in your cart on any device.\n\n"
        f"Go to your cart: https://shop.example/cart/?utm_medium=email#recover={link_token(mail)}\n\n"
        "Ada's Shop\nhttps://shop.example\n\n"
        f"We write to you once about a cart, because you agreed to it.\nStop these e-mails: {opt_out}\n"
    )
    assert opt_out.startswith("https://shop.example/unsubscribe/")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [each for each in (link_token(mail), opt_out) if each in str(mail.context)] == []


def test_a_guest_who_asked_is_reminded_and_the_address_is_dropped() -> None:
    cart, _ = guest_cart()
    assert (leave(), reminders()) == (1, [(f"cart.reminder:{cart.pk}", "ngozi@example.com")])
    assert CartReminder.objects.values_list("email", "due_at", "sent_at").get() == ("", None, DUE)
    assert "Sign in" not in OutgoingMail.objects.get().text


def test_who_comes_back_and_leaves_again_is_reminded_later_and_only_once(willing: User) -> None:
    fill(willing)
    abandon_idle_carts(at=LEFT)
    find_cart(user=willing, token=None, actor=SHOPPER, at=LEFT + MINUTE)
    assert remind_of_carts(at=DUE) == 0
    assert leave(left=DUE, until=LEFT + MINUTE + 3 * HOUR) == 1

    find_cart(user=willing, token=None, actor=SHOPPER, at=NOON + 10 * HOUR)
    assert leave(left=NOON + 12 * HOUR, until=NOON + 20 * HOUR) == 0


def order_it(user: User) -> None:
    make_order(user=user, lines=None, cart=Cart.objects.get(), at=LEFT)


def order_otherwise(user: User) -> None:
    make_order(user=user, at=LEFT + MINUTE)


def empty_it(user: User) -> None:
    Cart.objects.get().lines.all().delete()


def sell_out(user: User) -> None:
    ProductVariant.objects.update(stock_on_hand=0)


def suspend(user: User) -> None:
    User.objects.update(status=UserStatus.SUSPENDED)


def have_only_a_phone(user: User) -> None:
    User.objects.update(email=None, phone="+2348012345678")


def take_consent_back(user: User) -> None:
    User.objects.update(accepts_marketing=False)


def switch_off(user: User) -> None:
    choose(user, is_on=False)


@pytest.mark.parametrize(
    "happen", [order_it, order_otherwise, empty_it, sell_out, suspend, have_only_a_phone, take_consent_back, switch_off]
)
def test_what_happens_meanwhile_speaks_against_the_mail(willing: User, happen: Any) -> None:
    fill(willing)
    abandon_idle_carts(at=LEFT)
    happen(willing)
    assert (remind_of_carts(at=DUE), reminders()) == (0, [])
    assert list(CartReminder.objects.exclude(due_at=None)) == []


@pytest.mark.parametrize(("accepts", "chosen", "count"), [(False, None, 0), (False, True, 1), (True, False, 0)])
def test_silence_is_no_consent_and_what_was_chosen_counts(accepts: bool, chosen: bool | None, count: int) -> None:
    user = UserFactory.create(accepts_marketing=accepts)
    if chosen is not None:
        choose(user, is_on=chosen)
    fill(user)
    assert leave() == count


@pytest.mark.parametrize(("name", "value"), [("CART_REMINDER_MINUTES", 0), ("SHOP_URL", "")])
def test_a_shop_may_send_none(willing: User, settings: Any, name: str, value: Any) -> None:
    setattr(settings, name, value)
    fill(willing)
    assert (leave(), CartReminder.objects.count()) == (0, 0)


def test_carts_left_long_ago_are_no_news(willing: User) -> None:
    fill(willing)
    assert leave(left=NOON + timedelta(days=4), until=NOON + timedelta(days=5)) == 0


def test_an_address_is_reminded_once_a_week_however_many_carts_it_left(willing: User) -> None:
    first, _ = guest_cart("alice@example.com")
    fill(willing, at=NOON + MINUTE)
    later = guest_cart("ALICE@example.com", at=NOON + timedelta(days=8))[0]

    leave(left=LEFT + MINUTE, until=DUE + MINUTE)
    leave(left=NOON + timedelta(days=8, hours=2), until=NOON + timedelta(days=8, hours=4))

    assert [key for key, _ in reminders()] == [f"cart.reminder:{first.pk}", f"cart.reminder:{later.pk}"]


@pytest.mark.parametrize("email", ["ngozi@example.com", "another@example.com"])
def test_a_guest_who_orders_is_not_reminded_and_the_address_is_dropped(email: str) -> None:
    cart, _ = guest_cart()
    make_order(lines=None, cart=cart, contact=Contact(email=email), at=NOON + MINUTE)
    assert (leave(), CartReminder.objects.values_list("email", flat=True).get()) == (0, "")


def test_another_order_of_the_same_guest_is_enough() -> None:
    guest_cart()
    make_order(contact=Contact(email="Ngozi@example.com"), at=NOON + MINUTE)
    assert leave() == 0


def test_a_cart_that_was_merged_is_not_reminded_of_again(willing: User) -> None:
    _, token = guest_cart("someone@example.com")
    leave()
    merge_guest_cart(user=willing, token=token, actor=SHOPPER, at=DUE + MINUTE)

    assert leave(left=DUE + 3 * HOUR, until=DUE + 9 * HOUR) == 0
    assert len(reminders()) == 1
    assert CartReminder.objects.get(cart__user=willing).sent_at == DUE


def test_signing_in_drops_the_address_a_guest_gave(alice: User) -> None:
    _, token = guest_cart()
    merge_guest_cart(user=alice, token=token, actor=SHOPPER, at=NOON + MINUTE)
    assert (leave(), CartReminder.objects.exclude(email="").count()) == (0, 0)


def put(user: User | None, email: str = "ngozi@example.com", method: str = "put", **headers: str) -> Any:
    return call(user, method, "cart/reminder/", {"email": email}, **headers)


def test_a_guest_gives_an_address_and_takes_it_back() -> None:
    _, token = fill()
    headers: dict[str, Any] = {"X-Zuka-Cart": token}
    answer = put(None, **headers)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (204, "private, no-store")
    assert CartReminder.objects.get().email == "ngozi@example.com"
    assert put(None, method="delete", **headers).status_code == 204
    assert CartReminder.objects.get().email == ""


def test_an_address_is_refused_with_the_reason(alice: User, settings: Any) -> None:
    fill(alice)
    _, token = fill()
    headers: dict[str, Any] = {"X-Zuka-Cart": token}
    refused = [put(None), put(alice), put(None, "no address", **headers)]
    settings.CART_REMINDER_MINUTES = 0
    refused.append(put(None, **headers))
    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (400, "empty_cart"),
        (409, "no_reminders"),
        (400, "invalid"),
        (409, "no_reminders"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_queue_each_reminder_once() -> None:
    for _ in range(4):
        fill(UserFactory.create(accepts_marketing=True))
    abandon_idle_carts(at=LEFT)

    counts = in_threads(3, lambda: remind_of_carts(at=DUE))

    assert (sum(counts), len(reminders()), len(set(reminders()))) == (4, 4, 4)


@pytest.mark.django_db(transaction=True)
def test_two_carts_of_one_address_are_one_mail_however_many_workers() -> None:
    for round_ in range(3):
        for _ in range(3):
            guest_cart(f"ngozi{round_}@example.com")
        abandon_idle_carts(at=LEFT)

        in_threads(3, lambda: remind_of_next(at=DUE))
        remind_of_carts(at=DUE)

        assert [each for _, each in reminders()][round_:] == [f"ngozi{round_}@example.com"]


@pytest.mark.django_db(transaction=True)
def test_an_order_at_the_same_moment_and_the_reminder_never_wait_for_each_other(willing: User) -> None:
    cart, _ = fill(willing)
    abandon_idle_carts(at=LEFT)
    work: list[Any] = [
        lambda: remind_of_carts(at=DUE),
        lambda: make_order(user=willing, lines=None, cart=cart, at=DUE),
    ]

    def take_one() -> None:
        work.pop()()

    in_threads(2, take_one)

    assert Cart.objects.get().status == "converted"
    assert leave() == 0


def test_the_carts_of_the_back_office_show_what_reminders_brought(staff_client: Client, willing: User) -> None:
    cart, _ = fill(willing)
    leave()
    make_order(user=willing, lines=None, cart=cart, at=DUE + HOUR)
    guest_cart()
    leave(left=DUE + 2 * HOUR, until=DUE + 3 * HOUR)

    page = staff_client.get("/admin/commerce/cart/").content.decode()
    chosen = staff_client.get("/admin/commerce/cart/", {"reminder": "recovered"})

    assert ("Ordered after it" in page, "Reminded" in page) == (True, True)
    assert [row.pk for row in chosen.context["cl"].result_list] == [cart.pk]
    assert CartReminder.objects.since(NOON) == {"reminded": 2, "opened": 0, "ordered": 1}
