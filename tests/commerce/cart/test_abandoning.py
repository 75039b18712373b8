from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from analytics.store.models import Event
from commerce.accounts.models import User
from commerce.cart.models import Cart
from commerce.cart.services import abandon_idle_carts, add_to_cart, find_cart, lock_cart, set_quantity
from commerce.tasks import watch_carts
from tests.commerce.cart.leaving import LEFT, MINUTE, SHOPPER, fill
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads
from zuka.platform.actor import Actor
from zuka.platform.clock import now


def statuses() -> list[str]:
    return list(Cart.objects.order_by("created_at", "pk").values_list("status", flat=True))


@pytest.mark.django_db
def test_a_cart_is_abandoned_after_an_hour_without_its_owner_and_tracked_once(alice: User, facts: Facts) -> None:
    cart, _ = fill(alice)
    assert (abandon_idle_carts(at=NOON + 60 * MINUTE), statuses()) == (0, ["active"])
    assert (abandon_idle_carts(at=LEFT), statuses()) == (1, ["abandoned"])
    assert abandon_idle_carts(at=LEFT) == 0

    [fact] = facts("cart.abandoned")
    assert fact == {
        "user_id": str(alice.pk),
        "visitor_id": "visitor-1",
        "session_id": fact["session_id"],
        "order_ref": None,
        "value_kobo": 400_000,
        "occurred_at": NOON + 60 * MINUTE,
    }
    assert Event.objects.get(event_type="cart.abandoned").properties["cart_id"] == str(cart.pk)


@pytest.mark.django_db
def test_the_minutes_are_a_setting(settings: Any) -> None:
    settings.CART_ABANDONED_MINUTES = 5
    fill()
    assert abandon_idle_carts(at=NOON + 6 * MINUTE) == 1


@pytest.mark.django_db
def test_each_idle_spell_is_a_fact_of_its_own(alice: User, facts: Facts) -> None:
    fill(alice)
    abandon_idle_carts(at=LEFT)
    cart = find_cart(user=alice, token=None, actor=SHOPPER, at=LEFT + MINUTE)

    assert (cart and cart.status, statuses()) == ("active", ["active"])
    assert abandon_idle_carts(at=LEFT + 30 * MINUTE) == 0
    assert abandon_idle_carts(at=LEFT + 62 * MINUTE) == 1
    assert [fact["occurred_at"] for fact in facts("cart.abandoned")] == [NOON + 60 * MINUTE, LEFT + 61 * MINUTE]


def look(cart: Cart, token: str | None, **who: Any) -> Cart | None:
    return find_cart(user=cart.user, token=token, **who)


def add_more(cart: Cart, token: str | None, **who: Any) -> Cart:
    return add_to_cart(user=cart.user, token=token, sku=VariantFactory.create().sku, quantity=1, **who)[0]


def change(cart: Cart, token: str | None, **who: Any) -> Cart:
    return set_quantity(cart=cart, sku=cart.lines.get().variant.sku, quantity=1, **who)


@pytest.mark.django_db
@pytest.mark.parametrize("touch", [look, add_more, change])
@pytest.mark.parametrize("is_guest", [True, False])
def test_whoever_comes_back_goes_on_with_the_same_cart(
    alice: User, touch: Callable[..., Cart | None], is_guest: bool
) -> None:
    cart, token = fill(None if is_guest else alice)
    abandon_idle_carts(at=LEFT)

    found = touch(cart, token, actor=SHOPPER, at=LEFT + MINUTE)

    assert found == cart
    assert Cart.objects.values_list("status", "last_active_at").get() == ("active", LEFT + MINUTE)


@pytest.mark.django_db
def test_who_looks_again_and_again_is_noted_every_ten_minutes(alice: User, django_assert_num_queries: Any) -> None:
    fill(alice)
    with django_assert_num_queries(1):
        find_cart(user=alice, token=None, actor=SHOPPER, at=NOON + 9 * MINUTE)
    find_cart(user=alice, token=None, actor=SHOPPER, at=NOON + 10 * MINUTE)
    assert Cart.objects.get().last_active_at == NOON + 10 * MINUTE


