"""Traces: off unless asked for, and never a value, an address or a person in them."""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import get_tracer_provider
from psycopg import sql

from zuka.platform.checks import check_traces
from zuka.platform.config import read_settings
from zuka.platform.setting_kinds import InvalidValue
from zuka.platform.tracing import choices, exporting
from zuka.platform.tracing.calls import trace_call, watch_calls
from zuka.platform.tracing.choices import Tracing, read_choices, tracing_middleware
from zuka.platform.tracing.exporting import ProcessTraces, RareWarnings, close_process_traces, is_traced
from zuka.platform.tracing.middleware import TracingMiddleware
from zuka.platform.tracing.statements import text_of, trace_statement
from zuka.platform.tracing.tasks import begin_task, carry_parent, end_task
from zuka.platform.watch_settings import headers, ratio, traces_url

SECRET = "ada@example.com"
SAMPLED = 1
AWAY = "http://127.0.0.1:9/v1/traces"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[InMemorySpanExporter]:
    """The spans of this process, kept instead of sent."""
    settings.TRACING = Tracing(url=AWAY)
    traces, kept = ProcessTraces(settings.TRACING), InMemorySpanExporter()
    traces.provider._active_span_processor.shutdown()
    traces.provider._active_span_processor._span_processors = (SimpleSpanProcessor(kept),)
    monkeypatch.setattr(exporting, "_traces", traces)
    yield kept
    close_process_traces()
    restore_logging()


def restore_logging() -> None:
    logger = logging.getLogger("opentelemetry")
    logger.handlers, logger.propagate = [], True


def answer(work: Any, *, route: str = "orders") -> HttpResponse:
    """What a request is answered that does some work, by the middleware alone."""
    request = RequestFactory().post(f"/api/v1/orders/{SECRET}/?q={SECRET}", {"email": SECRET})
    request.__dict__["request_id"] = "request-17"

    def respond(asked: Any) -> HttpResponse:
        asked.resolver_match = type("Match", (), {"view_name": route, "route": route})()
        return HttpResponse(status=work() or 200)

    return TracingMiddleware(respond)(request)


def told(span: ReadableSpan) -> tuple[Any, ...]:
    return span.name, span.kind.name, span.status.status_code.name, dict(span.attributes or {})


def test_traces_are_off_and_nothing_is_watched_by_default(settings: Any) -> None:
    assert read_choices(read_settings({"DEBUG": "true"})[0]) == Tracing(headers={})
    assert (settings.TRACING.is_on, tracing_middleware(settings.TRACING)) == (False, [])
    assert (connection.execute_wrappers, hasattr(httpx2.HTTPTransport.handle_request, "__wrapped__")) == ([], False)
    assert type(get_tracer_provider()).__name__ == "ProxyTracerProvider"


