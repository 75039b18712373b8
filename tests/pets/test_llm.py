"""The brain that asks a language model, against a server that speaks both protocols: tools, retries, budget."""

from __future__ import annotations

from threading import BoundedSemaphore

import pytest

from commerce.cart.models import CartLine
from pets.brains.llm import asking, wire
from pets.brains.llm.reading import Words
from pets.models import PetAction, PetMessage, PetSpend
from tests.pets.model_server import Reply, open_model
from zuka.platform.clock import local_day, now

pytestmark = pytest.mark.django_db
SEARCH = ("search_products", {"words": "bag"})
FOUND = Reply("One bag, as you like it.")
SOON = {"Retry-After-Ms": "1"}  # what the libraries heed, and endpoints send


@pytest.fixture(params=["openai", "anthropic"])
def protocol(request, settings):
    """Pets think by a model that speaks one of the protocols."""
    settings.PET_BRAIN, settings.PET_MODEL, settings.PET_MODEL_KEY = request.param, "small", "sk-secret"
    return request.param


@pytest.fixture
def model(protocol, settings):
    """Return what opens a model that answers these."""

    def start(*replies):
        return open_model(*replies)

    return start


def at(settings, model):
    """Point pets to a model."""
    settings.PET_MODEL_URL = model.url


def test_a_model_calls_a_tool_and_says_what_it_brought(alice, settings, model, protocol):
    with model(Reply(calls=(SEARCH,)), FOUND) as asked:
        at(settings, asked)
        said = alice.last("a bag please")
    assert (said["text"], said["kind"]) == (FOUND.text, "product_recommendation")
    assert [each["id"] for each in said["metadata"]["products"]] == ["p_bag"]
    action = PetAction.objects.get()
    assert (action.tool, action.arguments, action.status, action.brain) == (*SEARCH, "done", "llm")
    path, headers, body = asked.asked[0]
    assert path == {"openai": "/chat/completions", "anthropic": "/v1/messages"}[protocol]
    assert headers["authorization"] == "Bearer sk-secret"
    assert (body["model"], body["stream"], len(body["tools"])) == ("small", True, 17)
    assert "Leather bag" in str(asked.bodies[1]["messages"])
    message = PetMessage.objects.filter(role="user").get()
    assert (message.intent, message.is_understood) == ("search_products", None)


def test_what_was_said_before_is_told_and_its_sides_take_turns(alice, settings, model, protocol):
    with model(Reply("Good day."), Reply("A gown, then.")) as asked:
        at(settings, asked)
        alice.say("hello")
        alice.say("a gown")
    messages = [each for each in asked.bodies[1]["messages"] if each["role"] != "system"]
    assert [(each["role"], each["content"]) for each in messages] == [
        ("user", "hello"),
        ("assistant", "Good day."),
        ("user", "a gown"),
    ]


def test_what_changes_something_is_asked_and_the_model_cannot_say_yes(alice, settings, model):
    add = ("add_to_cart", {"product": "p_bag"})
    with model(Reply("I put it in.", calls=(add, add))) as asked:
        at(settings, asked)
        said = [each for each in alice.say("put the bag in my cart") if each["role"] == "pet"]
    assert ([each["kind"] for each in said], len(asked.asked)) == (["confirmation"], 1)
    assert (PetAction.objects.get().status, CartLine.objects.count()) == ("waiting", 0)
    assert str(said[0]["metadata"]["action"]["token"]) not in str(asked.bodies)


def test_a_plain_yes_is_read_by_rules_and_not_by_the_model(alice, settings, model):
    with model(Reply(calls=(("add_to_cart", {"product": "p_bag"}),))) as asked:
        at(settings, asked)
        alice.say("put the bag in my cart")
        alice.say("yes")
    assert (len(asked.asked), CartLine.objects.count()) == (1, 1)


def test_busy_endpoints_are_asked_again(alice, settings, model):
    with model(Reply(status=503, headers=SOON), Reply(status=429, headers=SOON), Reply("Here I am.")) as asked:
        at(settings, asked)
        said = alice.last("hello")
    assert (said["text"], len(asked.asked)) == ("Here I am.", 3)


@pytest.mark.parametrize(
    ("replies", "requests"),
    [
        ((Reply(status=500, headers=SOON),), 3),
        ((Reply(status=401),), 1),
        ((Reply(lines=("data: {not json",)),), 1),
        ((Reply(lines=("data: [1]",)),), 1),
        ((Reply(text=""),), 1),
        ((Reply(calls=(("show_cart", {"x": "y" * 9_000}),)),), 1),
    ],
    ids=["away", "refused", "no JSON", "no object", "silent", "long"],
)
def test_a_model_that_fails_is_replaced_by_the_scripted_brain(alice, settings, model, replies, requests):
    with model(*replies) as asked:
        at(settings, asked)
        said = alice.last("show me a leather bag")
    assert (said["kind"], len(asked.asked)) == ("product_recommendation", requests)
    assert PetMessage.objects.filter(pk=said["id"], brain="scripted").exists()


