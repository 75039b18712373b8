"""The invented data: repeatable, in agreement with itself, and what the pipeline and the database accept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from itertools import chain
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Max, Min, Sum

from analytics.registry.events import EVENT_TYPES, SOURCE_TYPES
from analytics.registry.types import Flag
from analytics.rollup.verify import verify
from analytics.store.event import Event
from analytics.store.models import Event as StoredEvent
from commerce.accounts.models import User
from commerce.catalog.models import Product, ProductVariant
from commerce.orders.models import EventKind, Order, OrderEvent, OrderLine, PaymentMethod, ReturnStatus
from commerce.orders.services import count_pieces, excess_kobo
from commerce.orders.services.pieces import worth_of_pieces
from commerce.orders.states import MACHINES
from commerce.payments.models import Payment, Refund
from tests.demo.conftest import PLAN, UNTIL
from zuka.demo.baskets import cart_rows
from zuka.demo.catalogue import Catalogue, make_catalogue
from zuka.demo.history import History
from zuka.demo.homes import make_addresses
from zuka.demo.loading import count, load
from zuka.demo.plans import STAGES, Plan, present

ORDER_TYPES = ("order.created", "order.paid", "order.shipped", "order.delivered", "order.cancelled")


def invent(plan: Plan) -> tuple[list[Event], History, Catalogue]:
    """Return a plan's events and history without a database."""
    catalogue = make_catalogue(seed=plan.seed, opened_at=plan.opened_at)
    history = History(plan, catalogue, numbers={})
    return list(history.events()), history, catalogue


def digest(plan: Plan) -> str:
    """Return a hash of everything a plan invents; when a row was written is not part of it."""
    events, history, catalogue = invent(plan)
    bought = [
        [
            *(each.order, *each.lines, *each.timeline, *each.payments, *each.refunds),
            *(shipment for shipment, _ in each.parcels),
            *(*each.returns, *each.return_lines),
        ]
        for each in history.bought
    ]
    users = [customer.user for customer in history.customers]
    said: list[Any] = [*history.opinions.rows, *make_addresses(history.bought, seed=plan.seed)]
    said += [row for rows in cart_rows(history.till.baskets, until=plan.until) for row in rows]
    sold = [*catalogue.categories, *catalogue.products, *catalogue.variants, *catalogue.images]
    rows = [*sold, *users, *chain.from_iterable(bought), *said]
    whole = hashlib.sha256(b"".join(msgspec.json.encode(event) for event in events))
    whole.update(repr([columns(row) for row in rows]).encode())
    return whole.hexdigest()


def columns(row: Any) -> list[Any]:
    """Return a row's own values, without what the database or the clock gives it."""
    skipped = {"id", "updated_at", "current_price_kobo", "on_sale"}
    return [getattr(row, each.attname) for each in row._meta.concrete_fields if each.name not in skipped]


def test_the_same_seed_invents_the_same_and_another_seed_does_not():
    small = Plan(seed=3, days=5, events=2_000, until=UNTIL)
    assert digest(small) == digest(small)
    assert digest(small) != digest(Plan(seed=4, days=5, events=2_000, until=UNTIL))


def test_what_has_happened_does_not_change_as_time_goes_on():
    now, _, _ = invent(PLAN)
    later, _, _ = invent(Plan(seed=PLAN.seed, days=PLAN.days, events=PLAN.events, until=UNTIL + timedelta(hours=2)))
    assert {event.id for event in now} <= {event.id for event in later}
    assert len(later) > len(now)


def test_events_are_about_as_many_as_planned_and_none_is_in_the_future():
    events, history, _ = invent(PLAN)
    assert 0.85 * PLAN.events < len(events) < 1.15 * PLAN.events
    assert max(event.occurred_at for event in events) <= UNTIL
    assert min(event.occurred_at for event in events) >= PLAN.opened_at
    assert len({event.id for event in events}) == len(events)
    moments = [step.occurred_at for bought in history.bought for step in bought.timeline]
    assert max(moments) <= UNTIL


