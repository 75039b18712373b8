from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from commerce.accounts.models import User
from commerce.cart.models import StockAlert
from commerce.cart.services import ask_for_alert, tell_who_waits
from commerce.catalog.models import ProductVariant
from commerce.notifications.models import Channel, NoticeGroup, Notification
from commerce.notifications.preferences import Reader, choose_preference
from commerce.tasks import tell_who_waits as job
from tests.commerce.accounts.doors import call, token_of
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, in_threads
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.SHOP_NAME, settings.SHOP_URL, settings.PRODUCT_PATH = "Ada's Shop", "https://shop.example", "p/{slug}"


@pytest.fixture
def gown(db: None) -> ProductVariant:
    """A gown that is sold out: two pieces, both of orders."""
    product = ProductFactory.create(name="Adire gown", slug="gown")
    return VariantFactory.create(
        product=product, sku="G/M", size="M", colour="indigo", stock_on_hand=2, stock_reserved=2
    )


def ask(user: User, sku: str = "G/M", *, minutes: int = 0) -> StockAlert:
    return ask_for_alert(user=user, sku=sku, at=NOON + minutes * MINUTE)


def restock(pieces: int = 3) -> None:
    ProductVariant.objects.update(stock_on_hand=pieces)


def told() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("id").values_list("recipient", "subject"))


def test_who_waits_is_told_once_by_mail_and_in_the_account(gown: ProductVariant, alice: User) -> None:
    alert = ask(alice)
    assert tell_who_waits(at=NOON) == 0
    restock()
    assert [tell_who_waits(at=NOON), tell_who_waits(at=NOON)] == [1, 0]

    notice, mail = Notification.objects.get(), OutgoingMail.objects.get()
    assert (notice.user, notice.title, notice.body, notice.link) == (
        alice,
        "Adire gown is back in stock",
        "M, indigo",
        "/p/gown",
    )
    assert (notice.key, mail.key, mail.recipient) == (*[f"stock.back:{alert.pk}"] * 2, "alice@example.com")
    assert mail.text.startswith(
        "Hello Alice,\n\nAdire gown (M, indigo) can be bought again, for ₦2,000.00.\n\n"
        "It is not reserved for you, so it may sell out.\n\nSee it in the shop: https://shop.example/p/gown\n"
    )
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_they_are_told_in_the_order_of_asking(gown: ProductVariant, alice: User, charlie: User) -> None:
    ask(charlie, minutes=1)
    ask(alice, minutes=2)
    restock()
    tell_who_waits(at=NOON)
    assert [recipient for recipient, _ in told()] == ["charlie@example.com", "alice@example.com"]


def test_who_was_told_may_ask_again(gown: ProductVariant, alice: User) -> None:
    for _ in range(2):
        ask(alice)
        restock(3)
        tell_who_waits(at=NOON)
        restock(2)
    assert (len(told()), Notification.objects.count()) == (2, 2)


def test_what_is_hidden_is_told_of_when_it_is_shown_again(gown: ProductVariant, alice: User) -> None:
    ask(alice)
    restock()
    ProductVariant.objects.update(active=False)
    assert tell_who_waits(at=NOON) == 0
    ProductVariant.objects.update(active=True)
    assert tell_who_waits(at=NOON) == 1


@pytest.mark.parametrize(("channel", "expected"), [(Channel.EMAIL, (1, 0)), (Channel.IN_APP, (0, 1))])
def test_each_way_can_be_switched_off(
    gown: ProductVariant, alice: User, channel: Channel, expected: tuple[int, int]
) -> None:
    reader = Reader(alice.pk, "alice@example.com")
    choose_preference(reader=reader, group=NoticeGroup.STOCK, channel=channel, is_on=False, at=NOON)
    ask(alice)
    restock()
    tell_who_waits(at=NOON)
    assert (Notification.objects.count(), OutgoingMail.objects.count()) == expected


def door(user: User | None, method: str, sku: str = "G%2FM") -> Any:
    return call(user, method, f"stock-alerts/{sku}/")


def waiting(user: User) -> list[str]:
    found: list[str] = call(user, "get", "stock-alerts/").json()["skus"]
    return found


def test_a_customer_asks_and_takes_it_back(gown: ProductVariant, alice: User, charlie: User) -> None:
    for _ in range(2):
        assert door(alice, "put").status_code == 204
    assert (waiting(alice), waiting(charlie), StockAlert.objects.count()) == (["G/M"], [], 1)
    assert (door(charlie, "delete").status_code, waiting(alice)) == (204, ["G/M"])
    assert (door(alice, "delete").status_code, waiting(alice)) == (204, [])


def test_what_cannot_be_waited_for_is_refused(
    gown: ProductVariant, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    VariantFactory.create(sku="THERE")
    VariantFactory.create(sku="SECOND", stock_on_hand=0)
    monkeypatch.setattr("commerce.cart.services.waiting.MOST_ALERTS", 1)
    door(alice, "put")
    refused = [door(alice, "put", sku) for sku in ("NONE", "THERE", "SECOND", "a%00b")]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (400, "not_for_sale"),
        (409, "in_stock"),
        (400, "too_many_alerts"),
        (400, "not_for_sale"),
    ]
    assert [door(None, "put").status_code, call(None, "get", "stock-alerts/").status_code] == [401, 401]


def test_a_list_of_three_takes_as_many_queries_as_one(alice: User, django_assert_num_queries: Any) -> None:
    client = Client(headers={"X-Session-Token": token_of(alice)})
    for count in (1, 2):
        for _ in range(count):
            ask(alice, VariantFactory.create(stock_on_hand=0).sku)
        with django_assert_num_queries(3):
            assert client.get("/api/v1/stock-alerts/").status_code == 200


def test_the_job_does_it(gown: ProductVariant, alice: User) -> None:
    ask(alice)
    restock()
    job(unknown="keyword")
    assert len(told()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_customer_once(gown: ProductVariant) -> None:
    for _ in range(5):
        ask(UserFactory.create())
    restock()
    counts = in_threads(3, lambda: tell_who_waits(at=NOON))
    assert (sum(counts), len(told()), len(set(told())), Notification.objects.count()) == (5, 5, 5, 5)
