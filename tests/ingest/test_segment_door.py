import base64
import json

import pytest
from django.test import Client

from tests.ingest.factories import counts, make_key, moment, rejected, send, stored

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = {"userId": "u1", "anonymousId": None}


@pytest.mark.parametrize(
    ("call", "body", "event_type"),
    [
        ("track", {"event": "Product Viewed", "properties": {"product_id": "p1"}}, "product.viewed"),
        ("t", {"event": "Signed Up"}, "user.created"),
        ("page", {"name": "Home", "properties": {"path": "/"}}, "page.viewed"),
        ("p", {}, "page.viewed"),
        ("screen", {"name": "Home"}, "screen.viewed"),
        ("s", {}, "screen.viewed"),
        ("identify", {"traits": {"plan": "gold"}}, "user.identified"),
        ("i", {"context": {"traits": {"plan": "gold"}}}, "user.identified"),
        ("group", {"groupId": "g1", "traits": {"size": 3}}, "group.identified"),
        ("g", {"groupId": "g1"}, "group.identified"),
        ("alias", {"previousId": "ada"}, "user.aliased"),
        ("a", {"previousId": "ada"}, "user.aliased"),
    ],
)
def test_each_call_becomes_its_event(call, body, event_type):
    answer = send({**PERSON, **body}, key=make_key(), path=f"/v1/{call}")
    assert (answer["success"], counts(answer)) == (True, (1, 0, 0))
    assert stored("event_type", "user_id", "visitor_id") == [(event_type, "u1", None)]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/batch/", "/v1/b/"])
def test_a_batch_shares_its_context_and_sent_at(path):
    at = moment(seconds=30)
    batch = {
        "sentAt": moment(seconds=1),
        "context": {"page": {"path": "/shared"}},
        "batch": [
            {"type": "page", "messageId": "1", "timestamp": at, **PERSON},
            {
                "type": "track",
                "event": "x",
                "messageId": "2",
                "timestamp": at,
                "context": {"page": {"path": "/own"}},
                **PERSON,
            },
            {"type": "track", "messageId": "3", "timestamp": at, **PERSON},
            "nonsense",
        ],
    }
    answer = send(batch, key=make_key(), path=path)
    assert counts(answer) == (2, 0, 2)
    assert stored("event_type", "page_path") == [("custom.x", "/own"), ("page.viewed", "/shared")]
    assert rejected("reason", "source_name") == [("malformed", None), ("missing_type", None)]


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"Authorization": basic(f"{key}:")},
        lambda key: {"Authorization": basic(key)},
        lambda key: {"X-Write-Key": f"{key}:secret"},
        lambda key: {"X-Api-Key": key},
    ],
    ids=["basic", "basic without colon", "write key header", "api key header"],
)
def test_the_key_is_taken_from_every_place_that_sdks_put_it(headers):
    key = make_key()
    client = Client()
    answer = client.post(
        "/v1/track", json.dumps({**PERSON, "event": "x"}), content_type="text/plain", headers=headers(key)
    )
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_the_key_in_the_body_is_taken_and_the_header_wins_over_it():
    body = {**PERSON, "event": "x", "writeKey": make_key()}
    answer = Client().post("/v1/track", json.dumps(body), content_type="text/plain")
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    masked = {**body, "writeKey": "zpk_masked:***"}
    answer = Client().post(
        "/v1/track", json.dumps(masked), content_type="text/plain", headers={"X-Write-Key": make_key()}
    )
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


def test_a_batch_that_is_none_is_kept_as_rejected():
    answer = send({"batch": "all of it"}, key=make_key(), path="/v1/batch")
    assert counts(answer) == (0, 0, 1)
    assert rejected("reason", "message") == [("malformed", "A batch must be an object with a list `batch`.")]