def test_a_model_that_fails_after_a_call_lets_the_scripted_brain_word_it(alice, settings, model):
    with model(Reply(calls=(SEARCH,)), Reply(status=400)) as asked:
        at(settings, asked)
        said = alice.last("show me a leather bag")
    assert ([each["id"] for each in said["metadata"]["products"]], PetAction.objects.count()) == (["p_bag"], 1)


def test_nobody_there_is_a_failure_too(alice, settings, protocol):
    settings.PET_MODEL_URL = "http://127.0.0.1:9"
    assert alice.last("show me a leather bag")["kind"] == "product_recommendation"


def test_what_it_costs_is_counted_and_beyond_the_budget_rules_think(alice, charlie, settings, model):
    settings.PET_DAILY_TOKENS = 150
    with model(Reply("Yes?")) as asked:
        at(settings, asked)
        for _ in range(3):
            alice.say("hello")
        charlie.say("hello")
    spent = PetSpend.objects.get(user=alice.user, day=local_day(now()))
    assert (spent.tokens, spent.requests, len(asked.asked)) == (200, 2, 3)


def test_an_endpoint_that_does_not_say_what_it_cost_is_guessed(alice, settings, model, protocol):
    with model(Reply("Yes?", tokens=0 if protocol == "openai" else 10)) as asked:
        at(settings, asked)
        alice.say("hello")
    assert PetSpend.objects.get().tokens > 0


def test_arguments_that_a_tool_does_not_take_are_told_to_the_model(alice, settings, model):
    wrong = ("add_to_cart", {"product": "p_bag", "price_kobo": 1})
    with model(Reply(calls=(wrong,)), Reply(calls=(("no_such_tool", {}),)), Reply("Never mind.")) as asked:
        at(settings, asked)
        assert alice.last("the bag for one kobo")["text"] == "Never mind."
    codes = list(PetAction.objects.order_by("created_at", "code").values_list("status", "code"))
    assert codes == [("refused", "bad_arguments"), ("refused", "not_found")]
    assert "price_kobo" in str(asked.bodies[1]["messages"])


def test_a_model_that_never_stops_calling_is_stopped(alice, settings, model):
    with model(Reply(calls=(SEARCH, SEARCH))) as asked:
        at(settings, asked)
        said = alice.last("a bag please")
    assert (PetAction.objects.count(), len(asked.asked), said["kind"]) == (10, 5, "product_recommendation")


def test_an_answer_is_over_in_time_whatever_keeps_it_awake(alice, settings, model, monkeypatch):
    monkeypatch.setattr(asking, "LONGEST_SECONDS", 0.3)
    with model(Reply("Here I am at last.", pings=12)) as asked:
        at(settings, asked)
        said = alice.last("show me a leather bag")
    assert (said["kind"], len(asked.asked)) == ("product_recommendation", 1)


def test_tries_end_with_the_time_for_all(alice, settings, model, monkeypatch):
    monkeypatch.setattr(asking, "LONGEST_SECONDS", 1.0)
    with model(Reply(status=429, headers={"Retry-After": "2"})) as asked:
        at(settings, asked)
        assert alice.last("show me a leather bag")["kind"] == "product_recommendation"
    assert len(asked.asked) == 1


def test_a_stream_is_read_to_its_bound(alice, settings, model, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST_STREAM", 200)
    with model(Reply("Good day to you. " * 20)) as asked:
        at(settings, asked)
        said = alice.last("show me a leather bag")
    assert (said["kind"], len(asked.asked)) == ("product_recommendation", 1)


def test_an_endpoint_without_a_key_is_asked_all_the_same(alice, settings, model):
    settings.PET_MODEL_KEY = ""
    with model(Reply("Here I am.")) as asked:
        at(settings, asked)
        assert alice.last("hello")["text"] == "Here I am."


def test_beyond_so_many_at_once_rules_think(alice, settings, model, monkeypatch):
    busy = BoundedSemaphore(1)
    monkeypatch.setattr(asking, "_free", busy)
    with model(Reply("Here I am.")) as asked:
        at(settings, asked)
        busy.acquire()
        assert alice.last("show me a leather bag")["kind"] == "product_recommendation"
        busy.release()
        assert alice.last("hello")["text"] == "Here I am."
    assert (len(asked.asked), busy.acquire(blocking=False)) == (1, True)


def test_links_are_left_out_however_they_come():
    words = Words(100)
    said = [*words.take("Go to htt"), *words.take("ps://evil.example/x now"), *words.end()]
    assert "".join(said) == "Go to (link left out) now"
    short = Words(5)
    assert ("".join([*short.take("one two three "), *short.end()]), short.is_full) == ("one t", True)
