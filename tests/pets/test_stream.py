"""The streamed answer, from the ASGI application: events in order, refusals with their status, pages of other ports."""

from __future__ import annotations

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connections

from pets.models import PetMessage
from tests.commerce.accounts.doors import token_of
from tests.commerce.factories import UserFactory
from tests.pets.model_server import Reply, open_model
from tests.pets.talking import Person, adopt, stock_shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talking():
    """Alice in the middle of a conversation."""
    stock_shop()
    user = UserFactory.create(email="alice@example.com")
    adopt(user)
    person = Person(user)
    person.say("hello")
    return person


async def request(person, text, *, method="POST", headers=(), token=""):
    """Send a message to the ASGI application; return status, headers and body."""
    from zuka.asgi import application

    body = json.dumps({"text": text}).encode()
    sent = {"host": "localhost:8001", "content-type": "application/json", **dict(headers)}
    sent |= {"content-length": str(len(body)), **({"x-session-token": token} if token else {})}
    scope = {
        "type": "http",
        "method": method,
        "path": f"/api/v1/pets/conversations/{person.conversation_id}/stream/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "http_version": "1.1",
    }
    server = ApplicationCommunicator(application, scope)
    await server.send_input({"type": "http.request", "body": body})
    start = await server.receive_output(20)
    parts = []
    while True:
        part = await server.receive_output(20)
        parts.append(part.get("body", b""))
        if not part.get("more_body"):
            break
    await server.wait()
    found = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(parts).decode()


def send(person, text, **choices):
    """Send a message as its person."""
    token = choices.pop("token", None)
    token = token_of(person.user) if token is None else token
    try:
        return asyncio.run(request(person, text, token=token, **choices))
    finally:
        connections.close_all()


def events(body):
    """Return the events of a stream: name and data."""
    rows = [each.split("\n") for each in body.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in rows]


def test_what_happens_is_told_in_order(talking):
    status, headers, body = send(talking, "show me a leather bag")
    told = events(body)
    assert (status, headers["content-type"]) == (200, "text/event-stream")
    assert [name for name, _ in told] == ["message", "action", "message", "done"]
    assert told[1][1] == {"tool": "search_products", "status": "done"}
    assert [each["id"] for each in told[2][1]["metadata"]["products"]] == ["p_bag"]


def test_the_words_of_a_model_come_in_pieces(talking, settings):
    settings.PET_BRAIN, settings.PET_MODEL = "openai", "small"
    with open_model(Reply("Good day to you.")) as model:
        settings.PET_MODEL_URL = model.url
        _, _, body = send(talking, "hello")
    told = events(body)
    pieces = "".join(data["text"] for name, data in told if name == "piece")
    assert (pieces, told[-2][1]["text"]) == ("Good day to you.", "Good day to you.")
    assert PetMessage.objects.filter(text="Good day to you.").count() == 1


def test_refusals_have_their_status(talking):
    assert send(talking, "")[0] == 400
    assert send(talking, "hello", token="")[0] == 401
    talking.conversation_id = "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f"
    assert send(talking, "hello")[0] == 404


def test_pages_of_this_host_may_read_it_and_others_may_not(talking, settings):
    here = {"origin": "http://localhost:8000"}
    asked = send(talking, "", method="OPTIONS", headers=here, token="")
    assert (asked[0], asked[1]["access-control-allow-origin"]) == (204, "http://localhost:8000")
    assert "X-Session-Token" in asked[1]["access-control-allow-headers"]
    there = {"origin": "https://evil.example"}
    assert "access-control-allow-origin" not in send(talking, "hello", headers=there)[1]
    settings.SHOP_URL = "https://shop.example/gowns"
    assert "access-control-allow-origin" in send(talking, "hi", headers={"origin": "https://shop.example"})[1]


def test_the_doors_process_does_not_stream(talking):
    path = f"conversations/{talking.conversation_id}/stream/"
    assert talking.ask("post", path, {"text": "hello"}, status=404)["code"] == "no_stream"
