"""Each change of the pieces on hand has who and why, and they add up."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from structlog.testing import capture_logs

from commerce.catalog.models import MovementReason, ProductStatus, ProductVariant, StockMovement
from commerce.catalog.services import StockRefused, adjust_stock, find_drift, settle_drift
from commerce.orders.services import OrderItem, confirm_order, pack_order, refuse_delivery, ship_order
from commerce.tasks import check_stock
from tests.commerce.factories import NOON, ProductFactory, UserFactory, VariantFactory, in_threads, make_order
from zuka.platform.actor import NOBODY, Actor

STAFF: dict[str, Any] = {"at": NOON, "actor": NOBODY}


def opened(**columns: Any) -> ProductVariant:
    """A variant with its opening stock, by the verb."""
    variant = VariantFactory.create(**{"stock_on_hand": 0, **columns})
    adjust_stock(variant=variant, add=10, reason=MovementReason.OPENING, **STAFF)
    return variant


def history() -> list[tuple[int, int, str, str]]:
    """Change, balance, reason and order, the oldest first."""
    return list(StockMovement.objects.order_by("id").values_list("change", "balance_after", "reason", "order_number"))


@pytest.mark.django_db
def test_what_orders_do_is_in_the_history_with_their_number_and_who_did_it() -> None:
    staff = UserFactory.create()
    who: dict[str, Any] = {"at": NOON, "actor": Actor(user_id=str(staff.pk))}
    variant = opened()
    order = make_order(lines=[OrderItem(variant.sku, 3)])
    pack_order(order=confirm_order(order=order, **who), **who)
    ship_order(order=order, **who)
    refuse_delivery(order=order, **who)
    assert history() == [
        (10, 10, "opening", ""),
        (-3, 7, "shipped", order.number),
        (3, 10, "refused", order.number),
    ]
    assert [each.actor for each in StockMovement.objects.order_by("id")] == [None, staff, staff]
    assert list(find_drift()) == []


@pytest.mark.django_db
def test_staff_add_take_and_count() -> None:
    variant = opened()
    adjust_stock(variant=variant, add=5, reason=MovementReason.RECEIVED, note="Delivery of May", **STAFF)
    adjust_stock(variant=variant, add=-2, reason=MovementReason.DAMAGED, **STAFF)
    adjust_stock(variant=variant, to=12, seen=13, reason=MovementReason.COUNTED, **STAFF)
    assert adjust_stock(variant=variant, to=12, reason=MovementReason.COUNTED, **STAFF) is None
    assert history()[1:] == [(5, 15, "received", ""), (-2, 13, "damaged", ""), (-1, 12, "counted", "")]
    assert StockMovement.objects.get(reason="received").note == "Delivery of May"
    variant.refresh_from_db()
    assert variant.stock_on_hand == 12


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"add": -11}, "Only 10 pieces are on hand."),
        ({"to": 1}, "Orders have reserved 2 pieces; ship or cancel some of them first."),
        ({"to": 20, "seen": 9}, "It changed from 9 to 10 while you were editing. Look again, then save."),
        ({"to": 1_000_001}, "More than 1,000,000 pieces are a mistake."),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(said: dict[str, Any], words: str) -> None:
    variant = opened()
    ProductVariant.objects.update(stock_reserved=2)
    with pytest.raises(StockRefused) as caught:
        adjust_stock(variant=variant, reason=MovementReason.COUNTED, **said, **STAFF)
    assert (caught.value.message, len(history())) == (words, 1)


@pytest.mark.django_db
def test_history_can_only_be_added_to() -> None:
    variant = opened()
    changes: list[Any] = [
        lambda: StockMovement.objects.update(change=99),
        lambda: StockMovement.objects.all().delete(),
        lambda: StockMovement.objects.create(
            variant=variant, sku="x", change=0, balance_after=0, reason="lost", moved_at=NOON
        ),
        lambda: StockMovement.objects.create(
            variant=variant, sku="x", change=1, balance_after=-1, reason="lost", moved_at=NOON
        ),
        lambda: StockMovement.objects.create(
            variant=variant, sku="x", change=1, balance_after=1, reason="magic", moved_at=NOON
        ),
    ]
    for change in changes:
        with pytest.raises(IntegrityError, match=r"never changed or deleted|stock_movement_"), transaction.atomic():
            change()
    variant.delete()
    assert [(each.sku, each.change) for each in StockMovement.objects.all()] == [(variant.sku, 10)]


@pytest.mark.django_db
def test_a_history_that_does_not_add_up_is_reported_and_can_be_settled() -> None:
    right, wrong = opened(), opened(sku="W-1")
    check_stock()
    ProductVariant.objects.filter(pk=wrong.pk).update(stock_on_hand=13)
    with capture_logs() as logs:
        check_stock()
    assert [(each["event"], each["variants"], each["skus"]) for each in logs] == [("stock.drift", 1, ["W-1"])]
    settled = settle_drift(variant=wrong, **STAFF)
    assert settled is not None
    assert (settled.change, settled.balance_after, settled.reason) == (3, 13, "corrected")
    assert (settle_drift(variant=right, **STAFF), list(find_drift())) == (None, [])


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing() -> None:
    variant = opened()
    order = make_order(lines=[OrderItem(variant.sku, 4)])
    pack_order(order=confirm_order(order=order, **STAFF), **STAFF)
    turns = itertools.count()

    def adjust(pieces: int) -> None:
        adjust_stock(variant=variant, add=pieces, reason=MovementReason.RECEIVED, **STAFF)

    def work() -> None:
        ship_order(order=order, **STAFF) if next(turns) == 0 else adjust(1)

    in_threads(8, work)

    variant.refresh_from_db()
    assert (variant.stock_on_hand, variant.stock_reserved) == (13, 0)
    assert StockMovement.objects.aggregate(all=Sum("change")) == {"all": 13}
    assert StockMovement.objects.first().balance_after == 13  # type: ignore[union-attr]  # there are nine


@pytest.mark.django_db(transaction=True)
def test_what_was_on_hand_before_is_the_first_movement() -> None:
    VariantFactory.create(sku="A", stock_on_hand=4)
    VariantFactory.create(sku="B", stock_on_hand=0)
    try:
        MigrationExecutor(connection).migrate([("commerce", "0014_stock_movements")])
        call_command("migrate", "commerce", "0015_opening_stock", verbosity=0)
        assert list(StockMovement.objects.values_list("sku", "change", "reason")) == [("A", 4, "opening")]
    finally:
        call_command("migrate", verbosity=0)


@pytest.fixture
def shelves(db: None) -> dict[str, ProductVariant]:
    """Variants with much, little and nothing left, and some that are not offered."""
    product = ProductFactory.create(name="Gown", low_stock_threshold=3)
    hidden = ProductFactory.create(status=ProductStatus.ARCHIVED)
    rows: dict[str, tuple[Any, int, int, bool]] = {
        "much": (product, 10, 6, True),
        "low": (product, 10, 7, True),
        "none": (product, 2, 2, True),
        "off": (product, 0, 0, False),
        "archived": (hidden, 0, 0, True),
    }
    return {
        sku: VariantFactory.create(
            product=owner, sku=sku, size=sku, stock_on_hand=on_hand, stock_reserved=held, active=active
        )
        for sku, (owner, on_hand, held, active) in rows.items()
    }


@pytest.mark.parametrize(
    ("choice", "skus"),
    [
        ("low", ["low", "none"]),
        ("out", ["none"]),
        ("drift", ["low", "much", "none"]),
        ("", ["archived", "low", "much", "none", "off"]),
    ],
)
def test_staff_see_what_is_low(
    staff_client: Client, shelves: dict[str, ProductVariant], choice: str, skus: list[str]
) -> None:
    url = reverse("admin:commerce_productvariant_changelist")
    found = staff_client.get(url, {"stock": choice} if choice else {}).context["cl"].result_list
    assert sorted(each.sku for each in found) == skus


@pytest.mark.usefixtures("shelves")
def test_the_list_of_stock_costs_the_same_for_any_number_of_rows(staff_client: Client) -> None:
    url = reverse("admin:commerce_productvariant_changelist")

    def look(words: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(url, {"q": words}).status_code == 200
        return len(captured)

    look("much")
    assert look("much") == look("Gown")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "on_hand"),
    [
        ({"way": "add", "pieces": 5, "reason": "received"}, 15),
        ({"way": "take", "pieces": 5, "reason": "lost"}, 5),
        ({"way": "count", "pieces": 7, "reason": "counted"}, 7),
        ({"way": "take", "pieces": 5, "reason": "received"}, 10),
        ({"way": "add", "pieces": 5, "reason": "damaged"}, 10),
        ({"way": "take", "pieces": 11, "reason": "lost"}, 10),
        ({"way": "count", "pieces": 7, "reason": "counted", "seen": 9}, 10),
    ],
)
def test_staff_change_stock_on_its_page(staff_client: Client, said: dict[str, Any], on_hand: int) -> None:
    variant = opened()
    page = reverse("admin:commerce_productvariant_change", args=[variant.pk])
    assert b"Opening stock" in staff_client.get(page).content
    url = reverse("admin:commerce_productvariant_change_stock", args=[variant.pk])
    assert b"10 are on hand." in staff_client.get(url).content
    staff_client.post(url, {"seen": 10, "note": "", **said, "_form_submitted": "True"})
    variant.refresh_from_db()
    assert variant.stock_on_hand == on_hand
