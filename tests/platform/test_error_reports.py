"""What the log calls an error is reported: grouped, rarely, and without anything that people brought."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import structlog
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from zuka.platform.error_reports.describing import describe
from zuka.platform.error_reports.dsn import read_dsn
from zuka.platform.error_reports.sending import MOST_A_MINUTE, MOST_GROUPS, ReportingHandler, Sieve
from zuka.platform.logs import logging_config
from zuka.platform.setting_kinds import InvalidValue
from zuka.platform.watch_settings import errors_dsn

SECRET = "ada@example.com"


class Inbox(HTTPServer):
    """A server that keeps what is reported to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keeper)
        self.kept: list[tuple[str, str | None, list[Any]]] = []
        self.status = 200

    @property
    def dsn(self) -> str:
        return f"http://public-key@127.0.0.1:{self.server_port}/errors/7"


class Keeper(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.kept.append((self.path, self.headers["X-Sentry-Auth"], list(map(json.loads, body.splitlines()))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sell(person: str) -> None:
    raise LookupError(f"{person} is not there")


def serve(person: str) -> None:
    try:
        sell(person)
    except LookupError as error:
        raise ValidationError(f"{person} bought nothing") from error


def test_an_error_is_reported_once_a_minute_without_what_people_brought(inbox: Inbox) -> None:
    handler, log = ReportingHandler(inbox.dsn), logging.getLogger("tests.reported")
    log.addHandler(handler)
    request = RequestFactory().post(f"/api/v1/orders/?email={SECRET}", {"card": SECRET})
    request.resolver_match = type("Match", (), {"view_name": "orders", "route": "orders/"})()
    try:
        for _ in range(3):
            try:
                serve(SECRET)
            except ValidationError:
                structlog.get_logger("tests.reported").exception("order.failed", email=SECRET)
                log.exception("Internal Server Error: %s", request.path, extra={"request": request})
        log.error("One of %s", SECRET)
        log.warning("not an error")
    finally:
        log.removeHandler(handler)
        handler.end()
    paths, auths, bodies = zip(*inbox.kept, strict=True)
    assert set(paths) == {"/errors/api/7/envelope/"}
    assert set(auths) == {"Sentry sentry_version=7, sentry_client=zuka/1, sentry_key=public-key"}
    assert SECRET not in json.dumps(bodies)
    events = [body[2] for body in bodies]
    shown = [(each["transaction"], each.get("message"), each["tags"]["times"]) for each in events]
    assert shown == [("tests.reported", None, "1"), ("tests.reported", "One of %s", "1")]
    kinds = [(each["type"], each["stacktrace"]["frames"][-1]) for each in events[0]["exception"]["values"]]
    assert [(kind, frame["filename"], frame["function"], frame["in_app"]) for kind, frame in kinds] == [
        ("LookupError", "tests/platform/test_error_reports.py", "sell", True),
        ("ValidationError", "tests/platform/test_error_reports.py", "serve", True),
    ]
    assert events[0]["fingerprint"] == [
        "ValidationError",
        "tests/platform/test_error_reports.py:serve",
        "tests/platform/test_error_reports.py:sell",
    ]


def test_a_request_s_error_is_told_by_its_route() -> None:
    record = logging.makeLogRecord({"msg": "Internal Server Error: %s", "args": (SECRET,), "name": "django.request"})
    record.__dict__["request"] = request = RequestFactory().get("/")
    assert describe(record).facts["transaction"] == "django.request"
    request.resolver_match = type("Match", (), {"view_name": "", "route": "orders/"})()
    assert describe(record).facts["transaction"] == "orders/"
    task = {"name": "celery", "msg": "Task failed", "data": {"name": "shop.sweep", "args": SECRET}}
    assert describe(logging.makeLogRecord(task)).facts == {
        "level": "error",
        "platform": "python",
        "logger": "celery",
        "transaction": "shop.sweep",
        "message": "Task failed",
        "fingerprint": ["celery", "Task failed"],
    }


def test_the_same_error_is_held_back_and_counted() -> None:
    now = [0.0]
    sieve = Sieve(lambda: now[0])
    assert [sieve.let_through(("a",)) for _ in range(4)] == [1, None, None, None]
    now[0] = 61
    assert (sieve.let_through(("a",)), sieve.let_through(("a",))) == (4, None)


def test_many_errors_are_not_all_sent_and_not_all_remembered() -> None:
    now = [0.0]
    sieve = Sieve(lambda: now[0])
    sent = [sieve.let_through((str(number),)) for number in range(MOST_GROUPS + 50)]
    assert (sent.count(1), len(sieve.groups)) == (MOST_A_MINUTE, MOST_GROUPS)
    now[0] = 61
    assert sieve.let_through(("new",)) == 1


@pytest.mark.parametrize("status", [None, 429, 500])
def test_nobody_hears_of_it_when_errors_cannot_be_reported(
    inbox: Inbox, status: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    handler = ReportingHandler(inbox.dsn if status else "http://key@127.0.0.1:9/1")
    inbox.status = status or 200
    handler.handle(logging.makeLogRecord({"msg": "failed", "levelno": logging.ERROR}))
    handler.end()
    assert "error.not_reported" in caplog.text


def test_a_line_that_cannot_be_described_is_told_as_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    handler = ReportingHandler("http://key@127.0.0.1:9/1")
    handler.emit(logging.makeLogRecord({"msg": "failed", "exc_info": (None, None, None)}))
    handler.emit(logging.makeLogRecord({"msg": {"event": "x", "exc_info": 7, "request_id": None}}))
    record = logging.makeLogRecord({"msg": "failed"})
    record.__dict__["request"] = type("Odd", (), {"resolver_match": 3})()
    handler.emit(record)
    handler.end()
    assert "error.not_described" in caplog.text


def test_the_dsn_says_where_and_by_which_key() -> None:
    assert read_dsn("https://abc@glitchtip.example/42") == ("https://glitchtip.example/api/42/envelope/", "abc")
    assert read_dsn("http://abc@host:8000/sub/42") == ("http://host:8000/sub/api/42/envelope/", "abc")
    assert errors_dsn("") == ""
    for wrong in ("abc", "https://glitchtip.example/42", "https://abc@glitchtip.example/", "ftp://abc@host/1"):
        with pytest.raises(InvalidValue, match="expected https://key@host/number"):
            errors_dsn(wrong)


def test_errors_are_reported_where_a_dsn_says_so_alone() -> None:
    assert logging_config(level="INFO", style="json")["root"]["handlers"] == ["console"]
    config = logging_config(level="INFO", style="json", errors_dsn="https://abc@host/1")
    assert (config["root"]["handlers"], config["handlers"]["errors"]["dsn"]) == (
        ["console", "errors"],
        "https://abc@host/1",
    )
