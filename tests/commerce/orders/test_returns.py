"""Returns: asked for, approved or refused, received, refunded; never more than was delivered."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.money import spread_kobo
from commerce.orders.models import Order, OrderLine, Return, ReturnLine, ReturnReason
from commerce.orders.services import (
    NothingToReturn,
    ReturnItem,
    TooManyPieces,
    approve_return,
    cancel_order,
    close_return,
    collect_cash,
    deliver_parcel,
    pay_order,
    proposed_kobo,
    refund_return,
    refuse_parcel,
    refuse_return,
    request_return,
)
from commerce.orders.services.pieces import worth_of_pieces
from commerce.orders.services.refunding import RefundRepeated
from commerce.orders.services.shipping import Repeated
from commerce.orders.states import RETURN_MOVES, IllegalMove
from commerce.payments.models import Provider, Refund
from commerce.payments.services import RefundTooLarge
from commerce.promotions.models import Coupon
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, in_threads
from tests.commerce.notifications.stories import kinds, texts
from tests.commerce.orders.stories import STAFF, ask, delivered, packed, receive, ship, state_of

SMALL = ReturnReason.TOO_SMALL


def refund(goods_return: Return, amount_kobo: int, **facts: Any) -> list[Refund]:
    told = {**STAFF, "request_key": uuid4(), **facts}
    return refund_return(goods_return=goods_return, amount_kobo=amount_kobo, **told)


@pytest.mark.django_db
def test_a_return_from_the_request_to_the_money(facts: Facts) -> None:
    order = delivered(2, 1)
    collect_cash(order=order, **STAFF)

    goods_return = ask(order, 1, 0, note="The sleeves")
    approve_return(goods_return=goods_return, **STAFF)
    goods_return = receive(goods_return)
    assert (goods_return.status, proposed_kobo(goods_return)) == ("received", 200_000)
    assert state_of(order) == ("completed", "delivered", [(9, 0), (9, 0)])
    [sent] = refund(goods_return, 200_000)

    goods_return.refresh_from_db()
    order.refresh_from_db()
    assert (sent.status, sent.reason) == ("succeeded", f"Return 1 of order {order.number}")
    assert (sent.goods_return, goods_return.status, proposed_kobo(goods_return)) == (goods_return, "closed", 0)
    assert order.payment_status == "partially_refunded"
    assert [fact["value_kobo"] for fact in facts("order.refunded")] == [200_000]
    name = order.lines.all()[0].name
    assert list(order.events.filter(kind="note").values_list("note", flat=True)) == [
        f"Return 1 asked for: 1 x {name}",
        "Return 1 approved",
        "Return 1 received",
        "Return 1 closed",
    ]


@pytest.mark.django_db
def test_each_step_is_written_about() -> None:
    order = delivered(2)
    first, second = ask(order, 1), ask(order, 1)
    approve_return(goods_return=first, **STAFF)
    receive(first)
    refuse_return(goods_return=second, answer="It was worn.", **STAFF)

    steps = ("requested", "requested", "approved", "received", "refused")
    assert kinds(order)[3:] == [f"order.return_{step}" for step in steps]
    name = order.lines.get().name
    assert [text.split("\n\n")[1:-1] for _, text in texts(order)[5:]] == [
        [
            "You can send this of order NUMBER back to us.",
            f"1 x {name}",
            "Put the order's number into the parcel. We write again when it is here.",
        ],
        [
            "What you sent back of order NUMBER is here. Thank you!",
            f"1 x {name}",
            "If money goes back to you, we write again when it is on its way.",
        ],
        ["We cannot take this of order NUMBER back.", f"1 x {name}", "It was worn."],
    ]


@pytest.mark.django_db
def test_when_everything_came_back_the_order_is_returned() -> None:
    order = delivered(2, 1)
    receive(ask(order, 1, 1, is_staff=True), 1, 0)
    assert state_of(order)[1:] == ("delivered", [(9, 0), (9, 0)])

    receive(ask(order, 1, 0, is_staff=True))

    assert state_of(order)[1:] == ("returned", [(10, 0), (9, 0)])
    assert list(ReturnLine.objects.values_list("quantity", "sellable")) == [(1, 1), (1, 0), (1, 1)]
    cancel_order(order=order, reason="All came back", **STAFF)
    assert state_of(order)[0] == "cancelled"


@pytest.mark.django_db
def test_refused_and_returned_pieces_together_are_everything() -> None:
    order = packed(1, 1)
    kept, refused = ship(order, 1, 0), ship(order, 0, 1)
    deliver_parcel(shipment=kept, **STAFF)
    receive(ask(order, 1, 0, is_staff=True))
    assert state_of(order)[1] == "partially_delivered"

    refuse_parcel(shipment=refused, **STAFF)

    assert state_of(order)[1] == "returned"


@pytest.mark.django_db
def test_a_refused_return_can_be_asked_for_again() -> None:
    order = delivered(1)
    refuse_return(goods_return=ask(order, 1), answer="", **STAFF)
    assert ask(order, 1).position == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "return_days", "is_open"), [(14, 14, True), (15, 14, False), (0, 0, True), (1, 0, False)]
)
def test_customers_ask_within_the_shop_s_days_and_staff_at_any_time(
    settings: Any, days: int, return_days: int, is_open: bool
) -> None:
    settings.RETURN_DAYS = return_days
    order, at = delivered(2), NOON + timedelta(days=days)

    if is_open:
        assert ask(order, 1, at=at).status == "requested"
    else:
        with pytest.raises(NothingToReturn, match=r"Nothing of order .* can be sent back"):
            ask(order, 1, at=at)
    assert ask(order, 1, at=at + timedelta(days=99), is_staff=True).status == "approved"


@pytest.mark.django_db
def test_only_what_was_delivered_and_is_not_on_its_way_back() -> None:
    order = packed(2, 1)
    with pytest.raises(NothingToReturn):
        ask(order, 1, 0)
    deliver_parcel(shipment=ship(order, 1, 0), **STAFF)
    with pytest.raises(TooManyPieces, match=r"2 of .* are named, 1 are left to return"):
        ask(order, 2, 0)
    with pytest.raises(TooManyPieces, match=r"1 of .* are named, 0 are left to return"):
        ask(order, 0, 1)
    with pytest.raises(TooManyPieces, match="Say what of order"):
        ask(order, 0, 0)
    with pytest.raises(TooManyPieces, match="Say what of order"):
        request_return(order=order, items=[ReturnItem(0, 1, SMALL)], **STAFF)
    ask(order, 1, 0)
    with pytest.raises(NothingToReturn):
        ask(order, 1, 0)
    assert Return.objects.count() == 1


@pytest.mark.django_db
def test_an_order_that_was_returned_before_returns_were_kept_takes_none() -> None:
    order = delivered(1)
    Order.objects.update(fulfilment_status="returned")
    with pytest.raises(NothingToReturn):
        ask(order, 1, is_staff=True)


@pytest.mark.django_db
def test_moves_that_returns_refuse() -> None:
    goods_return = ask(delivered(1), 1)
    with pytest.raises(IllegalMove, match="Return 1 is requested, it cannot be received"):
        receive(goods_return)
    with pytest.raises(IllegalMove, match="Return 1 is requested; receive it first"):
        refund(goods_return, 1)
    approve_return(goods_return=goods_return, **STAFF)
    with pytest.raises(TooManyPieces, match=r"2 of .* are named, 1 are left in this return"):
        receive(goods_return, 2)
    receive(goods_return)
    with pytest.raises(IllegalMove, match="Return 1 is received, it cannot be approved"):
        approve_return(goods_return=goods_return, **STAFF)
    with pytest.raises(IllegalMove, match="Return 1 is received, it cannot be received"):
        receive(goods_return)
    close_return(goods_return=goods_return, **STAFF)
    assert RETURN_MOVES[Return.objects.get().status] == frozenset()


@pytest.mark.django_db
def test_no_more_goes_back_than_the_pieces_are_worth_and_came_in() -> None:
    order = packed(2)
    deliver_parcel(shipment=ship(order, 2), **STAFF)
    pay_order(order=order, provider=Provider.CASH, reference="part", amount_kobo=150_000, **STAFF)
    goods_return = receive(ask(order, 1, is_staff=True))

    assert (goods_return.worth_kobo, proposed_kobo(goods_return)) == (200_000, 150_000)
    with pytest.raises(RefundTooLarge, match=r"At most ₦1,500.00 can go back for Return 1\."):
        refund(goods_return, 150_001)
    refund(goods_return, 100_000)
    collect_cash(order=order, **STAFF)
    assert proposed_kobo(goods_return) == 100_000


@pytest.mark.django_db
def test_money_goes_back_by_as_many_payments_as_it_takes() -> None:
    order = delivered(1)
    for reference, amount in (("first", 80_000), ("second", 120_000)):
        pay_order(order=order, provider=Provider.CASH, reference=reference, amount_kobo=amount, **STAFF)
    goods_return = receive(ask(order, 1, is_staff=True))

    refunds = refund(goods_return, 200_000)

    assert [(each.payment.reference, each.amount_kobo) for each in refunds] == [("second", 120_000), ("first", 80_000)]
    order.refresh_from_db()
    assert (order.payment_status, Return.objects.get().status) == ("refunded", "closed")


@pytest.mark.django_db
def test_a_refund_sent_twice_goes_back_once_also_when_it_emptied_a_payment() -> None:
    order = delivered(2)
    for reference, amount in (("first", 300_000), ("second", 100_000)):
        pay_order(order=order, provider=Provider.CASH, reference=reference, amount_kobo=amount, **STAFF)
    goods_return, key = receive(ask(order, 2, is_staff=True)), uuid4()
    refund(goods_return, 100_000, request_key=key)

    with pytest.raises(RefundRepeated, match="was sent already"):
        refund(goods_return, 100_000, request_key=key)
    assert Refund.objects.get().amount_kobo == 100_000


@pytest.mark.django_db
def test_cash_that_was_paid_at_the_door_is_recorded_and_refunded_when_all_came_back_meanwhile() -> None:
    order = delivered(1)
    goods_return = receive(ask(order, 1, is_staff=True))
    assert (state_of(order)[1], proposed_kobo(goods_return)) == ("returned", 0)

    collect_cash(order=order, **STAFF)

    assert proposed_kobo(goods_return) == 200_000
    refund(goods_return, 200_000)
    order.refresh_from_db()
    assert order.payment_status == "refunded"


@pytest.mark.django_db
def test_an_order_whose_other_pieces_came_back_is_cancelled_and_frees_those_that_never_left() -> None:
    order = packed(3)
    deliver_parcel(shipment=ship(order, 1), **STAFF)
    receive(ask(order, 1, is_staff=True))
    assert state_of(order) == ("confirmed", "partially_delivered", [(10, 2)])

    cancel_order(order=order, reason="No more", **STAFF)

    assert state_of(order) == ("cancelled", "partially_delivered", [(10, 0)])


@pytest.mark.django_db
def test_a_return_that_was_begun_as_one_is_one_however_often_it_is_sent() -> None:
    order = delivered(3)
    ask(order, 1, is_staff=True, position=1)
    with pytest.raises(Repeated, match="Return 1 is there already"):
        ask(order, 1, is_staff=True, position=1)
    assert ask(order, 1, is_staff=True, position=2).position == 2


@pytest.mark.django_db
def test_a_discounted_order_gives_back_to_the_kobo_what_was_paid_for_its_goods() -> None:
    Coupon.objects.create(code="TENTH", name="A tenth", kind="percentage", percent=Decimal("33.33"))
    order = packed(3, 1, coupon_codes=["TENTH"])
    deliver_parcel(shipment=ship(order, 3, 1), **STAFF)
    worths = [receive(ask(order, 1, 0, is_staff=True)).worth_kobo for _ in range(3)]
    worths.append(receive(ask(order, 0, 1, is_staff=True)).worth_kobo)

    assert list(OrderLine.objects.values_list("discount_kobo", flat=True)) == [199_980, 66_660]
    assert worths == [133_340, 133_340, 133_340, 133_340]
    assert sum(worths) == order.total_kobo


@pytest.mark.django_db
def test_a_coupon_for_the_delivery_takes_nothing_off_the_lines() -> None:
    Coupon.objects.create(code="FREE", name="Free", kind="free_shipping")
    order = packed(1, coupon_codes=["FREE"])
    assert order.lines.get().discount_kobo == 0


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_send_back_what_there_is_once() -> None:
    order = delivered(3)

    def tab() -> str:
        try:
            ask(order, 1)
        except NothingToReturn:
            return "refused"
        return "asked"

    outcomes = in_threads(8, tab)

    assert (outcomes.count("asked"), outcomes.count("refused")) == (3, 5)


@pytest.mark.django_db(transaction=True)
def test_the_same_request_eight_times_at_once_is_one_return() -> None:
    order = delivered(3)
    assert set(in_threads(8, lambda: ask(order, 1, idempotency_key="tab").position)) == {1}
    assert (Return.objects.count(), kinds(order).count("order.return_requested")) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_six_clerks_receive_and_refund_a_return_once() -> None:
    order = delivered(2)
    collect_cash(order=order, **STAFF)
    goods_return = ask(order, 1, is_staff=True)

    def attempt(work: Any) -> str:
        try:
            work()
        except (IllegalMove, RefundTooLarge):
            return "refused"
        return "done"

    received = in_threads(6, lambda: attempt(lambda: receive(goods_return)))
    goods_return.refresh_from_db()
    refunded = in_threads(6, lambda: attempt(lambda: refund(goods_return, 200_000)))

    assert (sorted(received), sorted(refunded)) == (["done"] + ["refused"] * 5,) * 2
    assert (state_of(order)[2], Refund.objects.get().amount_kobo) == ([(9, 0)], 200_000)


@given(weights=st.lists(st.integers(0, 10**9), max_size=8), part=st.floats(0, 1))
def test_shares_add_up_and_none_is_larger_than_its_weight(weights: list[int], part: float) -> None:
    amount = int(sum(weights) * part)
    shares = spread_kobo(amount, weights)
    assert sum(shares) == (amount if sum(weights) else 0)
    assert [share for share, weight in zip(shares, weights, strict=True) if not 0 <= share <= weight] == []


@given(unit=st.integers(0, 10**8), parts=st.lists(st.integers(1, 5), min_size=1, max_size=5), off=st.floats(0, 1))
def test_pieces_of_a_line_are_worth_what_the_line_is_however_they_come_back(
    unit: int, parts: list[int], off: float
) -> None:
    quantity = sum(parts)
    line = OrderLine(quantity=quantity, total_kobo=unit * quantity, discount_kobo=int(unit * quantity * off))
    worths = [worth_of_pieces(line, before=sum(parts[:at]), quantity=part) for at, part in enumerate(parts)]
    assert sum(worths) == line.total_kobo - line.discount_kobo
    assert min(worths) >= 0
