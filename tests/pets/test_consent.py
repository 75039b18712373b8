"""What changes something waits for a yes: by the question's own token, in time, once, and for what was asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from commerce.cart.models import CartLine
from commerce.catalog.models import ProductVariant
from commerce.orders.models import Return
from pets.acting import WAITS, token_of
from pets.models import ActionStatus, Consent, PetAction
from pets.understanding.consent import is_plain_yes
from pets.understanding.normalizing import hear
from tests.commerce.accounts.doors import call
from tests.commerce.factories import UserFactory, at_once, in_threads
from tests.commerce.orders.stories import delivered
from tests.pets.talking import Person, adopt, stock_shop
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db


def asked(person: Person) -> tuple[str, dict[str, str]]:
    """Let a pet ask whether to put a bag in the cart; return the action's path and the body of a yes."""
    person.say("show me a leather bag")
    action = person.last("add it to my cart")["metadata"]["action"]
    assert (action["is_open"], action["tool"]) == (True, "add_to_cart")
    return f"actions/{action['id']}", {"token": action["token"]}


def pieces(person: Person) -> int:
    """Return how many pieces are in somebody's cart."""
    return sum(CartLine.objects.filter(cart__user=person.user).values_list("quantity", flat=True))


def test_a_confirmed_action_is_done_and_said(alice):
    path, body = asked(alice)
    said = alice.ask("post", f"{path}/confirm/", body)["messages"]
    action = PetAction.objects.get(tool="add_to_cart")
    assert ([each["kind"] for each in said], pieces(alice)) == (["cart"], 1)
    assert (action.status, action.consent, action.arguments) == (
        ActionStatus.DONE,
        Consent.BUTTON,
        {"sku": "BAG-1", "quantity": 1},
    )


def test_a_second_yes_changes_nothing(alice):
    path, body = asked(alice)
    alice.ask("post", f"{path}/confirm/", body)
    assert alice.ask("post", f"{path}/confirm/", body) == {"messages": []}
    assert pieces(alice) == 1


def test_a_declined_action_cannot_be_confirmed(alice):
    path, body = asked(alice)
    alice.ask("post", f"{path}/decline/", body)
    alice.ask("post", f"{path}/decline/", body)
    assert alice.ask("post", f"{path}/confirm/", body, status=409)["code"] == "action_over"
    assert (pieces(alice), PetAction.objects.get(tool="add_to_cart").status) == (0, ActionStatus.DECLINED)


def test_what_was_done_cannot_be_declined(alice):
    path, body = asked(alice)
    alice.ask("post", f"{path}/confirm/", body)
    assert alice.ask("post", f"{path}/decline/", body, status=409)["code"] == "action_over"


def test_a_question_waits_for_ten_minutes(alice):
    path, body = asked(alice)
    PetAction.objects.update(expires_at=now())
    assert timedelta(minutes=10) == WAITS
    assert alice.ask("post", f"{path}/confirm/", body, status=409)["code"] == "action_over"
    assert alice.last("yes")["kind"] == "text"
    messages = alice.ask("get", f"conversations/{alice.conversation_id}/messages/")["results"]
    old = next(each for each in messages if each["kind"] == "confirmation")
    assert (old["metadata"]["action"]["is_open"], old["metadata"]["action"]["token"], pieces(alice)) == (False, None, 0)


def test_only_its_own_token_and_its_own_person_confirm_it(alice, charlie):
    path, body = asked(alice)
    other = {"token": token_of(uuid4())}
    assert alice.ask("post", f"{path}/confirm/", other, status=404)["code"] == "not_found"
    assert charlie.ask("post", f"{path}/confirm/", body, status=404)["code"] == "not_found"
    assert charlie.ask("post", f"{path}/decline/", body, status=404)["code"] == "not_found"
    assert alice.ask("post", f"actions/{uuid4()}/confirm/", body, status=404)["code"] == "not_found"
    assert alice.ask("post", f"{path}/confirm/", {"token": ""}, status=400)["field"] == "token"
    assert pieces(alice) == 0


