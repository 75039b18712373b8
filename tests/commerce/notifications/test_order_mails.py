from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from commerce.accounts.models import User
from commerce.orders.models import Order, PaymentMethod
from commerce.orders.services import (
    Contact,
    OrderItem,
    access_token,
    cancel_order,
    collect_cash,
    confirm_order,
    deliver_order,
    expire_unpaid_orders,
    pack_order,
    pay_order,
    refund_payment,
    ship_order,
)
from commerce.payments.models import Provider
from commerce.promotions.models import Coupon
from tests.commerce.factories import ADDRESS, NOON, ProductFactory, VariantFactory, in_threads, make_order
from tests.commerce.notifications.stories import STAFF, kinds, mails, texts
from tests.platform.mail.post_office import open_post_office
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.sending import send_waiting_mails

END = "\n\nSee your order: https://shop.example/o/NUMBER\n\nAda's Shop\nhttps://shop.example\n"


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_NAME, settings.SHOP_URL = "Ada's Shop", "https://shop.example"
    settings.ORDER_PATH = "/o/{number}"


def two_products() -> list[OrderItem]:
    """Two gowns in M, indigo, and a headscarf."""
    gown = VariantFactory.create(product=ProductFactory.create(name="Adire gown"), size="M", colour="indigo")
    scarf = VariantFactory.create(product=ProductFactory.create(name="Headscarf", price_kobo=50_050))
    return [OrderItem(sku=gown.sku, quantity=2), OrderItem(sku=scarf.sku, quantity=1)]


def step(work: Any, order: Order, **facts: Any) -> Any:
    return work(order=order, at=NOON, actor=STAFF, **facts)


@pytest.mark.django_db
def test_the_mails_of_an_order_that_is_paid_on_delivery() -> None:
    order = make_order(lines=two_products(), shipping_address={**ADDRESS, "phone": "+2348012345678"})
    Order.objects.update(estimated_delivery_date=date(2026, 3, 14))
    step(confirm_order, order)
    step(pack_order, order)
    step(ship_order, order, shipping_provider="GIG Logistics", tracking_number="GIG-1")
    step(deliver_order, order)
    step(collect_cash, order)

    assert texts(order) == [
        (
            "Your order NUMBER",
            "Hello Ada Obi,\n\nThank you for your order NUMBER.\n\n"
            "2 x Adire gown (M, indigo): ₦4,000.00\n1 x Headscarf: ₦500.50\n\n"
            "Subtotal: ₦4,500.50\nTotal: ₦4,500.50\n\nYou pay ₦4,500.50 when the parcel comes.\n\n"
            "It goes to:\nAda Obi\n12 Allen Avenue\nIkeja, Lagos\n+2348012345678" + END,
        ),
        (
            "Order NUMBER is on its way",
            "Hello Ada Obi,\n\nYour order NUMBER is on its way with GIG Logistics.\n\nTracking number: GIG-1\n\n"
            "We expect it to arrive by 14 March 2026.\n\n"
            "Please have ₦4,500.50 ready: you pay when the parcel comes." + END,
        ),
        (
            "Order NUMBER has been delivered",
            "Hello Ada Obi,\n\nYour order NUMBER has been delivered. We hope you enjoy it!\n\n"
            "If something is not right, tell us." + END,
        ),
        (
            "We have received your payment for order NUMBER",
            "Hello Ada Obi,\n\nWe have received ₦4,500.50 for order NUMBER. Thank you!\n\nIt is paid in full." + END,
        ),
    ]


