"""The doors before Django's handler: the same answers, and nothing else is touched."""

from __future__ import annotations

import io
import json
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from analytics.ingest.doors import serving
from analytics.ingest.doors.serving import DoorsApplication
from tests.ingest.factories import make_key, page_view, stored

pytestmark = pytest.mark.django_db(transaction=True)


def pass_on(_environ: Any, _start_response: Any) -> list[bytes]:
    return [b"passed on"]


def ask(path: str, **said: Any) -> tuple[str, dict[str, str], bytes]:
    """Call the application as a server does; what it passes on is answered with a word."""
    began: list[tuple[str, dict[str, str]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        began.append((status, dict(headers)))

    environ = {"PATH_INFO": path, **said}
    setup_testing_defaults(environ)
    body = b"".join(DoorsApplication(pass_on)(environ, start_response))
    return (*(began[0] if began else ("", {})), body)


def post(path: str, document: Any, **headers: str) -> tuple[str, dict[str, str], bytes]:
    body = json.dumps(document).encode()
    said = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
    return ask(path, REQUEST_METHOD="POST", **said, **headers)


def test_an_event_is_stored_and_answered():
    status, headers, body = post("/api/v1/events/", page_view(), HTTP_AUTHORIZATION=f"Bearer {make_key()}")
    assert (status, json.loads(body)["accepted"]) == ("200 OK", 1)
    assert headers == {"Content-Type": "application/json", "Content-Length": str(len(body))}
    assert stored("event_type") == [("page.viewed",)]


def test_everything_else_is_passed_on():
    assert ask("/api/v1/products/") == ("", {}, b"passed on")


def test_a_failure_nobody_foresaw_is_an_answer(monkeypatch):
    def fail(*_request: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(serving, "handle", fail)
    status, _, body = post("/v1/batch", {})
    assert (status, json.loads(body)["code"]) == ("500 Internal Server Error", "server_error")


def test_a_query_that_is_too_long_is_refused():
    query = "&".join(f"a{number}=1" for number in range(1_200))
    status, _, body = post("/v1/batch", {"batch": []}, QUERY_STRING=query)
    assert (status, json.loads(body)["code"]) == ("400 Bad Request", "malformed")
