"""Whatever is told in whatever order: orders are shared as a few lines of Python share them, and nothing is lost."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.registry.attribution import MODELS, WHOLE
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import IdentityLink, OrderAttribution, RollupAttribution, RollupOrder, VisitorSession
from commerce.accounts.models import User
from commerce.orders.models import Order
from commerce.payments.models import Payment, Refund
from tests.rollup.story import SATURDAY, THURSDAY, at, event, make_user, pay, place, refund
from zuka.platform.clock import local_day

pytestmark = pytest.mark.django_db
KEY = uuid4()
LOOK_BACK = timedelta(days=30)
HOURS = st.integers(0, 71)
DEVICES = st.sampled_from(["phone", "laptop", None])
VISITS = st.tuples(st.just("visit"), HOURS, DEVICES, st.sampled_from([None, None, 0, 1]), st.sampled_from("abc"))
ORDERS = st.tuples(st.just("order"), HOURS, DEVICES, st.sampled_from([None, 0, 1]), st.integers(1, 30_001))
PAYMENTS = st.tuples(st.just("pay"), HOURS, st.integers(0, 5), st.sampled_from([0, 0, 3_333]))
REFUNDS = st.tuples(st.just("refund"), HOURS, st.integers(0, 5), st.integers(1, 10_000))
STEPS = st.lists(
    st.one_of(VISITS, VISITS, VISITS, ORDERS, ORDERS, PAYMENTS, PAYMENTS, REFUNDS, st.just(("fill",))), max_size=30
)


def weights(model: str, touches: int) -> list[Fraction]:
    whole, rest = Fraction(1), touches - 2
    if touches <= 1:
        return [whole] * touches
    return {
        "first": [whole, *[Fraction(0)] * (touches - 1)],
        "last": [*[Fraction(0)] * (touches - 1), whole],
        "linear": [whole / touches] * touches,
        "position": [whole * 2 / 5, *[whole / 5 / rest] * rest, whole * 2 / 5] if rest else [whole / 2] * 2,
    }[model]


def share(amount: int, by: list[Fraction]) -> list[int]:
    exact = [abs(amount) * weight for weight in by]
    parts = [int(each) for each in exact]
    first = sorted(range(len(by)), key=lambda place: (parts[place] - exact[place], place))
    for place_of in first[: abs(amount) - sum(parts)]:
        parts[place_of] += 1
    return [part if amount >= 0 else -part for part in parts]


def day_of(moment: datetime | None) -> date | None:
    return local_day(moment) if moment else None


def touches_of(order: Order) -> list[Any]:
    links = dict(IdentityLink.objects.values_list("visitor_id", "user_id"))
    person = str(order.user_id) if order.user_id else links.get(order.visitor_id or "", order.visitor_id)
    found = VisitorSession.objects.filter(person=person, is_seen=True, started_at__lte=order.placed_at)
    return list(found.filter(started_at__gte=order.placed_at - LOOK_BACK).order_by("started_at", "id"))


def expected_rows() -> dict[tuple[Any, ...], tuple[int, ...]]:
    """(day, order, visit) → parts and kobo under each model, from the shop's tables and the visits."""
    found = {}
    for order in Order.objects.all():
        moved: defaultdict[Any, int] = defaultdict(int)
        for payment in Payment.objects.filter(order=order):
            moved[day_of(payment.captured_at)] += payment.amount_kobo
        for each in Refund.objects.filter(payment__order=order):
            moved[day_of(each.refunded_at)] -= each.amount_kobo
        paid_on = day_of(order.paid_at)
        touches = touches_of(order) or [None]
        before = 0
        for day in sorted({*moved, *([paid_on] if paid_on else [])}):
            after = before + moved[day]
            models = [weights(model.name, len(touches)) for model in MODELS]
            columns = [share(WHOLE if day == paid_on else 0, by) for by in models]
            columns += [[b - a for a, b in zip(share(before, by), share(after, by), strict=True)] for by in models]
            for place_of, touch in enumerate(touches):
                key = (day, order.number, touch and touch.id)
                found[key] = tuple(column[place_of] for column in columns)
            before = after
    return found


def tell(step: tuple[Any, ...], users: list[User], payments: list[Payment]) -> None:
    kind, hour, *details = step
    moment: datetime = at(THURSDAY, 0) + timedelta(hours=hour)
    if kind == "visit":
        device, user, source = details
        who = str(users[user].pk) if user is not None else None
        if device or who:
            event("page.viewed", moment, visitor_id=device, user_id=who, utm_source=source, source_key=KEY)
    elif kind == "order":
        device, user, kobo = details
        place("gown", moment, price=kobo, visitor_id=device, user=None if user is None else users[user])
    elif kind == "pay" and (orders := list(Order.objects.order_by("pk"))):
        order = orders[details[0] % len(orders)]
        payments.append(pay(order, moment, details[1] or None))
    elif kind == "refund" and payments:
        payment = payments[details[0] % len(payments)]
        refund(payment, moment, min(details[1], payment.amount_kobo))


class AttributionAddsUp(TestCase):
    @given(STEPS)
    @example_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_after_any_story_every_model_shares_all_of_the_money(self, steps):
        users = [make_user("ada@example.com"), make_user("bob@example.com")]
        payments: list[Payment] = []
        for step in steps:
            if step == ("fill",):
                fill_dirty()
            else:
                tell(step, users, payments)
        fill_dirty()
        columns = [*(f"{model.name}_parts" for model in MODELS), *(f"{model.name}_kobo" for model in MODELS)]
        stored = {
            (row[0], row[1], row[2]): tuple(row[3:])
            for row in OrderAttribution.objects.values_list("day", "order_ref", "session", *columns)
        }
        assert stored == expected_rows()
        assert verify(first=THURSDAY, last=SATURDAY + timedelta(days=1)) == []
        paid = {row.day: row for row in RollupOrder.objects.all() if row.paid_orders or row.captured_kobo}
        for model in MODELS:
            shared: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
            for row in RollupAttribution.objects.all():
                shared[row.day][0] += getattr(row, f"{model.name}_parts")
                shared[row.day][1] += getattr(row, f"{model.name}_kobo")
            for day in {*paid, *shared}:
                orders = RollupOrder.objects.get(day=day)
                revenue = orders.captured_kobo - orders.refunded_kobo
                assert shared[day] == [orders.paid_orders * WHOLE, revenue], (day, model.name)