def test_every_event_passes_its_type_and_all_source_types_occur():
    events, _, _ = invent(Plan(seed=7, days=30, events=15_000, until=UNTIL))
    for event in events:
        properties = json.loads(event.properties)
        msgspec.convert(properties, EVENT_TYPES[event.event_type].payload, strict=False)
        assert properties.get("value_kobo", event.value_kobo) == event.value_kobo
        assert event.user_id or event.visitor_id
    assert {event.event_type for event in events} >= {*SOURCE_TYPES, *ORDER_TYPES}
    assert 0.002 < sum(event.flags & Flag.BOT for event in events) / len(events) < 0.03


def test_each_order_moves_as_its_machines_allow():
    _, history, _ = invent(Plan(seed=7, days=30, events=20_000, until=UNTIL))
    for bought in history.bought:
        states = dict.fromkeys(MACHINES, "")
        for row in bought.timeline:
            kind = EventKind(row.kind)
            if kind == EventKind.NOTE:
                continue
            start = "" if row is bought.timeline[0] else getattr(Order(), MACHINES[kind].column)
            assert row.from_state == (states[kind] or start)
            states[kind] = row.to_state
        assert all(getattr(bought.order, MACHINES[kind].column) == state for kind, state in states.items() if state)
        moments = [row.occurred_at for row in bought.timeline]
        assert moments == sorted(moments)


def test_orders_and_events_agree_to_the_kobo(loaded):
    orders = {order.number: order for order in Order.objects.filter(is_test=False)}
    assert len(orders) > 10
    told = {name: StoredEvent.objects.filter(event_type=name, flags=0) for name in ORDER_TYPES}
    moments = {"order.created": "placed_at", "order.paid": "paid_at", "order.shipped": "shipped_at"}
    moments |= {"order.delivered": "delivered_at", "order.cancelled": "cancelled_at"}
    for name, column in moments.items():
        facts = {event.order_ref: event.occurred_at for event in told[name]}
        expected = {number: getattr(order, column) for number, order in orders.items() if getattr(order, column)}
        assert facts == expected
        assert told[name].count() == len(expected)
    for event in told["order.created"]:
        order = orders[str(event.order_ref)]
        assert (event.value_kobo, event.currency) == (order.total_kobo, order.currency)
        assert (event.message_id, event.source_key) == (f"order.created:{order.number}", None)
    claims = StoredEvent.objects.filter(event_type="order.created", flags=Flag.CLAIMED)
    assert set(claims.values_list("order_ref", flat=True)) < orders.keys()


def test_money_and_people_agree(loaded):
    for order in Order.objects.all():
        assert order.lines.aggregate(total=Sum("total_kobo"))["total"] == order.subtotal_kobo
        received = order.payments.received_kobo()
        if order.paid_at:
            assert order.worth_kobo <= received <= order.total_kobo
            assert order.due_kobo == order.worth_kobo - received
        else:
            assert received == 0 or order.payment_status == "partially_paid"
        gone = {line: tally.cancelled + tally.refused for line, tally in count_pieces(order).items()}
        assert order.taken_off_kobo == sum(
            worth_of_pieces(line, before=0, quantity=count) for line, count in gone.items()
        )
    for payment in Payment.objects.all():
        assert payment.refunded_kobo == sum(refund.amount_kobo for refund in payment.refunds.all())
    created = StoredEvent.objects.filter(event_type="user.created", flags=0)
    assert {event.user_id: event.occurred_at for event in created} == {
        str(user.pk): user.created_at for user in User.objects.all()
    }
    assert not any(user.has_usable_password() for user in User.objects.all())
    refs = set(Product.objects.values_list("public_id", flat=True))
    named = StoredEvent.objects.exclude(product_ref=None).values_list("product_ref", flat=True)
    assert set(named) <= refs


def test_what_was_paid_too_much_went_back_or_is_proposed_to_staff(loaded):
    parted = Order.objects.exclude(taken_off_kobo=0).filter(status="completed")
    assert parted.exists()
    for order in parted:
        back = order.payments.refunded_kobo()
        assert excess_kobo(order) == order.payments.received_kobo() - order.worth_kobo - back