PLAIN = ("yes", "Ok.", "oya do am", "yes please, go ahead", "YES!!", "👍", "no wahala", "yes add it", "yeah sure")
BESIDES = (
    *("ok show me something else", "yes i want a different one", "okay what else do you have", "ok show me gowns"),
    *("ok is it real leather?", "alright what is the delivery time", "ok thank you bye", "yes?", "yes but in red"),
    *("yes не надо", "yes ❌", "ok and remove the gown", "please", "", "okay" + " " * 80 + "no wait"),
)


def test_a_yes_is_plain_or_none():
    assert [text for text in (*PLAIN, *BESIDES) if is_plain_yes(hear(text))] == list(PLAIN)


@pytest.mark.parametrize("text", ["ok show me something else", "ok is it real leather?", "yes i want a different one"])
def test_words_beside_a_yes_are_no_consent(alice, text):
    asked(alice)
    alice.say(text)
    assert (pieces(alice), PetAction.objects.filter(status=ActionStatus.DONE, tool="add_to_cart").count()) == (0, 0)


def test_a_plain_yes_is_consent(alice):
    asked(alice)
    alice.say("yes please, go ahead")
    assert (pieces(alice), PetAction.objects.get(tool="add_to_cart").consent) == (1, Consent.WORDS)


def test_a_yes_is_to_the_question_just_asked_and_to_no_older_one(alice):
    path, body = asked(alice)
    alice.say("show me red gowns")
    alice.say("yes")
    action = PetAction.objects.get(tool="add_to_cart")
    assert (action.status, pieces(alice)) == (ActionStatus.WAITING, 0)
    alice.ask("post", f"{path}/confirm/", body)
    assert pieces(alice) == 1


def test_the_shop_s_rules_decide_when_it_is_done(alice):
    path, body = asked(alice)
    ProductVariant.objects.filter(sku="BAG-1").update(stock_on_hand=0)
    said = alice.ask("post", f"{path}/confirm/", body)["messages"]
    action = PetAction.objects.get(tool="add_to_cart")
    assert (said[0]["kind"], action.status, action.code, pieces(alice)) == (
        "refusal",
        ActionStatus.REFUSED,
        "out_of_stock",
        0,
    )


def test_a_return_is_asked_for_once(alice):
    order = delivered(1, at=now() - timedelta(days=2), user=alice.user)
    action = alice.last("I want to return my order")["metadata"]["action"]
    assert (action["tool"], Return.objects.count()) == ("start_return", 0)
    for _ in range(2):
        alice.ask("post", f"actions/{action['id']}/confirm/", {"token": action["token"]})
    assert Return.objects.get().order.number == order.number
    assert alice.last("I want to return my order")["metadata"]["code"] == "nothing_to_return"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_confirm_at_once_one_acts():
    stock_shop()
    user = UserFactory.create(email="alice@example.com")
    adopt(user)
    person = Person(user)
    path, body = asked(person)
    answers = in_threads(4, lambda: person.ask("post", f"{path}/confirm/", body)["messages"])
    assert (sorted(len(each) for each in answers), pieces(person)) == ([0, 0, 0, 1], 1)
    assert PetAction.objects.filter(tool="add_to_cart", status=ActionStatus.DONE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_once_are_one_of_them():
    stock_shop()
    user = UserFactory.create(email="alice@example.com")
    adopt(user)
    person = Person(user)
    path, body = asked(person)
    from tests.commerce.accounts.doors import call

    codes = at_once(
        lambda: call(user, "post", f"pets/{path}/confirm/", body).status_code,
        lambda: call(user, "post", f"pets/{path}/decline/", body).status_code,
    )
    status = PetAction.objects.get(tool="add_to_cart").status
    assert (sorted(codes), pieces(person)) == ([200, 409], 1 if status == ActionStatus.DONE else 0)


@pytest.mark.django_db(transaction=True)
def test_one_message_of_a_conversation_is_answered_at_a_time():
    stock_shop()
    user = UserFactory.create(email="alice@example.com")
    adopt(user)
    person = Person(user)
    person.say("hello")
    path = f"pets/conversations/{person.conversation_id}/messages/"
    answers = in_threads(4, lambda: call(user, "post", path, {"text": "show me a leather bag"}))
    codes = [each.status_code for each in answers]
    assert set(codes) <= {200, 409}
    assert codes.count(200) == person.conversation.turns - 1
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"still_answering"}
