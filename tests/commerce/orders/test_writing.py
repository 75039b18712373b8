"""An order takes few statements, the same each time, whose plans PostgreSQL keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from commerce.catalog.models import ProductVariant
from commerce.orders.models import Order, OrderEvent, OrderLine
from commerce.orders.services import Contact, OrderItem
from commerce.orders.services.lines import MANY_LINES, USUAL_LINES, find_goods
from tests.commerce.factories import ADDRESS, ProductFactory, VariantFactory, make_order

pytestmark = pytest.mark.django_db
NO_MAIL = Contact(name="Ada Obi", phone="+2348031234567")


def items(*variants: ProductVariant) -> list[OrderItem]:
    """One piece of each."""
    return [OrderItem(sku=variant.sku, quantity=1) for variant in variants]


def row_of(thing: Any) -> dict[str, Any]:
    """A row as the database has it."""
    found: dict[str, Any] = type(thing).objects.values().get(pk=thing.pk)
    return found


@pytest.mark.parametrize("rows", [1, 3])
def test_an_order_by_the_api_takes_four_statements_and_one_a_variant(
    client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    goods = VariantFactory.create_batch(rows, stock_on_hand=10)
    order = {
        "lines": [{"sku": each.sku, "quantity": 1} for each in goods],
        "contact": {"phone": "+2348031234567"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
    }
    # The first reads zones and taxes, and may begin the year's numbers.
    assert client.post("/api/v1/orders/", order, "application/json").status_code == 201
    with django_assert_num_queries(4 + rows):
        answer = client.post("/api/v1/orders/", order, "application/json")
    assert (answer.status_code, len(answer.json()["lines"])) == (201, rows)


def test_what_is_returned_is_what_is_in_the_database() -> None:
    placed = make_order(contact=NO_MAIL, notes='say "hi"\nnot \\bye', billing_address={**ADDRESS, "city": "Aba’s"})
    (line,), event = placed.new_lines, OrderEvent.objects.get(order=placed)
    for made in (placed, line):
        columns = [field.attname for field in made._meta.concrete_fields]
        assert {name: getattr(made, name) for name in columns} == row_of(made)
    assert (event.kind, event.from_state, event.to_state, event.note, event.actor_id, event.occurred_at) == (
        "status",
        "",
        "placed",
        "",
        None,
        placed.placed_at,
    )

    placed.notes = "changed"
    placed.save()
    assert (Order.objects.get().notes, OrderLine.objects.count()) == ("changed", 1)


def test_goods_are_read_as_the_query_set_reads_them(django_assert_num_queries: Any) -> None:
    plain = VariantFactory.create(product=ProductFactory.create(brand=None))
    others = VariantFactory.create_batch(USUAL_LINES + 1)
    for wanted in ([plain], [plain, *others]):
        found = find_goods([each.sku for each in wanted])
        with django_assert_num_queries(0):
            told = [(each.snapshot(), each.unit_price_kobo, each.stock_available) for each in found]
        fresh = ProductVariant.objects.for_sale().filter(pk__in=[each.pk for each in wanted])
        assert told == [(each.snapshot(), each.unit_price_kobo, each.stock_available) for each in fresh]
    assert find_goods(["nothing"] * (MANY_LINES + 1)) == []


def test_numbers_go_on_after_a_million() -> None:
    make_order()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('commerce_order_number_2026', 999999)")
    assert make_order().number == "ZUKA-2026-1000000"


def test_a_constraint_is_an_error_that_django_knows() -> None:
    order = make_order(idempotency_key="key-1")
    with pytest.raises(IntegrityError, match="order_channel"), transaction.atomic():
        make_order(channel="fax")
    assert list(Order.objects.all()) == [order]


def test_orders_go_on_while_a_migration_adds_a_column() -> None:
    first = make_order()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE commerce_order ADD COLUMN colour text NOT NULL DEFAULT 'red'")
        cursor.execute("ALTER TABLE commerce_product ADD COLUMN weight int NOT NULL DEFAULT 1")
    second = make_order()
    assert list(Order.objects.order_by("id")) == [first, second]