def test_traces_that_cannot_be_made_are_said_at_start(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRACING = Tracing(url=AWAY)
    assert (check_traces(None), tracing_middleware(settings.TRACING)) == (
        [],
        ["zuka.platform.tracing.middleware.TracingMiddleware"],
    )
    monkeypatch.setattr(choices, "NEEDED", ("not_installed.sdk",))
    [found] = check_traces(None)
    assert (found.id, "pip install 'opentelemetry-sdk>=" in str(found.hint)) == ("zuka.TRACES_URL", True)
    groups = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["dependency-groups"]
    assert groups["tracing"] == list(choices.PACKAGES)
    assert tracing_middleware(settings.TRACING) == []


def test_settings_are_read_and_their_keys_stay_out_of_what_is_said() -> None:
    assert headers(" Authorization=Bearer a=b, x-team = 7") == {"authorization": "Bearer a=b", "x-team": "7"}
    assert (headers(""), ratio("0"), ratio("0.05"), ratio("1")) == ({}, 0.0, 0.05, 1.0)
    assert (traces_url(""), traces_url("https://host/v1/traces")) == ("", "https://host/v1/traces")
    wrong: list[tuple[Any, str]] = [(headers, each) for each in ("secret", "=secret", "a b=secret", "a=secret\nb:c")]
    wrong += [(ratio, each) for each in ("", "1.1", "-1", "nan", "5%")]
    wrong += [(traces_url, each) for each in ("host/secret", "https://a:secret@host/", "https://host/?key=secret")]
    for read, raw in wrong:
        with pytest.raises(InvalidValue, match="expected") as refusal:
            read(raw)
        assert "secret" not in str(refusal.value)


def test_what_was_composed_into_a_statement_becomes_a_place() -> None:
    found = sql.SQL("SELECT {}, {} FROM {} WHERE a = %s").format(sql.Literal(SECRET), sql.SQL("1"), sql.Identifier("t"))
    assert text_of(found) == 'SELECT %s, 1 FROM "t" WHERE a = %s'
    assert (text_of(b"SELECT 1"), text_of("SELECT 2")) == ("SELECT 1", "SELECT 2")


@pytest.mark.django_db
def test_errors_of_statements_calls_and_tasks_are_told_by_their_kind(spans: InMemorySpanExporter) -> None:
    def work() -> int:
        with connection.execute_wrapper(trace_statement), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE traced (email text PRIMARY KEY)")
            cursor.execute("INSERT INTO traced VALUES (%s)", [SECRET])
            with pytest.raises(IntegrityError, match=SECRET):
                cursor.execute("INSERT INTO traced VALUES (%s)", [SECRET])
        request = httpx2.Request("POST", f"http://provider.example/verify/{SECRET}", headers={"X-Key": SECRET})
        with pytest.raises(httpx2.ConnectError), httpx2.Client(transport=Transport(error=True)) as client:
            trace_call(client._transport.handle_request, request)
        trace_call(Transport().handle_request, request)
        task = type("Task", (), {"name": "tests.tracing.fail", "request": type("Request", (), {})()})()
        begin_task(task_id="17", task=task)
        end_task(task_id="17", state="FAILURE", retval=LookupError(SECRET))
        end_task(task_id="unknown")
        return 503

    answer(work)
    insert = {"db.system.name": "postgresql", "db.operation.name": "INSERT"}
    insert["db.query.text"] = "INSERT INTO traced VALUES (%s)"
    call = {"http.request.method": "POST", "server.address": "provider.example"}
    task = {"messaging.system": "celery", "messaging.message.id": "17", "error.type": "LookupError"}
    request = {"http.request.method": "POST", "http.route": "orders", "http.response.status_code": 503}
    found = spans.get_finished_spans()
    assert list(map(told, found))[1:] == [
        ("INSERT", "CLIENT", "UNSET", insert),
        ("INSERT", "CLIENT", "ERROR", insert | {"error.type": "IntegrityError"}),
        ("POST provider.example", "CLIENT", "ERROR", call | {"error.type": "ConnectError"}),
        ("POST provider.example", "CLIENT", "ERROR", call | {"http.response.status_code": 404}),
        ("tests.tracing.fail", "CONSUMER", "ERROR", task),
        ("POST orders", "SERVER", "ERROR", request | {"zuka.request_id": "request-17"}),
    ]
    assert SECRET not in "".join(each.to_json() for each in found)
    assert {each.parent and each.parent.span_id for each in found} == {None, found[-1].context.span_id}


@pytest.mark.django_db
def test_a_streamed_answers_span_ends_with_its_stream(spans: InMemorySpanExporter) -> None:
    def pieces() -> Iterator[bytes]:
        for number in range(2):
            trace_call(Transport().handle_request, httpx2.Request("GET", f"http://provider.example/{number}"))
            yield b"piece"

    def respond(asked: Any) -> Any:
        asked.resolver_match = type("Match", (), {"view_name": "export", "route": "export"})()
        return StreamingHttpResponse(pieces())

    streamed = TracingMiddleware(respond)(RequestFactory().get("/export/"))
    assert spans.get_finished_spans() == ()
    assert streamed.getvalue() == b"piecepiece"
    assert [each.name for each in spans.get_finished_spans()] == ["GET provider.example"] * 2
    streamed.close()
    found = spans.get_finished_spans()
    assert [each.name for each in found][2:] == ["GET export"]
    assert {each.parent and each.parent.span_id for each in found} == {None, found[-1].context.span_id}
    left = TracingMiddleware(respond)(RequestFactory().get("/export/"))
    left.close()  # its caller has gone before the first piece
    assert [each.name for each in spans.get_finished_spans()][3:] == ["GET export"]


def test_a_request_that_ends_in_an_error_nobody_answers_is_traced(spans: InMemorySpanExporter) -> None:
    def fail(_asked: Any) -> HttpResponse:
        raise LookupError(SECRET)

    with pytest.raises(LookupError):
        TracingMiddleware(fail)(RequestFactory().get("/export/"))
    assert [each.name for each in spans.get_finished_spans()] == ["request"]
    assert SECRET not in spans.get_finished_spans()[0].to_json()


class Transport(httpx2.BaseTransport):
    """A provider that is away, or knows nothing."""

    def __init__(self, *, error: bool = False) -> None:
        self.error = error

    def handle_request(self, _request: httpx2.Request) -> httpx2.Response:
        if self.error:
            raise httpx2.ConnectError(SECRET)
        return httpx2.Response(404)


@pytest.mark.django_db
def test_who_is_not_traced_has_no_spans_and_nor_do_its_tasks(spans: InMemorySpanExporter, settings: Any) -> None:
    parents: list[dict[str, Any]] = []

    def work() -> None:
        parents.append({})
        carry_parent(headers=parents[-1])
        with connection.execute_wrapper(trace_statement), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    settings.TRACING = Tracing(url=AWAY, ratio=0.0)
    close_process_traces()
    answer(work)
    assert int(parents[0]["traceparent"][-2:], 16) & SAMPLED == 0
    work()
    carry_parent()
    assert (parents[1], spans.get_finished_spans()) == ({}, ())
    settings.TRACING = Tracing(url=AWAY)
    close_process_traces()
    file = TracingMiddleware(lambda _: HttpResponse(str(is_traced())))(RequestFactory().get("/static/a.css"))
    assert file.content == b"False"


def test_the_log_says_once_a_minute_that_traces_are_not_sent(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    handler = RareWarnings(lambda: now[0])
    for now[0] in (0.0, 1.0, 59.0, 60.0):
        handler.handle(logging.makeLogRecord({"msg": "no %s", "args": ("answer",), "levelno": logging.ERROR}))
    said: list[Any] = [each.msg for each in caplog.records if each.levelname == "WARNING"]
    assert [(each["event"], each["why"], each["times"]) for each in said] == [
        ("traces.not_sent", "no answer", 1),
        ("traces.not_sent", "no answer", 3),
    ]


def test_every_call_by_httpx2_is_seen_once(spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", httpx2.HTTPTransport.handle_request)  # put back
    watch_calls()
    watch_calls()

    def work() -> None:
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"http://127.0.0.1:9/verify/{SECRET}", trust_env=False)

    answer(work)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get("http://127.0.0.1:9/", trust_env=False)  # for nobody's request
    assert [each.name for each in spans.get_finished_spans()] == ["GET 127.0.0.1", "POST orders"]
