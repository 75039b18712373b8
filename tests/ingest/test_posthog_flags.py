"""PostHog's `/flags` and `/decide` answer with the shop's own flags, as each of its versions reads them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.commerce.factories import UserFactory
from tests.platform.flags.making import NOW, make_flag
from zuka.platform.actor import Actor
from zuka.platform.flags.asking import answer_for
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
PAGE = "https://shop.example"


@pytest.fixture
def key() -> str:
    """A publishable key for pages of one origin, with some flags to ask for."""
    make_flag("checkout", variants=[])
    make_flag("customers", unit="user", variants=[])
    make_flag("hidden", is_public=False)
    make_flag("ios", variants=[], attributes={"platform": ["ios"]})
    make_flag("killed", is_killed=True)
    make_flag("promise")
    return issue_key(name="Web", kind="publishable", scopes=["track"], allowed_origins=[PAGE])[1]


def ask(path: str, said: Any, **headers: str) -> Any:
    """Ask for flags as an SDK does."""
    body = said if isinstance(said, bytes) else json.dumps(said)
    return Client().post(path, body, content_type="text/plain", headers=headers)


def test_each_version_is_answered_as_its_sdks_read_it(key: str) -> None:
    said = {"token": key, "distinct_id": "ada", "$device_id": "ada"}
    new, old, older, first = (ask(f"{path}/?v={v}", said).json() for path, v in PATHS)
    values = {"checkout": True, "customers": False, "ios": False, "promise": "control"}
    assert (new, new) == (old, ask("/flags/", said).json())
    assert (new["featureFlags"], new["errorsWhileComputingFlags"]) == (values, False)
    told = {name: (each["key"], each["enabled"], each["variant"]) for name, each in new["flags"].items()}
    assert told == {
        "checkout": ("checkout", True, None),
        "customers": ("customers", False, None),
        "ios": ("ios", False, None),
        "promise": ("promise", True, "control"),
    }
    on = {"checkout": True, "promise": "control"}
    assert (older, first) == (
        {"featureFlags": on, "featureFlagPayloads": {}},
        {"featureFlags": list(on), "featureFlagPayloads": {}},
    )


PATHS = (("/flags", 2), ("/decide", 3), ("/decide", 2), ("/decide", 1))


def test_compressed_forms_queries_and_what_an_app_says_are_read(key: str) -> None:
    said = json.dumps({"token": key, "distinct_id": "ada", "person_properties": {"platform": "ios"}}).encode()
    form = urlencode({"data": base64.b64encode(said).decode()}).encode()
    answers = [
        ask("/flags/?v=2&compression=base64", form),
        ask("/flags/?v=2&compression=gzip-js", gzip.compress(said)),
    ]
    assert [answer.json()["featureFlags"]["ios"] for answer in answers] == [True, True]
    by_query = Client().get("/decide/", {"v": "3", "token": key, "distinct_id": "ada"}).json()
    assert by_query["featureFlags"]["ios"] is False


def test_visitors_have_what_the_server_draws_before_and_after_they_sign_in(key: str) -> None:
    for number in range(20):
        guest = {"token": key, "distinct_id": f"visitor-{number}", "$device_id": f"visitor-{number}"}
        known = {**guest, "distinct_id": "customer-7"}
        ours = answer_for("promise", actor=Actor(visitor_id=f"visitor-{number}")).variant
        found = [ask("/flags/?v=2", said).json()["featureFlags"] for said in (guest, known)]
        assert [each["promise"] for each in found] == [ours, ours]
        assert [each["customers"] for each in found] == [False, True]


def test_groups_are_looked_up_for_servers_and_never_for_pages(key: str) -> None:
    ada = UserFactory.create()
    ada.groups.add(Group.objects.create(name="Testers"))
    make_flag("testers", variants=[], groups=["Testers"])
    secret = issue_key(name="Server", kind="secret", scopes=["track"])[1]
    found = [ask("/flags/?v=2", {"token": token, "distinct_id": str(ada.pk)}).json() for token in (key, secret)]
    assert [each["featureFlags"]["testers"] for each in found] == [False, True]


def test_what_cannot_be_answered_says_why_and_without_a_key_nothing_is_on(key: str) -> None:
    make_flag("kept", ended_at=NOW, kept_variant="promise")
    answers = [
        ask("/flags/?v=2", {"token": "zpk_nobody", "distinct_id": "ada"}),
        ask("/flags/?v=2", {"token": key, "distinct_id": "ada"}, Origin="https://other.example"),
        ask("/flags/?v=2", b"{"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "invalid_key"),
        (403, "origin_not_allowed"),
        (400, "malformed"),
    ]
    assert ask("/flags/?v=2", {"distinct_id": "ada"}).json()["flags"] == {}
    assert ask("/flags/?v=2", {"token": key, "distinct_id": "ada"}, Origin=PAGE).json()["flags"]["kept"]["enabled"]
