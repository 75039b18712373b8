"""Erasing: what refuses it, going on where it stopped, one at a time, and a proof that fails without an entry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from analytics.store.models import HistoryImport, HistoryStatus
from commerce.accounts.models import User
from commerce.orders.models import Order
from commerce.personal_data.finding import NotYet
from tests.commerce.factories import UserFactory, make_order
from tests.personal_data.living import EMAIL, VISITOR, live_as_customer
from tests.personal_data.searching import find_in_database
from tests.personal_data.test_proof import erase, kept_by_the_log
from tests.rollup.story import SATURDAY, at
from zuka.platform.personal_data import declaring
from zuka.platform.personal_data.erasing import (
    ErasureUnderWay,
    ask_erasure,
    erase_one,
    erase_people,
    plan_erasure,
    take_up,
)
from zuka.platform.personal_data.models import AskedBy, ErasureRequest
from zuka.platform.personal_data.people import NobodyFound, Person, find_person, start_person

pytestmark = pytest.mark.django_db
EVENING = at(SATURDAY, 21)
LEFT_OUT = ("commerce.order", "analytics.event", "platform.outgoingmail", "commerce.webhookdelivery", "pets.petmessage")


def ask(person: Person) -> ErasureRequest:
    return ask_erasure(person=person, asked_by=AskedBy.COMMAND, at=EVENING)


def test_the_proof_fails_without_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    life = live_as_customer()
    assert life.user is not None
    person, unseen = Person(users=(str(life.user.pk),)), []
    for name in LEFT_OUT:
        held = {each: entry for each, entry in declaring._held.items() if each != name}
        step = transaction.atomic()
        step._from_testcase = True  # type: ignore[attr-defined]  # as the test's own: what erases wants one of its own
        with step, monkeypatch.context() as patch:
            patch.setattr(declaring, "_held", held)
            erase(person)
            found = find_in_database(life.words)
            unseen += [] if found - kept_by_the_log(found) else [name]
            transaction.set_rollback(True)

    assert unseen == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_which_is_in_no_transaction_erases_everything() -> None:
    life = live_as_customer()
    assert life.user is not None

    request = erase(Person(users=(str(life.user.pk),)))

    found = find_in_database(life.words)
    assert (request.status, request.failure) == ("done", "")
    assert found - kept_by_the_log(found) == set()


def test_it_goes_on_where_it_stopped() -> None:
    life = live_as_customer()
    assert life.user is not None
    ask(Person(users=(str(life.user.pk),)))
    request = take_up(at=EVENING)
    assert request is not None

    def die(name: str) -> None:
        if name == "commerce.order":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        erase_one(request, pause=die)
    done = set(ErasureRequest.objects.get().progress)
    assert erase_people(at=EVENING) == 0, "it is still that worker's"

    ErasureRequest.objects.update(leased_until=EVENING - timedelta(hours=1))
    for _ in range(2):
        erase_people(at=EVENING)
        ErasureRequest.objects.exclude(status="done").update(leased_until=None)
    after = ErasureRequest.objects.get()
    assert "commerce.order" in done
    assert done < set(after.progress)
    assert not User.objects.filter(pk=life.user.pk).exists()


def test_a_worker_that_was_thought_dead_writes_nothing() -> None:
    user = UserFactory.create(email="lost@example.com")
    ask(Person(users=(str(user.pk),)))
    first = take_up(at=EVENING)
    second = take_up(at=EVENING + timedelta(hours=2))
    assert first is not None
    assert second is not None

    assert erase_one(first) == 0
    assert ErasureRequest.objects.get().status == "running"
    assert erase_one(second) == 1


def test_two_at_once_are_one() -> None:
    person = Person(users=(str(UserFactory.create().pk),))
    ask(person)
    with pytest.raises(ErasureUnderWay, match="being erased already"):
        ask(person)


def test_an_open_order_keeps_its_person() -> None:
    user = UserFactory.create()
    order = make_order(user=user)
    with pytest.raises(NotYet, match=f"Order {order.number} is still open: let it arrive, or cancel it first"):
        ask(Person(users=(str(user.pk),)))
    Order.objects.update(status="cancelled", payment_status="paid")
    with pytest.raises(NotYet, match="its money has to go back first"):
        ask(Person(users=(str(user.pk),)))
    assert not ErasureRequest.objects.exists()


def test_who_orders_before_a_worker_comes_is_erased_when_that_is_over() -> None:
    user = UserFactory.create()
    request = ask(Person(users=(str(user.pk),)))
    order = make_order(user=user)

    assert erase_people(at=EVENING) == 0
    request.refresh_from_db()
    assert (request.status, request.progress) == ("running", {})
    assert request.failure == f"Order {order.number} is still open: let it arrive, or cancel it first."

    Order.objects.update(status="cancelled")
    ErasureRequest.objects.update(leased_until=None)
    assert erase_people(at=EVENING) == 1
    assert Order.objects.get().contact_name == ""


def test_staff_are_not_erased() -> None:
    staff = UserFactory.create(is_staff=True)
    with pytest.raises(NotYet, match="account of staff"):
        ask(Person(users=(str(staff.pk),)))


def test_a_browser_of_an_account_is_erased_with_it() -> None:
    live_as_customer()
    with pytest.raises(Exception, match="Erase the account"):
        ask(Person(visitors=(VISITOR,)))


def test_nobody_is_erased_while_a_file_of_history_may_bring_them_back() -> None:
    user = UserFactory.create()
    facts = {"format": "umami", "source": "old", "source_key": user.pk, "received_at": EVENING, "size": 1}
    coming = HistoryImport.objects.create(name="old.csv", sha256="0" * 64, status=HistoryStatus.PAUSED, **facts)
    with pytest.raises(Exception, match=r"old\.csv is not over"):
        ask(Person(users=(str(user.pk),)))
    HistoryImport.objects.filter(pk=coming.pk).update(status=HistoryStatus.CANCELLED)
    assert ask(Person(users=(str(user.pk),))).status == "waiting"


def test_nobody_is_found(db: Any) -> None:
    for start in ({"email": "nobody@example.com"}, {"visitor": ""}):
        with pytest.raises(NobodyFound):
            find_person(start_person(**start))
    with pytest.raises(NobodyFound, match="Write its id"):
        start_person(user="not an id")


def test_a_plan_says_what_would_be_done_and_does_nothing() -> None:
    life = live_as_customer()
    plan = {title: (becomes, count) for title, becomes, count in plan_erasure(person=start_person(email=EMAIL))}

    assert plan["Orders"] == ("anonymised", 1)
    assert plan["Events"][0] == "anonymised"
    assert plan["Addresses"] == ("deleted", 1)
    assert find_in_database({"e-mail": life.words["e-mail"]})
