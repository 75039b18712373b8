"""Pets over HTTP: adopting, memory, history; every refusal, and how many queries lists take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.store.models import Event
from commerce.accounts.services import close_account
from commerce.orders.services import OrderItem
from pets.claiming import CLAIMED_FOR, claim_turn, release_turn
from pets.memory import MOST_PREFERENCES
from pets.models import PetAction, PetConversation, PetMessage, PetPreference, UserPet
from tests.commerce.accounts.doors import call
from tests.commerce.factories import NOON, UserFactory, make_order
from tests.pets.talking import Person
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db

NOBODYS = "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f"
GUARDED = (
    ("post", "pets/"),
    ("get", "pets/mine/"),
    ("patch", "pets/mine/"),
    ("delete", "pets/mine/"),
    ("get", "pets/mine/memory/"),
    ("post", "pets/mine/memory/"),
    ("delete", "pets/mine/memory/"),
    ("patch", "pets/mine/memory/1/"),
    ("delete", "pets/mine/memory/1/"),
    ("get", "pets/conversations/"),
    ("post", "pets/conversations/"),
    ("delete", f"pets/conversations/{NOBODYS}/"),
    ("get", f"pets/conversations/{NOBODYS}/messages/"),
    ("post", f"pets/conversations/{NOBODYS}/messages/"),
    ("post", "pets/messages/1/clicks/"),
    ("post", f"pets/actions/{NOBODYS}/confirm/"),
    ("post", f"pets/actions/{NOBODYS}/decline/"),
)


@pytest.mark.parametrize(("method", "path"), GUARDED, ids=lambda each: str(each)[:40])
def test_guests_have_no_pets(method, path):
    assert call(None, method, path).status_code == 401


def test_personas_are_there_for_everybody(client):
    found = client.get("/api/v1/pets/personas/").json()
    assert [each["id"] for each in found] == ["grumpy", "rude", "nonchalant", "funny"]
    assert set(found[0]) == {"id", "title", "text", "avatar", "example"}


def test_a_pet_is_adopted_read_renamed_and_given_away(db):
    person = Person(UserFactory.create())
    assert person.ask("get", "mine/", status=404)["code"] == "no_pet"
    pet = person.ask("post", "", {"persona": "rude", "name": "  Polly  "}, status=201)
    assert {key: pet[key] for key in ("persona", "name", "avatar", "level", "xp", "next_level_xp")} == {
        "persona": "rude",
        "name": "Polly",
        "avatar": "rude.svg",
        "level": 1,
        "xp": 0,
        "next_level_xp": 20,
    }
    assert person.ask("patch", "mine/", {"name": "Poll"})["name"] == "Poll"
    assert person.ask("patch", "mine/", {"persona": "funny"})["persona"] == "funny"
    person.ask("delete", "mine/", status=204)
    assert person.ask("get", "mine/", status=404)["code"] == "no_pet"


def test_adoption_has_its_rules(alice):
    refused = [
        ({"persona": "funny", "name": "Two"}, 409, "has_pet", None),
        ({"persona": "angry", "name": "Two"}, 400, "unknown_persona", "persona"),
        ({"persona": "funny", "name": "x" * 31}, 400, "max_length", "name"),
        ({"persona": "funny", "name": " "}, 400, "blank", "name"),
        ({"persona": "funny"}, 400, "required", "name"),
    ]
    for body, status, code, field in refused:
        answer = alice.ask("post", "", body, status=status)
        assert (answer["code"], answer.get("field")) == (code, field)
    assert alice.ask("patch", "mine/", {"persona": "angry"}, status=400)["code"] == "unknown_persona"
    assert alice.ask("patch", "mine/", {"name": "\u200b"}, status=400)["code"] == "bad_name"


def test_memory_is_shown_changed_and_erased(alice):
    made = alice.ask("post", "mine/memory/", {"kind": "price_max", "value": "2000000"}, status=201)
    assert (made["words"], made["source"]) == ("up to ₦20,000.00", "said")
    alice.ask("post", "mine/memory/", {"kind": "price_max", "value": "1000000"}, status=201)
    size = alice.ask("post", "mine/memory/", {"kind": "size", "value": "M"}, status=201)
    changed = alice.ask("patch", f"mine/memory/{size['id']}/", {"value": "L"})
    assert [each["words"] for each in alice.ask("get", "mine/memory/")] == ["up to ₦10,000.00", "size L"]
    alice.ask("delete", f"mine/memory/{changed['id']}/", status=204)
    assert [each["kind"] for each in alice.ask("get", "mine/memory/")] == ["price_max"]
    alice.ask("delete", "mine/memory/", status=204)
    assert PetPreference.objects.count() == 0


def test_memory_has_its_rules(alice, charlie):
    mine = alice.ask("post", "mine/memory/", {"kind": "size", "value": "M"}, status=201)
    assert alice.ask("post", "mine/memory/", {"kind": "mood", "value": "M"}, status=400)["field"] == "kind"
    assert alice.ask("post", "mine/memory/", {"kind": "price_max", "value": "cheap"}, status=400)["field"] == "value"
    assert charlie.ask("patch", f"mine/memory/{mine['id']}/", {"value": "L"}, status=404)["code"] == "not_found"
    assert charlie.ask("delete", f"mine/memory/{mine['id']}/", status=404)["code"] == "not_found"
    for number in range(MOST_PREFERENCES - 1):
        alice.ask("post", "mine/memory/", {"kind": "like", "value": f"thing {number}"}, status=201)
    assert alice.ask("post", "mine/memory/", {"kind": "size", "value": "L"}, status=400)["code"] == "bad_preference"


def test_tastes_are_learned_from_orders_and_what_was_taken_out_is_not(alice):
    for _ in range(2):
        make_order(user=alice.user, lines=[OrderItem("ADIRE-GOWN-M", 1)])
    alice.say("hello")
    learned = alice.ask("get", "mine/memory/")
    assert [(each["words"], each["source"]) for each in learned] == [
        ("brand Eko Threads", "seen"),
        ("colour red", "seen"),
        ("size M", "seen"),
    ]
    alice.ask("delete", f"mine/memory/{learned[0]['id']}/", status=204)
    alice.ask("post", "conversations/", status=201)
    assert [each["words"] for each in alice.ask("get", "mine/memory/")] == ["colour red", "size M"]


def test_what_was_erased_is_not_learned_again_from_the_orders_of_before(alice):
    for _ in range(2):
        make_order(user=alice.user, lines=[OrderItem("ADIRE-GOWN-M", 1)], at=now() - timedelta(days=1))
    alice.say("hello")
    assert alice.ask("get", "mine/memory/") != []
    alice.ask("delete", "mine/memory/", status=204)
    alice.ask("post", "conversations/", status=201)
    assert (alice.ask("get", "mine/memory/"), PetPreference.objects.count()) == ([], 0)
    UserPet.objects.update(learns_since=now() - timedelta(days=2))
    alice.ask("post", "conversations/", status=201)
    assert len(alice.ask("get", "mine/memory/")) == 3


def test_messages_have_their_rules(alice, charlie):
    alice.say("hello")
    path = f"conversations/{alice.conversation_id}/messages/"
    assert alice.ask("post", path, {"text": ""}, status=400)["field"] == "text"
    assert alice.ask("post", path, {"text": "x" * 1001}, status=400)["field"] == "text"
    assert charlie.ask("post", path, {"text": "hi"}, status=404)["code"] == "not_found"
    assert charlie.ask("get", path, status=404)["code"] == "not_found"
    assert charlie.ask("delete", f"conversations/{alice.conversation_id}/", status=404)["code"] == "not_found"
    PetConversation.objects.update(answering_until=now().replace(year=2100))
    assert alice.ask("post", path, {"text": "hi"}, status=409)["code"] == "still_answering"


def test_a_pet_answers_in_one_conversation_at_a_time(alice):
    alice.say("hello")
    first, alice.conversation_id = alice.conversation, ""
    alice.say("hello")
    claim_turn(conversation=first, at=now())
    assert alice.say("hi", status=409)["code"] == "still_answering"
    release_turn(first)
    assert alice.last("hi")["kind"] == "text"


def test_a_turn_that_took_too_long_does_not_end_the_one_after_it(alice):
    alice.say("hello")
    slow, next_one, moment = alice.conversation, alice.conversation, now()
    claim_turn(conversation=slow, at=moment - CLAIMED_FOR - timedelta(seconds=1))
    claim_turn(conversation=next_one, at=moment)
    release_turn(slow)
    assert alice.conversation.answering_until == moment + CLAIMED_FOR
    release_turn(next_one)
    assert (alice.conversation.answering_until, alice.conversation.turns) == (None, 3)


def test_nobody_writes_more_than_people_do(alice, monkeypatch):
    from pets import conversation
    from zuka.platform.limits import Limit

    monkeypatch.setattr(conversation, "MESSAGES_OF_ONE", Limit("pet-messages", most=1, seconds=86_400))
    alice.say("hello")
    assert alice.say("hello", status=429)["code"] == "said_too_often"


def test_somebody_without_a_pet_talks_to_nobody(db):
    assert Person(UserFactory.create()).ask("post", "conversations/", status=404)["code"] == "no_pet"


def test_lists_take_as_many_queries_for_three_rows_as_for_one(alice):
    counts = []
    for _ in range(3):
        alice.conversation_id = ""
        alice.say("show me a leather bag")
        counts.append(
            [queries(alice, "conversations/"), queries(alice, f"conversations/{alice.conversation_id}/messages/")]
        )
    for _ in range(2):
        alice.say("show me a leather bag")
    counts.append([counts[0][0], queries(alice, f"conversations/{alice.conversation_id}/messages/")])
    assert counts == [counts[0]] * 4
    assert counts[0] == [1, 3]


def queries(person, path):
    """Return how many queries a page takes, those of signing in left out."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        person.ask("get", path)
    return len([each for each in found if "pets_" in each["sql"]])


