"""Parcels: any pieces may leave, never more than were ordered, and the order is where its pieces are."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.catalog.models import ProductVariant
from commerce.orders.models import FulfilmentStatus, Order, OrderLine, Shipment
from commerce.orders.services import (
    OrderItem,
    Parcel,
    TooManyPieces,
    cancel_order,
    collect_cash,
    confirm_order,
    count_all,
    deliver_order,
    deliver_parcel,
    pack_order,
    refuse_delivery,
    refuse_parcel,
    ship_order,
    ship_parcel,
)
from commerce.orders.services.paying import NotPayable
from commerce.orders.services.shipping import Repeated
from commerce.orders.states import FULFILMENT_MOVES, IllegalMove, Tally, fulfilment_of
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, VariantFactory, in_threads, make_order
from tests.commerce.notifications.stories import texts
from tests.commerce.orders.stories import STAFF, packed, ship, state_of
from zuka.platform.mail.models import OutgoingMail

LATER = NOON + timedelta(days=1)


@pytest.mark.django_db
def test_an_order_in_two_parcels_from_shelf_to_door(facts: Facts) -> None:
    order = packed(2, 1)
    seen = [state_of(order)]

    first = ship(order, 1, 0, courier="GIG", tracking_number="T-1", tracking_url="https://gig.example/T-1")
    seen.append(state_of(order))
    second = ship(order, 1, 1, at=LATER)
    seen.append(state_of(order))
    for shipment in (first, second):
        deliver_parcel(shipment=shipment, at=LATER, actor=STAFF["actor"])
        seen.append(state_of(order))

    assert seen == [
        ("confirmed", "packed", [(10, 2), (10, 1)]),
        ("confirmed", "partially_shipped", [(9, 1), (10, 1)]),
        ("confirmed", "shipped", [(8, 0), (9, 0)]),
        ("confirmed", "partially_delivered", [(8, 0), (9, 0)]),
        ("confirmed", "delivered", [(8, 0), (9, 0)]),
    ]
    order.refresh_from_db()
    assert (order.shipped_at, order.delivered_at) == (NOON, LATER)
    assert [len(facts(f"order.{step}")) for step in ("shipped", "delivered")] == [1, 1]
    rows = Shipment.objects.values_list("position", "courier", "tracking_number", "shipped_at", "delivered_at")
    assert list(rows) == [(1, "GIG", "T-1", NOON, LATER), (2, "GIG", "", LATER, LATER)]
    collect_cash(order=order, **STAFF)
    order.refresh_from_db()
    assert order.status == "completed"


@pytest.mark.django_db
def test_each_parcel_is_written_about_once_under_its_own_key() -> None:
    order = packed(1, 1)
    first, second = ship(order, 1, 0, tracking_url="https://gig.example/T-1"), ship(order, 0, 1)
    deliver_parcel(shipment=second, **STAFF)
    deliver_parcel(shipment=first, **STAFF)

    keys = list(OutgoingMail.objects.order_by("id").values_list("key", flat=True))[1:]
    assert keys == [
        f"order.shipped:{order.number}:1",
        f"order.shipped:{order.number}:2",
        f"order.delivered:{order.number}:2",
        f"order.delivered:{order.number}:1",
    ]
    name = order.lines.all()[0].name
    assert [text.split("\n\n")[1:-1] for _, text in texts(order)[1:4:2]] == [
        [
            "Parcel 1 of your order NUMBER is on its way.",
            "See where it is: https://gig.example/T-1",
            f"In it:\n1 x {name}",
            "Please have ₦2,000.00 ready: you pay when the parcel comes.",
        ],
        [
            "Parcel 2 of your order NUMBER has been delivered. We hope you enjoy it!",
            f"In it:\n1 x {order.lines.all()[1].name}",
            "If something is not right, tell us.",
        ],
    ]


@pytest.mark.django_db
def test_one_step_sends_and_delivers_all_that_is_left() -> None:
    order = packed(3)
    ship(order, 1)
    ship_order(order=order, **STAFF)
    assert state_of(order)[1:] == ("shipped", [(7, 0)])

    delivered = deliver_order(order=order, **STAFF)

    assert delivered.fulfilment_status == "delivered"
    assert list(Shipment.objects.values_list("status", "lines__quantity")) == [("delivered", 1), ("delivered", 2)]


@pytest.mark.django_db
def test_a_refused_parcel_is_sold_again_and_the_rest_of_the_order_goes_on() -> None:
    order = packed(2, 1)
    kept, refused = ship(order, 1, 0), ship(order, 1, 1)

    refuse_parcel(shipment=refused, note="Too late", **STAFF)
    assert state_of(order)[1:] == ("shipped", [(9, 0), (10, 0)])
    deliver_parcel(shipment=kept, **STAFF)

    assert state_of(order)[1:] == ("delivered", [(9, 0), (10, 0)])
    assert order.events.filter(kind="fulfilment").values_list("note", flat=True)[3] == "Parcel 2 refused: Too late"


@pytest.mark.django_db
def test_when_all_parcels_are_refused_so_is_the_order() -> None:
    order = packed(2)
    ship(order, 1)
    ship(order, 1)
    refuse_delivery(order=order, **STAFF)

    assert state_of(order)[1:] == ("refused", [(10, 0)])
    cancel_order(order=order, reason="refused", **STAFF)
    assert state_of(order) == ("cancelled", "refused", [(10, 0)])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((3,), "3 of .* are named, 2 are left to ship"),
        ((-1,), "-1 of .* are named, 2 are left to ship"),
        ((0,), "has nothing to ship: say which of its pieces"),
    ],
)
def test_what_cannot_be_in_a_parcel(pieces: tuple[int], words: str) -> None:
    order = packed(2)

    with pytest.raises(TooManyPieces, match=words):
        ship(order, *pieces)
    assert (Shipment.objects.count(), state_of(order)[1:]) == (0, ("packed", [(10, 2)]))


@pytest.mark.django_db
def test_moves_that_parcels_refuse() -> None:
    order = make_order()
    with pytest.raises(IllegalMove, match="is placed; confirm it first"):
        ship_parcel(order=order, parcel=Parcel(), **STAFF)
    confirm_order(order=order, **STAFF)
    with pytest.raises(IllegalMove, match="from unfulfilled to shipped"):
        ship_parcel(order=order, parcel=Parcel(), **STAFF)
    pack_order(order=order, **STAFF)
    with pytest.raises(IllegalMove, match="from packed to delivered"):
        deliver_order(order=order, **STAFF)
    shipment = ship_parcel(order=order, parcel=Parcel(), **STAFF)
    with pytest.raises(TooManyPieces, match="nothing to ship"):
        ship_order(order=order, **STAFF)
    deliver_parcel(shipment=shipment, **STAFF)
    with pytest.raises(IllegalMove, match="Parcel 1 is delivered, it cannot be refused"):
        refuse_parcel(shipment=shipment, **STAFF)
    with pytest.raises(IllegalMove, match="from delivered to delivered"):
        deliver_order(order=order, **STAFF)


@pytest.mark.django_db
def test_an_order_that_left_in_part_is_not_cancelled_and_says_why() -> None:
    order = packed(3)
    first = ship(order, 1)
    with pytest.raises(IllegalMove, match="is on its way, it cannot be cancelled"):
        cancel_order(order=order, reason="", **STAFF)
    deliver_parcel(shipment=first, **STAFF)
    with pytest.raises(IllegalMove, match=r"2 of 3 pieces of order .* have not left, the others have"):
        cancel_order(order=order, reason="", **STAFF)
    assert state_of(order) == ("confirmed", "partially_delivered", [(9, 2)])


@pytest.mark.django_db
def test_an_order_whose_first_parcel_was_refused_is_cancelled_and_frees_the_rest() -> None:
    order = packed(3)
    refuse_parcel(shipment=ship(order, 1), **STAFF)
    assert state_of(order) == ("confirmed", "partially_shipped", [(10, 2)])
    with pytest.raises(NotPayable, match="was refused; there is no cash to collect"):
        collect_cash(order=order, **STAFF)

    cancel_order(order=order, reason="Refused", **STAFF)

    assert state_of(order) == ("cancelled", "partially_shipped", [(10, 0)])


@pytest.mark.django_db
def test_orders_from_before_parcels_were_kept_are_where_their_state_says() -> None:
    order = packed(2)
    Order.objects.update(fulfilment_status="shipped")
    with pytest.raises(IllegalMove):
        cancel_order(order=order, reason="", **STAFF)
    Order.objects.update(fulfilment_status="refused")
    cancel_order(order=order, reason="", **STAFF)
    assert state_of(order) == ("cancelled", "refused", [(10, 2)])


@pytest.mark.django_db(transaction=True)
def test_a_parcel_filled_in_by_two_clerks_at_once_leaves_once() -> None:
    order = packed(4)

    def clerk() -> str:
        try:
            ship(order, 1, position=1)
        except Repeated:
            return "repeated"
        return "shipped"

    assert sorted(in_threads(4, clerk)) == ["repeated"] * 3 + ["shipped"]
    assert state_of(order)[1:] == ("partially_shipped", [(9, 3)])


@pytest.mark.django_db
def test_nothing_is_delivered_while_nothing_is_on_its_way() -> None:
    order = packed(2)
    deliver_parcel(shipment=ship(order, 1), **STAFF)
    with pytest.raises(IllegalMove, match=r"No parcel of order .* is on its way"):
        deliver_order(order=order, **STAFF)


@pytest.mark.django_db
def test_a_parcel_of_a_variant_that_is_gone_leaves_all_the_same() -> None:
    order = packed(1)
    ProductVariant.objects.all().delete()
    ship_order(order=order, **STAFF)
    assert state_of(order) == ("confirmed", "shipped", [])


@pytest.mark.django_db(transaction=True)
def test_eight_clerks_ship_what_there_is_once() -> None:
    order = packed(5)

    def clerk() -> str:
        try:
            ship(order, 1)
        except TooManyPieces:
            return "refused"
        return "shipped"

    outcomes = in_threads(8, clerk)

    assert (outcomes.count("shipped"), outcomes.count("refused")) == (5, 3)
    assert sorted(Shipment.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert (count_all(order), state_of(order)[1:]) == (Tally(ordered=5, shipped=5), ("shipped", [(5, 0)]))


@pytest.mark.django_db(transaction=True)
def test_a_parcel_arrives_once_however_many_say_so(facts: Facts) -> None:
    order = packed(1)
    shipment = ship(order, 1)
    verbs = itertools.cycle([deliver_parcel, refuse_parcel])

    def clerk() -> str:
        try:
            next(verbs)(shipment=shipment, **STAFF)
        except IllegalMove:
            return "refused"
        return "done"

    assert sorted(in_threads(6, clerk)) == ["done"] + ["refused"] * 5
    status, stock = state_of(order)[1:]
    assert (status, stock, len(facts("order.delivered"))) in [("delivered", [(9, 0)], 1), ("refused", [(10, 0)], 0)]


def steps_of(pieces: Tally) -> list[Tally]:
    """What may happen to one piece next."""
    nexts: list[dict[str, Any]] = []
    if pieces.left:
        nexts.append({"shipped": pieces.shipped + 1})
    if pieces.on_the_way:
        nexts += [{"delivered": pieces.delivered + 1}, {"refused": pieces.refused + 1}]
    now = {name: getattr(pieces, name) for name in ("ordered", "shipped", "delivered", "refused")}
    return [Tally(**{**now, **each}) for each in nexts]


@given(ordered=st.integers(1, 6), choices=st.lists(st.integers(0, 5), max_size=20))
def test_wherever_pieces_go_the_table_of_moves_allows_it(ordered: int, choices: list[int]) -> None:
    pieces, state = Tally(ordered=ordered), str(FulfilmentStatus.PACKED)
    for choice in choices:
        if not (nexts := steps_of(pieces)):
            break
        pieces = nexts[choice % len(nexts)]
        after = fulfilment_of(pieces, before=state)
        assert after == state or after in FULFILMENT_MOVES[state]
        state = after
    assert (state in {"delivered", "refused"}) == (pieces.shipped == ordered and not pieces.on_the_way)


@pytest.mark.django_db
def test_the_same_product_twice_is_one_line() -> None:
    variant = VariantFactory.create()
    make_order(lines=[OrderItem(variant.sku, 1), OrderItem(variant.sku, 2)])
    assert (OrderLine.objects.get().quantity, Order.objects.count()) == (3, 1)