@pytest.mark.django_db
def test_of_several_carts_the_active_one_is_gone_on_with_then_the_newest(alice: User) -> None:
    old, newer, active = (
        Cart.objects.create(user=alice, status=status, last_active_at=NOON + days * timedelta(days=1))
        for status, days in (("abandoned", 1), ("abandoned", 2), ("active", 0))
    )
    assert list(Cart.objects.open()) == [active, newer, old]


@pytest.mark.django_db
def test_an_empty_cart_is_set_aside_without_a_fact(alice: User, facts: Facts) -> None:
    cart, _ = fill(alice)
    cart.lines.all().delete()
    assert (abandon_idle_carts(at=LEFT), statuses(), facts("cart.abandoned")) == (0, ["abandoned"], [])


@pytest.mark.django_db
def test_a_cart_without_a_tracker_speaks_for_its_guest_and_counts_what_can_be_bought(facts: Facts) -> None:
    gone = VariantFactory.create()
    cart, token = add_to_cart(user=None, token=None, sku=gone.sku, quantity=1, actor=Actor(), at=NOON)
    add_to_cart(user=None, token=token, sku=VariantFactory.create().sku, quantity=3, actor=Actor(), at=NOON)
    gone.active = False
    gone.save()

    abandon_idle_carts(at=LEFT)

    assert [(fact["visitor_id"], fact["value_kobo"]) for fact in facts("cart.abandoned")] == [(cart.speaker, 600_000)]


@pytest.mark.django_db
def test_many_are_set_aside_in_batches(monkeypatch: pytest.MonkeyPatch, facts: Facts) -> None:
    monkeypatch.setattr("commerce.cart.services.abandoning.AT_ONCE", 2)
    for _ in range(5):
        fill()
    assert (abandon_idle_carts(at=LEFT), len(facts("cart.abandoned"))) == (5, 5)


@pytest.mark.django_db
def test_the_job_reads_the_index_of_active_carts() -> None:
    fill()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    idle = Cart.objects.filter(status="active", last_active_at__lt=LEFT).order_by("last_active_at")[:50]
    assert "Index Scan using cart_active_since" in idle.explain()


@pytest.mark.django_db
def test_the_job_does_it() -> None:
    fill(at=now() - 61 * MINUTE)
    watch_carts(unknown="keyword")
    assert statuses() == ["abandoned"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_track_each_cart_once(facts: Facts) -> None:
    for _ in range(6):
        fill(UserFactory.create())

    counts = in_threads(3, lambda: abandon_idle_carts(at=LEFT))

    assert (sum(counts), len(facts("cart.abandoned")), set(statuses())) == (6, 6, {"abandoned"})


@pytest.mark.django_db(transaction=True)
def test_a_customer_who_comes_back_at_that_moment_keeps_the_cart(facts: Facts) -> None:
    users = [UserFactory.create() for _ in range(4)]
    carts = [fill(user)[0] for user in users]
    sku = VariantFactory.create(stock_on_hand=100).sku
    add = partial(add_to_cart, token=None, sku=sku, quantity=1, actor=SHOPPER, at=LEFT)
    work: list[Callable[[], Any]] = [partial(add, user=user) for user in users]
    work.append(partial(abandon_idle_carts, at=LEFT))

    def take_one() -> None:
        work.pop()()

    in_threads(5, take_one)

    assert statuses() == ["active"] * 4
    assert [sorted(cart.lines.values_list("quantity", flat=True)) for cart in carts] == [[1, 2]] * 4
    assert len(facts("cart.abandoned")) <= 4


@pytest.mark.django_db
def test_an_abandoned_cart_can_still_be_ordered(alice: User) -> None:
    cart, _ = fill(alice)
    abandon_idle_carts(at=LEFT)
    assert lock_cart(cart).pk == cart.pk
