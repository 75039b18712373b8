"""Leases: one holder at a time, whichever connections its statements go by."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from commerce import tasks
from commerce.accounts.models import User
from commerce.payments.models import Lease
from commerce.payments.services import leased
from commerce.subscriptions.services import ChargeUnderWay, settle_charge
from tests.commerce.factories import NOON, at_once
from tests.commerce.payments.conftest import online_order, start, state_of
from tests.commerce.subscriptions.stories import make_plan, take
from zuka.demo.providers.desk import Providers

MINUTE = timedelta(minutes=1)


def is_free(name: str = "work") -> bool:
    with leased(name, lasts=MINUTE) as is_ours:
        return is_ours


def end_all() -> None:
    """Have so much time pass that every lease is over."""
    Lease.objects.update(until=Now() - MINUTE)


@pytest.mark.django_db(transaction=True)
def test_one_of_many_connections_at_once() -> None:
    inside, done = threading.Barrier(6), threading.Barrier(6)

    def take_it() -> bool:
        inside.wait(10)
        with leased("work", lasts=MINUTE) as is_ours:
            done.wait(10)
            return is_ours

    assert sorted(at_once(*[take_it] * 6)) == [False] * 5 + [True]
    assert not Lease.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_holds_while_its_connection_serves_others() -> None:
    """Behind a pooler each statement may go by another connection: here each block goes on by a new one."""
    with leased("work", lasts=MINUTE) as is_ours:
        connection.close()
        assert (is_ours, is_free(), *at_once(is_free)) == (True, False, False)
        connection.close()
    assert (is_free(), *at_once(is_free)) == (True, True)


@pytest.mark.django_db
def test_one_that_is_over_is_anybodys_and_its_holder_ends_no_other() -> None:
    with leased("work", lasts=MINUTE):
        end_all()
        with leased("work", lasts=MINUTE) as is_ours, leased("work", lasts=MINUTE) as is_again:
            assert (is_ours, is_again) == (True, False)
    with leased("work", lasts=MINUTE):
        end_all()
        first = leased("work", lasts=MINUTE)
        first.__enter__()
    assert not is_free()


@pytest.mark.django_db
def test_nothing_is_asked_by_a_lock_of_a_session(providers: Providers, alice: User) -> None:
    charge = take(alice, make_plan())
    with CaptureQueriesContext(connection) as asked:
        settle_charge(charge=charge, at=NOON)
        tasks.watch_payments()
    assert asked.captured_queries
    assert [each["sql"] for each in asked.captured_queries if "advisory" in each["sql"]] == []


@pytest.mark.django_db
def test_who_comes_second_does_nothing(providers: Providers, alice: User) -> None:
    charge, order = take(alice, make_plan()), online_order()
    providers.settle(start(order).reference)
    with leased(f"subscription:{charge.invoice.subscription_id}", lasts=MINUTE), leased("payments", lasts=MINUTE):
        with pytest.raises(ChargeUnderWay):
            settle_charge(charge=charge, at=NOON)
        tasks.watch_payments()
        assert state_of(order)[1] != "paid"
    tasks.watch_payments()
    assert state_of(order)[1] == "paid"