@pytest.mark.django_db
def test_the_mails_of_an_order_that_is_paid_online_in_parts_and_given_back(alice: User) -> None:
    order = make_order(user=alice, contact=Contact(), payment_method=PaymentMethod.PAYSTACK)
    parts = [
        step(pay_order, order, provider=Provider.PAYSTACK, reference=f"r{number}", amount_kobo=amount)
        for number, amount in enumerate((50_000, 50_000, 100_000))
    ]
    step(cancel_order, order, reason="Looks like fraud")
    for part in parts[:2]:
        refund_payment(payment=part, amount_kobo=50_000, reason="Cancelled", at=NOON, actor=STAFF)

    received = "A part of order NUMBER is paid"
    back = "We have refunded ₦500.00 of order NUMBER"
    assert [subject for subject, _ in texts(order)] == [
        "Your order NUMBER",
        received,
        received,
        "We have received your payment for order NUMBER",
        "Order NUMBER is cancelled",
        back,
        back,
    ]
    assert [text.removesuffix(END) for _, text in texts(order)[1:6]] == [
        (
            "Hello Alice,\n\nWe have received ₦500.00 for order NUMBER so far. Thank you!\n\n"
            "Of ₦2,000.00 there are still ₦1,500.00 to be paid."
        ),
        (
            "Hello Alice,\n\nWe have received ₦1,000.00 for order NUMBER so far. Thank you!\n\n"
            "Of ₦2,000.00 there are still ₦1,000.00 to be paid."
        ),
        "Hello Alice,\n\nWe have received ₦2,000.00 for order NUMBER. Thank you!\n\nIt is paid in full.",
        (
            "Hello Alice,\n\nYour order NUMBER over ₦2,000.00 has been cancelled.\n\n"
            "What you have paid goes back to you. We write again when it is on its way."
        ),
        (
            "Hello Alice,\n\nWe have given ₦500.00 back for order NUMBER.\n\n"
            "It goes back the way you paid. Your bank may take some days to show it."
        ),
    ]
    assert {mail.recipient for mail in mails(order)} == {"alice@example.com"}


@pytest.mark.django_db
def test_an_order_that_nobody_pays_says_how_to_pay_and_then_that_it_is_gone() -> None:
    order = make_order(payment_method=PaymentMethod.PAYSTACK)

    expire_unpaid_orders(at=NOON + timedelta(minutes=61))

    placed, expired = texts(order)
    assert (
        "\n\nYou chose to pay by Paystack. We keep your order for 60 minutes; "
        "if you have not paid yet, please do so until then.\n\n"
    ) in placed[1]
    assert expired == (
        "Order NUMBER was not paid",
        "Hello Ada Obi,\n\nOrder NUMBER over ₦2,000.00 was not paid in time, so we have let it go.\n\n"
        "You can order again whenever you like. If money has left your account for it, tell us." + END,
    )


@pytest.mark.django_db
def test_keys_name_the_order_so_that_nothing_is_written_about_twice() -> None:
    order = make_order(payment_method=PaymentMethod.PAYSTACK, idempotency_key="k")
    make_order(payment_method=PaymentMethod.PAYSTACK, contact=Contact(email="bob@example.com"))
    pay = {"provider": Provider.PAYSTACK, "reference": "r", "amount_kobo": 200_000}
    for _ in range(2):
        payment = step(pay_order, order, **pay)
    refund = refund_payment(payment=payment, amount_kobo=10_000, reason="", at=NOON, actor=STAFF)

    assert [mail.key for mail in mails(order)] == [
        f"order.placed:{order.number}",
        f"order.paid:{order.number}",
        f"order.refunded:{order.number}:{refund.pk}",
    ]


@pytest.mark.django_db(transaction=True)
def test_one_mail_when_two_tell_of_the_same_payment_at_once() -> None:
    order = make_order(payment_method=PaymentMethod.PAYSTACK)
    pay = {"provider": Provider.PAYSTACK, "reference": "r", "amount_kobo": 200_000}

    in_threads(2, lambda: step(pay_order, order, **pay))

    assert kinds(order) == ["order.placed", "order.paid"]


@pytest.mark.django_db(transaction=True)
def test_a_move_that_is_rolled_back_is_not_written_about() -> None:
    order = make_order()
    with transaction.atomic():
        step(cancel_order, order, reason="")
        transaction.set_rollback(True)

    assert kinds(order) == ["order.placed"]


@pytest.mark.django_db
def test_a_guest_without_an_address_gets_no_mail() -> None:
    order = make_order(contact=Contact(name="Ada", phone="+2348012345678"))
    step(cancel_order, order, reason="")

    assert OutgoingMail.objects.count() == 0


@pytest.mark.django_db
def test_test_orders_are_written_about_too(alice: User) -> None:
    User.objects.update(is_test=True)
    alice.refresh_from_db()
    order = make_order(user=alice, contact=Contact())

    assert (order.is_test, kinds(order)) == (True, ["order.placed"])


@pytest.mark.django_db
def test_a_guest_s_link_opens_the_order_and_is_not_kept_among_the_facts(settings: Any, alice: User) -> None:
    settings.ORDER_PATH = "shop/thank-you/{number}/#token={token}"
    guests, alices = make_order(), make_order(user=alice, contact=Contact())
    token = access_token(guests)

    [mail], [other] = mails(guests), mails(alices)
    assert f"See your order: https://shop.example/shop/thank-you/{guests.number}/#token={token}\n" in mail.text
    assert f'<a href="https://shop.example/shop/thank-you/{guests.number}/#token={token}"' in mail.html
    assert token not in str(mail.context)
    assert f"See your order: https://shop.example/shop/thank-you/{alices.number}/\n" in other.text