def test_staff_have_something_of_every_kind_to_see():
    _, history, _ = invent(Plan(seed=18, days=60, events=60_000, until=UNTIL))
    parcels = Counter(shipment.status for bought in history.bought for shipment, _ in bought.parcels)
    returns = Counter(each.status for bought in history.bought for each in bought.returns)
    cancelled = sum(line.cancelled_quantity for bought in history.bought for line in bought.lines)
    assert (set(parcels), cancelled > 2) == ({"shipped", "delivered", "refused"}, True)
    assert sum(len(bought.parcels) == 2 for bought in history.bought) > 2
    assert {"refused", "closed"} < set(returns)
    for bought in history.bought:
        went_back = sum(refund.amount_kobo for refund in bought.refunds if refund.goods_return)
        assert went_back == sum(
            each.worth_kobo for each in bought.return_lines if each.goods_return.status == ReturnStatus.CLOSED
        )


def test_numbers_follow_the_moment_of_placing_and_go_on_afterwards(loaded):
    numbers = list(Order.objects.order_by("placed_at").values_list("number", flat=True))
    first = int(numbers[0].removeprefix("ZUKA-2026-"))  # the sequence outlives the orders of tests before
    assert numbers == [f"ZUKA-2026-{first + index:06d}" for index in range(len(numbers))]
    assert Order.objects.next_number(2026) == f"ZUKA-2026-{first + len(numbers):06d}"


def test_test_orders_are_there_and_tell_nothing(loaded):
    tests = Order.objects.filter(is_test=True)
    assert tests.exists()
    assert all(order.user and order.user.is_test for order in tests)
    numbers = tests.values_list("number", flat=True)
    assert not StoredEvent.objects.filter(order_ref__in=numbers).exists()


def test_rollups_agree_after_counting(transactional_db):
    load(PLAN, make_catalogue(seed=PLAN.seed, opened_at=PLAN.opened_at))
    assert count(PLAN) > 0
    assert verify(first=PLAN.first, last=PLAN.last) == []


def run(*arguments: str) -> str:
    """Run the command and return what it said."""
    said = StringIO()
    call_command("demo", *arguments, stdout=said)
    return said.getvalue()


def test_stage_empty_makes_nothing(db):
    assert run("--stage", "empty") == "The shop stays empty.\n"
    assert not Product.objects.exists()


def test_stage_shop_makes_a_catalogue_alone_and_is_made_once(db):
    assert "129 products" in run("--stage", "shop")
    assert Product.objects.published().count() == 129
    prices = Product.objects.aggregate(low=Min("price_kobo"), high=Max("price_kobo"))
    assert 450_000 <= prices["low"] < prices["high"] <= 18_500_000
    assert ProductVariant.objects.count() > 400
    for model in (User, Order, OrderLine, OrderEvent, Refund, StoredEvent):
        assert not model._default_manager.exists()
    assert run("--stage", "shop", "--once") == "The shop has data already; nothing was changed.\n"
    with pytest.raises(CommandError, match="has data already"):
        run("--stage", "shop")


def test_a_day_to_come_is_refused(db):
    with pytest.raises(CommandError, match="2999-01-01 is still to come"):
        run("--today", "2999-01-01")


def test_a_past_day_is_whole_and_the_present_day_ends_now():
    assert present(today=date(2026, 11, 19), now=UNTIL) == datetime(2026, 11, 19, 22, 59, 59, 999_000, tzinfo=UTC)
    assert present(today=date(2026, 11, 20), now=UNTIL) == UNTIL
    assert present(today=None, now=UNTIL) == UNTIL


def test_stages_grow():
    assert list(STAGES) == ["empty", "shop", "busy", "year"]
    assert [stage.events for stage in STAGES.values()] == sorted(stage.events for stage in STAGES.values())


def test_most_orders_are_paid_on_delivery():
    _, history, _ = invent(Plan(seed=7, days=60, events=60_000, until=UNTIL))
    cash = sum(bought.order.payment_method == PaymentMethod.CASH_ON_DELIVERY for bought in history.bought)
    assert 0.4 < cash / len(history.bought) < 0.7