def test_a_conversation_is_erased_with_all_that_was_said(alice):
    alice.say("show me a leather bag")
    alice.ask("delete", f"conversations/{alice.conversation_id}/", status=204)
    assert (PetConversation.objects.count(), PetMessage.objects.count(), PetAction.objects.count()) == (0, 0, 0)


def test_a_closed_account_takes_its_pet_along(alice):
    alice.say("my size is M")
    close_account(user=alice.user, at=now())
    left = [each.objects.count() for each in (UserPet, PetPreference, PetConversation, PetMessage, PetAction)]
    assert left == [0, 0, 0, 0, 0]


def test_what_is_said_shown_clicked_and_done_is_tracked(alice, charlie):
    shown = alice.last("show me a leather bag")
    clicks = f"messages/{shown['id']}/clicks/"
    for _ in range(2):
        alice.ask("post", clicks, {"product_id": "p_bag"}, status=204)
    assert alice.ask("post", clicks, {"product_id": "p_lace-gown"}, status=404)["code"] == "not_found"
    assert alice.ask("post", clicks, {}, status=400)["field"] == "product_id"
    assert charlie.ask("post", clicks, {"product_id": "p_bag"}, status=404)["code"] == "not_found"
    told = Event.objects.filter(event_type__startswith="pet.").order_by("event_type")
    assert list(told.values_list("event_type", "user_id", "product_ref")) == [
        ("pet.action_taken", str(alice.user.pk), None),
        ("pet.message_sent", str(alice.user.pk), None),
        ("pet.recommendation_clicked", str(alice.user.pk), "p_bag"),
        ("pet.recommendation_shown", str(alice.user.pk), "p_bag"),
    ]
    assert {each["persona"] for each in told.values_list("properties", flat=True)} == {"funny"}


def test_old_conversations_are_forgotten(alice, settings):
    from pets.tasks import forget_conversations

    alice.say("show me a leather bag")
    old = PetConversation.objects.create(pet=alice.pet, persona="funny", started_at=NOON, last_message_at=NOON)
    alice.say("add it to my cart")
    PetAction.objects.filter(tool="add_to_cart").update(expires_at=NOON)
    PetConversation.objects.filter(pk=old.pk).update(last_message_at=NOON.replace(year=2020))
    forget_conversations(unknown="keyword")
    assert [str(each) for each in PetConversation.objects.values_list("pk", flat=True)] == [alice.conversation_id]
    assert PetAction.objects.get(tool="add_to_cart").status == "expired"
