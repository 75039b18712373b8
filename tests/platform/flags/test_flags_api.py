"""Flags over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.platform.flags.making import NOW, make_flag
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
URL = "/api/v1/flags/"
PAIR = [{"name": "control", "weight": 50}, {"name": "promise", "weight": 50}]


@pytest.fixture
def key() -> str:
    """A publishable key for pages of one origin."""
    return issue_key(
        name="Web", kind="publishable", scopes=["track"], tier="pro", allowed_origins=["https://shop.example"]
    )[1]


def ask(key: str, query: str = "", **headers: str):
    return Client().get(f"{URL}?key={key}{query}", headers={"X-Zuka-Visitor": "ada", **headers})


def test_it_names_what_is_for_clients_and_live_and_never_why(key):
    make_flag()
    make_flag("pros", variants=[], tiers=["pro"], countries=[], groups=[])
    make_flag("ios", variants=[], attributes={"platform": ["ios"]})
    make_flag("customers", unit="user")
    make_flag("kept", ended_at=NOW, kept_variant="promise")
    hidden: tuple[dict[str, Any], ...] = (
        {"is_public": False},
        {"started_at": None},
        {"is_killed": True},
        {"ended_at": NOW},
    )
    for number, told in enumerate(hidden):
        make_flag(f"hidden-{number}", **told)
    draw = {"salt": "f00d", "rollout": 10_000, "variants": PAIR}
    switch = {"unit": "visitor", "is_on": True, "variant": "", "is_experiment": False, "draw": {**draw, "variants": []}}
    off = {"is_on": False, "variant": "", "draw": None}
    assert ask(key).json() == {
        "flags": [
            {"name": "customers", "unit": "user", "is_experiment": True, **off},
            {"name": "ios", "unit": "visitor", "is_experiment": False, **off},
            {
                "name": "kept",
                "unit": "visitor",
                "is_on": True,
                "variant": "promise",
                "is_experiment": False,
                "draw": None,
            },
            {
                "name": "promise",
                "unit": "visitor",
                "is_on": True,
                "variant": "control",
                "is_experiment": True,
                "draw": draw,
            },
            {"name": "pros", **switch},
        ]
    }
    assert {"name": "ios", **switch} in ask(key, "&attribute=platform:ios").json()["flags"]


def test_it_is_kept_briefly_and_readable_by_pages_of_the_keys_origin(key):
    answer = ask(key, Origin="https://shop.example")
    assert [answer[name] for name in ("Cache-Control", "Access-Control-Allow-Origin", "Vary")] == [
        "private, max-age=15",
        "https://shop.example",
        "Origin, X-Zuka-Visitor, X-Session-Token, X-Api-Key, Authorization",
    ]
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "x-zuka-visitor"}
    before = Client().options(URL, headers=asked)
    assert (before.status_code, before["Access-Control-Allow-Headers"]) == (204, "x-zuka-visitor")
    assert before["Access-Control-Allow-Origin"] == "https://shop.example"


@pytest.mark.parametrize(
    ("query", "headers", "status", "field"),
    [
        ("?key=zpk_unknown", {}, 401, "key"),
        ("", {}, 401, "key"),
        ("?key={key}", {"Origin": "https://other.example"}, 401, "key"),
        ("?key={key}&attribute=platform", {}, 400, "attribute"),
        ("?key={key}&attribute=:ios", {}, 400, "attribute"),
        ("?key={key}&attribute=a:" + "x" * 100, {}, 400, "attribute"),
        ("?key={key}" + "&attribute=a:b" * 21, {}, 400, "attribute"),
    ],
)
def test_what_cannot_be_answered_says_why(key, query, headers, status, field):
    answer = Client().get(URL + query.format(key=key), headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_it_asks_the_database_for_nothing_once_flags_and_key_are_kept(key, django_assert_num_queries):
    for number in range(3):
        make_flag(f"flag-{number}")
        ask(key)
        with django_assert_num_queries(0):
            assert len(ask(key).json()["flags"]) == number + 1


def test_the_script_is_small_and_its_own():
    answer = Client().get("/flags.js", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) < 2_300
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