@pytest.mark.django_db
def test_without_the_shop_s_address_there_is_no_link(settings: Any) -> None:
    settings.SHOP_URL = ""
    [mail] = mails(make_order())

    assert mail.text.endswith("Ikeja, Lagos\n\nAda's Shop\n")
    assert "href" not in mail.html


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Win at http://evil.example", "evil.example", "WWW.evil", "me@evil"])
def test_a_stranger_s_link_is_no_name(name: str) -> None:
    """Anybody may order to anybody's address."""
    [mail] = mails(make_order(contact=Contact(name=name, email="victim@example.com")))

    assert mail.text.startswith("Hello,\n\nThank you")


@pytest.mark.django_db
def test_hostile_names_are_escaped() -> None:
    product = ProductFactory.create(name="<script>alert(1)</script>\nBcc: x")
    lines = [OrderItem(sku=VariantFactory.create(product=product).sku, quantity=1)]
    contact = Contact(name="Ada\nBcc: all@example.com <b>", email="ada@example.com")
    [mail] = mails(make_order(lines=lines, contact=contact, shipping_address={**ADDRESS, "city": "<i>Ikeja\n\nX"}))

    assert "1 x <script>alert(1)</script> Bcc: x: ₦2,000.00\n" in mail.text
    assert "\n<i>Ikeja X, Lagos\n" in mail.text
    unsafe = [tag for tag in ("<script>", "<b>", "<i>") if tag in mail.html]
    assert (unsafe, "&lt;script&gt;alert(1)" in mail.html) == ([], True)


@pytest.mark.django_db
def test_an_order_s_mail_arrives(settings: Any) -> None:
    order = make_order()
    [mail] = mails(order)
    with open_post_office(settings) as office:
        send_waiting_mails(at=NOON)

    assert office.read() == [("ada@example.com", f"Your order {order.number}", mail.text, mail.html)]


@pytest.mark.django_db
def test_the_courier_is_kept_when_nothing_new_is_said() -> None:
    order = make_order()
    Order.objects.update(shipping_provider="GIG", tracking_number="T-1")
    step(confirm_order, order)
    step(pack_order, order)
    shipped = step(ship_order, order, tracking_number="T-2")

    shipped.refresh_from_db()
    assert (shipped.courier, shipped.tracking) == ("GIG", "T-2")
    assert "with GIG.\n\nTracking number: T-2" in mails(order)[-1].text


@pytest.mark.parametrize(
    ("street", "is_kept"),
    [
        ("12/14 Allen Ave., Flat 3", True),
        ("You won! https://evil.example/claim", False),
        ("www.evil.example", False),
        ("Claim at evil.ng/now", False),
    ],
)
@pytest.mark.django_db
def test_no_link_of_a_stranger_goes_into_our_mail(street: str, is_kept: bool) -> None:
    """Anybody may place an order for anybody's e-mail address."""
    order = make_order(shipping_address={**ADDRESS, "street_address": street})

    [(_, text)] = texts(order)
    assert (street in text, "Ikeja, Lagos" in text) == (is_kept, True)


@pytest.mark.django_db
def test_an_order_that_costs_nothing_has_one_mail_that_says_so() -> None:
    Coupon.objects.create(code="ALL", name="All", kind="percentage", percent=100)

    order = make_order(coupon_codes=["ALL"])
    step(cancel_order, order, reason="")

    assert kinds(order) == ["order.placed", "order.cancelled"]
    placed, cancelled = (text for _, text in texts(order))
    assert "There is nothing to pay." in placed
    assert "goes back to you" not in cancelled


@pytest.mark.django_db
def test_who_was_partly_refunded_is_told_that_the_rest_comes_back() -> None:
    order = make_order(payment_method=PaymentMethod.PAYSTACK)
    payment = step(pay_order, order, provider=Provider.PAYSTACK, reference="r", amount_kobo=200_000)
    step_of = {"payment": payment, "amount_kobo": 50_000, "reason": "", "at": NOON, "actor": STAFF}
    refund_payment(**step_of)
    step(cancel_order, order, reason="")

    assert "goes back to you" in texts(order)[-1][1]
