"""Several coupons on one order: which may be, in which order they come off, and that it adds up."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from commerce.accounts.models import User
from commerce.orders.models import Order, OrderLine
from commerce.orders.services import OrderItem, cancel_order, deliver_parcel
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from commerce.promotions.services import Basket, CouponRefused, discounts_of, shares_of
from commerce.promotions.services.discounting import Goods
from commerce.promotions.services.refusals import CouponNotForThese, CouponNothingLeft
from tests.commerce.factories import NOON, ProductFactory, VariantFactory, in_threads, make_order
from tests.commerce.orders.stories import STAFF, ask, packed, receive, ship
from tests.commerce.promotions.stories import amounts, make_coupon, order_with, refusal_of, uses
from zuka.platform.idempotency import KeyReused


def make_stackable(code: str, **rules: Any) -> Coupon:
    """A coupon of 10 % that may be used with others, unless told."""
    return make_coupon(code, stackable=True, **rules)


def fixed(code: str, kobo: int, **rules: Any) -> Coupon:
    """A coupon of an amount that may be used with others."""
    return make_stackable(code, kind=CouponKind.FIXED, amount_kobo=kobo, **rules)


def taken(order: Order) -> list[tuple[str, int]]:
    """What each code took off an order, as its uses say; the order says the same."""
    rows = CouponRedemption.objects.filter(order=order).order_by("id").values_list("coupon__code", "discount_kobo")
    assert list(rows) == order.discounts
    assert order.coupon_code == order.discounts[0][0]
    return order.discounts


@pytest.mark.parametrize("codes", list(itertools.permutations(["TEN", "NAIRA", "FREE"])))
def test_shares_come_off_first_then_amounts_then_the_delivery(delivery: None, codes: tuple[str, ...]) -> None:
    make_stackable("FREE", kind=CouponKind.FREE_SHIPPING)
    fixed("NAIRA", 70_001)
    make_stackable("TEN")

    order = order_with(*codes)

    assert taken(order) == [("TEN", 20_000), ("NAIRA", 70_001), ("FREE", 150_000)]
    assert amounts(order) == (200_000, 150_000, 240_001, 109_999)
    assert order.lines.get().discount_kobo == 90_001
    assert [uses(coupon) for coupon in Coupon.objects.all()] == [(1, 1)] * 3


@pytest.mark.django_db
def test_the_code_for_the_fewest_goods_comes_first_so_that_the_others_find_theirs() -> None:
    gown, shoe = ProductFactory.create(price_kobo=300_000), ProductFactory.create(price_kobo=500_000)
    make_stackable("ALL")
    make_stackable("SHOES", percent=Decimal(50), for_all_goods=False).products.add(shoe)
    fixed("ANY", 250_000)
    fixed("GOWNS", 200_000, for_all_goods=False).products.add(gown)
    lines = [OrderItem(VariantFactory.create(product=product).sku, 1) for product in (gown, shoe)]

    order = order_with("ALL", "ANY", "GOWNS", "SHOES", lines=lines)

    # Of the gown 270,000 and of the shoe 225,000 are left by the shares; the gown's code takes its 200,000 of that.
    assert taken(order) == [("SHOES", 250_000), ("ALL", 55_000), ("GOWNS", 200_000), ("ANY", 250_000)]
    assert sum(line.discount_kobo for line in order.lines.all()) == order.discount_kobo == 755_000


@pytest.mark.django_db
def test_each_code_keeps_its_own_rules_beside_others(alice: User) -> None:
    make_stackable("TENTH", percent=Decimal(90))
    make_stackable("CAPPED", percent=Decimal(50), max_discount_kobo=5_000)
    fixed("RICH", 1_000, min_spend_kobo=200_000)

    # What must be spent is asked of full prices; the cap holds for what is left.
    assert taken(order_with("TENTH", "CAPPED", "RICH")) == [("TENTH", 180_000), ("CAPPED", 5_000), ("RICH", 1_000)]

    Coupon.objects.filter(code="RICH").update(min_spend_kobo=200_001)
    Coupon.objects.filter(code="CAPPED").update(user_limit=1)
    assert refusal_of("TENTH", "RICH") == (
        "coupon_min_spend",
        "RICH: This code needs ₦2,000.01 of products that it is for; yours are ₦2,000.00.",
        "coupon_codes.1",
    )
    order_with("CAPPED", user=alice)
    assert refusal_of("TENTH", "CAPPED", user=alice) == (
        "coupon_used_by_you",
        "CAPPED: You have used this code already.",
        "coupon_codes.1",
    )


@pytest.mark.parametrize(
    ("codes", "code", "message", "field"),
    [
        (
            ["TEN", "ALONE"],
            "coupon_not_combinable",
            "ALONE cannot be combined with other codes. Use it alone, or take it out to use TEN.",
            "coupon_codes.1",
        ),
        (
            ["FREE", "ALSO-FREE"],
            "coupon_delivery_twice",
            "FREE takes off the delivery already. Take out FREE or ALSO-FREE.",
            "coupon_codes.1",
        ),
        (
            ["TEN", "ALL"],
            "coupon_nothing_left",
            "NAIRA: The other codes pay for all that this one is for. Take it out and keep it.",
            "coupon_codes.2",
        ),
        (
            ["A1", "A2", "A3", "A4", "A5", "A6"],
            "coupons_too_many",
            "An order takes 5 codes at most. Keep those that take off the most.",
            "coupon_code",
        ),
        (["TEN", "GONE"], "coupon_over", "GONE: This code is no longer valid.", "coupon_codes.1"),
    ],
)
def test_why_codes_are_refused_together(delivery: None, codes: list[str], code: str, message: str, field: str) -> None:
    make_stackable("TEN")
    make_stackable("ALL", percent=Decimal(100))
    make_stackable("GONE", valid_until=NOON)
    make_coupon("ALONE")
    make_stackable("FREE", kind=CouponKind.FREE_SHIPPING)
    make_stackable("ALSO-FREE", kind=CouponKind.FREE_SHIPPING)
    fixed("NAIRA", 100)

    assert refusal_of(*codes, *(["NAIRA"] if code == "coupon_nothing_left" else [])) == (code, message, field)
    assert CouponRedemption.objects.count() == 0


@pytest.mark.django_db
def test_a_code_written_twice_counts_once() -> None:
    coupon = make_coupon("ALONE")

    assert taken(order_with("alone", " ALONE ", "")) == [("ALONE", 20_000)]
    assert uses(coupon) == (1, 1)


@pytest.mark.django_db
def test_the_same_codes_in_another_turn_are_the_same_request() -> None:
    make_stackable("TEN")
    fixed("NAIRA", 100)
    lines = [OrderItem(VariantFactory.create().sku, 1)]
    first = order_with("TEN", "NAIRA", lines=lines, idempotency_key="k")

    assert order_with("NAIRA", "TEN", lines=lines, idempotency_key="k").pk == first.pk
    for codes in ([], ["TEN"]):
        with pytest.raises(KeyReused):
            order_with(*codes, lines=lines, idempotency_key="k")


@pytest.mark.django_db
def test_a_cancelled_order_gives_each_use_back_once() -> None:
    coupons = [make_stackable("TEN"), fixed("NAIRA", 100)]
    order = order_with("NAIRA", "TEN")
    kept = order_with("TEN")

    cancel_order(order=order, reason="", **STAFF)

    assert [uses(coupon) for coupon in coupons] == [(1, 1), (0, 0)]
    assert taken(kept) == [("TEN", 20_000)]
    assert list(CouponRedemption.objects.order_by("id").values_list("released_at", flat=True)) == [NOON, NOON, None]


@pytest.mark.django_db
def test_returns_give_back_to_the_kobo_what_was_paid_with_two_codes() -> None:
    make_stackable("THIRD", percent=Decimal("33.33"))
    fixed("NAIRA", 33_333)
    order = packed(3, 1, coupon_codes=["NAIRA", "THIRD"])
    deliver_parcel(shipment=ship(order, 3, 1), **STAFF)
    worths = [receive(ask(order, 1, 0, is_staff=True)).worth_kobo for _ in range(3)]
    worths.append(receive(ask(order, 0, 1, is_staff=True)).worth_kobo)

    assert list(OrderLine.objects.order_by("id").values_list("discount_kobo", flat=True)) == [224_979, 74_994]
    assert sum(worths) == order.total_kobo == 800_000 - 266_640 - 33_333


@pytest.mark.django_db
def test_an_order_from_when_there_was_one_code_still_says_it() -> None:
    make_coupon()
    order = order_with("TEN")
    Order.objects.update(coupons=[])

    assert Order.objects.get(pk=order.pk).discounts == [("TEN", 20_000)]
    assert make_order().discounts == []


@pytest.mark.django_db(transaction=True)
def test_50_at_once_for_two_codes_of_one_use_each() -> None:
    """Half of them type the codes the other way round: nobody waits for ever, and one order has both."""
    coupons = [make_stackable("ONE", usage_limit=1), fixed("TWO", 100, usage_limit=1)]
    sku = VariantFactory.create(stock_on_hand=100).sku
    turns = itertools.count()

    def buy() -> str:
        codes = ["ONE", "TWO"] if next(turns) % 2 else ["TWO", "ONE"]
        try:
            return ",".join(code for code, _ in order_with(*codes, lines=[OrderItem(sku, 1)]).discounts)
        except CouponRefused as refusal:
            return refusal.code

    answers = in_threads(50, buy)

    assert sorted(answers) == ["ONE,TWO", *["coupon_used_up"] * 49]
    assert ([uses(coupon) for coupon in coupons], Order.objects.count()) == ([(1, 1)] * 2, 1)


@pytest.mark.django_db(transaction=True)
def test_orders_with_the_same_codes_are_placed_and_cancelled_at_once() -> None:
    coupons = [make_stackable("ONE"), fixed("TWO", 100), make_stackable("SIX", percent=Decimal(6))]
    skus = [VariantFactory.create(stock_on_hand=100).sku for _ in range(2)]
    turns = itertools.count()

    def shopper() -> None:
        turn = next(turns)
        codes = [["ONE", "TWO", "SIX"], ["SIX", "TWO"], ["TWO", "ONE"]][turn % 3]
        order = order_with(*codes, lines=[OrderItem(skus[turn % 2], 1)])
        if turn % 2:
            cancel_order(order=order, reason="", **STAFF)

    in_threads(18, shopper)

    assert [uses(coupon) for coupon in coupons] == [(6, 6), (9, 9), (6, 6)]


GOODS = st.lists(st.builds(Goods, st.integers(1, 9), st.none(), st.integers(1, 900_000), st.booleans()), min_size=1)


@st.composite
def unsaved_coupons(draw: st.DrawFn) -> list[Coupon]:
    """One to five coupons of any kind that may be used together, at most one of them for the delivery."""
    kinds = draw(st.lists(st.sampled_from([CouponKind.PERCENTAGE, CouponKind.FIXED]), min_size=1, max_size=4))
    kinds += [CouponKind.FREE_SHIPPING] if draw(st.booleans()) else []
    return [
        Coupon(
            pk=key,
            code=f"C{key}",
            kind=kind,
            percent=draw(st.decimals(Decimal("0.01"), 100, places=2)),
            amount_kobo=draw(st.integers(1, 2_000_000)),
            max_discount_kobo=draw(st.none() | st.integers(1, 500_000)),
            for_reduced=draw(st.booleans()),
            stackable=True,
        )
        for key, kind in enumerate(kinds)
    ]


@given(goods=GOODS, coupons=unsaved_coupons(), shipping=st.integers(0, 500_000), rnd=st.randoms())
@effort(max_examples=300, deadline=None)
def test_whatever_the_codes_the_shares_add_up_and_nothing_costs_less_than_nothing(
    goods: list[Goods], coupons: list[Coupon], shipping: int, rnd: Any
) -> None:
    basket = Basket(goods, shipping, "NGN")
    try:
        discounts = discounts_of(coupons=coupons, basket=basket)
    except (CouponNotForThese, CouponNothingLeft):  # only these can be said of such coupons
        return
    shuffled = rnd.sample(coupons, len(coupons))

    shares = shares_of(discounts, lines=len(goods))
    off_goods = sum(each.kobo for each in discounts if each.coupon.kind != CouponKind.FREE_SHIPPING)
    off_delivery = sum(each.kobo for each in discounts) - off_goods
    assert [0 <= share <= each.total_kobo for share, each in zip(shares, goods, strict=True)] == [True] * len(goods)
    assert (sum(shares), 0 <= off_delivery <= shipping) == (off_goods, True)
    again = discounts_of(coupons=shuffled, basket=basket)
    assert [(each.coupon.pk, each.kobo, each.shares) for each in again] == [
        (each.coupon.pk, each.kobo, each.shares) for each in discounts
    ]
