"""The page for partners does what it says: its commands are run, in order, against a server, and answer as shown."""

from __future__ import annotations

import http.client
import json
import re
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.architecture.sources import ROOT
from tests.commerce.accounts.doors import token_of
from tests.commerce.factories import UserFactory
from zuka.platform.keys.finding import find_grant
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db(transaction=True)
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
STATUSES = {"device_mismatch": 403, "invalid_key": 401}
CALM = {"resets_at", "validations_left"}  # what is another each day


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str


def run(command: str, values: dict[str, str]) -> Answer:
    """Do what a curl command of the page asks for."""
    for name in sorted(values, key=len, reverse=True):
        command = command.replace(f"${name}", values[name])
    words = iter(shlex.split(command.replace("\\\n", " "))[1:])
    method, url, body = "GET", "", None
    headers: dict[str, str] = {}
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word != "-i":
            url = word
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return Answer(answer.status, dict(answer.headers), text)


def without_calm(said: Any) -> Any:
    """Return an answer without what changes from day to day."""
    return {name: value for name, value in said.items() if name not in CALM}


def check(answer: Answer, kind: str, shown: str) -> None:
    """Compare an answer with what the page shows of it."""
    if kind == "http":
        for line in shown.splitlines():
            name, _, value = line.partition(": ")
            assert re.sub(r"[rt]=\d+", "", answer.headers[name]) == re.sub(r"[rt]=\d+", "", value)
        return
    told, said = json.loads(shown), json.loads(answer.text)
    assert (without_calm(said), set(said)) == (without_calm(told), set(told))
    assert answer.status == STATUSES.get(told.get("code"), 200)


def test_every_example_of_the_page_does_what_it_says(live_server: LiveServer) -> None:
    owner = UserFactory.create()
    scopes = ["track", "reports:read"]
    key, token = issue_key(name="Partner app", kind="secret", scopes=scopes, owner=owner)
    licence, licence_token = issue_key(name="Till", kind="secret", scopes=["track"], owner=owner, is_device_bound=True)
    values = {"ZUKA": live_server.url, "KEY": token, "KEY_ID": str(key.id), "SESSION": token_of(owner)}
    values |= {"LICENCE": licence_token, "LICENCE_ID": str(licence.id)}
    blocks = BLOCK.findall((ROOT / "docs/partners.md").read_text(encoding="utf-8"))
    answers: list[Answer] = []
    for kind, text in blocks:
        if kind == "sh":
            answers.append(run(text, values))
        else:
            check(answers[-1], kind, text)
    assert [answer.status for answer in answers] == [200, 200, 403, 200, 200, 200, 200, 401, 200, 200, 200, 200]
    rotated = json.loads(answers[-3].text)["token"]
    assert [find_grant(each) is not None for each in (token, rotated)] == [True, True]
    licence.refresh_from_db()
    assert licence.device_hash is None
