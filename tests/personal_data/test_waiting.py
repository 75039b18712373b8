"""Erasures that wait for something of the shop's, those that fail, and those that take long."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from commerce.accounts.models import User
from commerce.orders.models import Order
from tests.commerce.factories import UserFactory, make_order
from tests.rollup.story import SATURDAY, at
from zuka.platform.clock import now
from zuka.platform.personal_data import declaring, erasing
from zuka.platform.personal_data.declaring import Held
from zuka.platform.personal_data.erasing import ErasureUnderWay, ask_erasure, erase_people, take_up, try_again
from zuka.platform.personal_data.models import AskedBy, ErasureRequest, RequestStatus
from zuka.platform.personal_data.people import NobodyFound, Person

pytestmark = pytest.mark.django_db
EVENING = at(SATURDAY, 21)


def ask(person: Person) -> ErasureRequest:
    return ask_erasure(person=person, asked_by=AskedBy.COMMAND, at=EVENING)


def someone() -> Person:
    return Person(users=(str(UserFactory.create().pk),))


def only(monkeypatch: pytest.MonkeyPatch, erase: Any) -> None:
    """One place alone."""
    monkeypatch.setattr(declaring, "_held", {"a": Held(name="a", title="A", erase=erase)})


def test_it_waits_for_an_order_as_long_as_that_takes_and_longer_each_time() -> None:
    person = someone()
    request = ask(person)
    make_order(user=User.objects.get(pk=person.users[0]))
    waited = []
    with time_machine.travel(EVENING, tick=False) as clock:
        for _ in range(25):
            erase_people(at=now())
            request.refresh_from_db()
            assert request.leased_until is not None
            waited.append(request.leased_until - now())
            clock.move_to(request.leased_until)
        Order.objects.update(status="cancelled")
        erase_people(at=now())
    request.refresh_from_db()

    assert waited[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert waited[-1] == timedelta(days=1)
    assert (request.status, request.failures, request.person) == ("done", 0, {})


def test_it_is_given_up_after_many_failures_and_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_person: Person, _at: Any) -> int:
        raise OSError("away")

    only(monkeypatch, fail)
    person = someone()
    request = ask(person)
    for number in range(20):
        erase_people(at=now() + timedelta(hours=number))
    request.refresh_from_db()
    assert (request.status, request.failures) == ("failed", 20)

    later = ask(person)
    with pytest.raises(ErasureUnderWay, match="by a later request"):
        try_again(request)
    only(monkeypatch, lambda _person, _at: 1)
    erase_people(at=now())

    facts = dict(ErasureRequest.objects.values_list("pk", "status"))
    assert facts == {request.pk: RequestStatus.EXPIRED, later.pk: RequestStatus.DONE}
    assert list(ErasureRequest.objects.exclude(person={})) == []


def test_a_browser_that_nobody_has_seen_is_not_erased() -> None:
    with pytest.raises(NobodyFound, match="Check the visitor id"):
        ask(Person(visitors=("mistyped",)))


@pytest.mark.django_db(transaction=True)
def test_who_is_long_at_one_place_keeps_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def take_long(_person: Person, _at: Any) -> int:
        began, until = ErasureRequest.objects.get().leased_until, time.monotonic() + 20
        while ErasureRequest.objects.get().leased_until == began and time.monotonic() < until:
            time.sleep(0.02)
        seen.append(ErasureRequest.objects.get().leased_until != began)
        return 1

    only(monkeypatch, take_long)
    monkeypatch.setattr(erasing, "RENEWED", timedelta(milliseconds=20))
    ask(someone())
    erase_people(at=now())

    assert (seen, ErasureRequest.objects.get().status, take_up(at=now())) == ([True], "done", None)
