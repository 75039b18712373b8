"""Real processes send traces: a request, its statements and the task that it caused are one, and tell of nobody."""

from __future__ import annotations

import gzip
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bench.rig.site import Beginning, Site, reserved_port, scratch_site

pytestmark = pytest.mark.journey
PERSON = "ada.trace@example.com"
STRANGER = "4bf92f3577b34da6a3ce929d0e0e4736"
TASK = "zuka.platform.tasks.send_waiting_mails"


class Collector(ThreadingHTTPServer):
    """Keeps what is sent to it by OTLP over HTTP."""

    allow_reuse_port = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Keeper)
        self.kept: list[bytes] = []
        self.callers: set[tuple[str, str | None]] = set()

    def resources(self) -> Iterator[Any]:
        for body in list(self.kept):
            yield from ExportTraceServiceRequest.FromString(body).resource_spans

    def spans(self) -> list[Span]:
        return [span for each in self.resources() for scope in each.scope_spans for span in scope.spans]


class Keeper(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.callers.add((self.path, self.headers["Authorization"]))
        self.server.kept.append(body)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""


@contextmanager
def collecting(port: int) -> Iterator[Collector]:
    with Collector(port) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def facts(attributes: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in attributes}


def ask(site: Site, request_id: str) -> int:
    """Ask for a code by mail, which a worker sends; return the status."""
    told = {"X-Request-ID": request_id, "traceparent": f"00-{STRANGER}-00f067aa0ba902b7-01"}
    path = f"/api/v1/email-sign-ins/?utm_campaign=hidden-{request_id}"
    return site.send("POST", path, {"email": f"{request_id}.{PERSON}"}, headers=told)[0]


def trace_of(collector: Collector, request_id: str) -> list[Span]:
    """Return the spans of the trace that a request began; none while it has not come."""
    spans = collector.spans()
    mine = [each.trace_id for each in spans if facts(each.attributes).get("zuka.request_id") == request_id]
    return [each for each in spans if each.trace_id in mine]


def wait_for_task(collector: Collector, request_id: str) -> list[Span]:
    """Return a trace once its task is in it."""
    end = time.monotonic() + 60
    while True:
        trace = trace_of(collector, request_id)
        if TASK in {each.name for each in trace}:
            return trace
        assert time.monotonic() < end, [each.name for each in trace]
        time.sleep(0.1)


def test_a_request_is_one_trace_with_its_statements_and_its_task():
    with reserved_port() as port, scratch_site(Beginning.EMPTY) as site:
        site.environment |= {
            "TRACES_URL": f"http://127.0.0.1:{port}/v1/traces",
            "TRACES_HEADERS": "authorization=Bearer let-me-in",
            "TRACES_SERVICE": "shop",
            "TRACES_RELEASE": "1.2.3",
            "EMAIL_URL": "smtp://127.0.0.1:9",  # nobody takes the mail
            "MAIL_FROM": "shop@shop.example",
        }
        site.start_web()
        key = {"Authorization": f"Bearer {site.keys['secret']}"}
        began = time.monotonic()
        early = [site.send("GET", "/api/v1/reports/", headers=key)[0] for _ in range(10)]  # nobody takes traces yet
        assert (early, time.monotonic() - began < 8) == ([200] * 10, True)
        with collecting(port) as collector:
            site.start("worker")
            assert ask(site, "request-one") == 202
            trace = wait_for_task(collector, "request-one")
            check_trace(trace)
            assert site.send("GET", "/api/v1/reports/", headers=key | {"X-Request-ID": "with-a-key"})[0] == 200
            assert ask(site, "last-one") == 202
            end_at_once(site)
            assert TASK in {each.name for each in trace_of(collector, "last-one")}
            assert len(trace_of(collector, "with-a-key")) > 1
            check_tells_nothing(collector, site)
            assert site.log("web").count("traces.not_sent") <= 2, site.log("web")  # one a process and minute


def end_at_once(site: Site) -> None:
    """End web and worker as soon as the second task ran, before what waits would be sent anyway."""
    ran = "SELECT count(*) FROM platform_job_run WHERE task = %s"
    end = time.monotonic() + 60
    while site.sql(ran, [TASK]) != [(2,)]:
        assert time.monotonic() < end, site.log("worker")
        time.sleep(0.02)
    processes = [site.processes.pop(name) for name in ("worker", "web")]
    for process in processes:
        os.kill(process.pid, signal.SIGTERM)
    for process in processes:
        process.wait(30)


def check_trace(trace: list[Span]) -> None:
    """The request is the root; its statements and its task hang on it, and the task's statements on the task."""
    [root] = [each for each in trace if not each.parent_span_id]
    assert (root.name, root.kind, root.trace_id.hex() != STRANGER) == (
        "POST email-entry-codes",
        Span.SPAN_KIND_SERVER,
        True,
    )
    assert facts(root.attributes) == {
        "http.request.method": "POST",
        "http.route": "email-entry-codes",
        "http.response.status_code": 202,
        "zuka.request_id": "request-one",
    }
    [task] = [each for each in trace if each.name == TASK]
    assert (task.parent_span_id, task.kind) == (root.span_id, Span.SPAN_KIND_CONSUMER)
    statements = {
        (each.parent_span_id == task.span_id, each.name)
        for each in trace
        if facts(each.attributes).get("db.system.name") == "postgresql"
    }
    assert statements >= {(False, "INSERT"), (True, "SELECT"), (True, "UPDATE")}
    assert {each.parent_span_id for each in trace} == {b"", root.span_id, task.span_id}


def check_tells_nothing(collector: Collector, site: Site) -> None:
    """No byte that came is of a person, an address or a key; who sent it says what it is."""
    everything = b"".join(collector.kept)
    for hidden in (PERSON, "ada.trace", "hidden-", "let-me-in", STRANGER, site.keys["secret"], site.staff["email"]):
        assert hidden.encode() not in everything, hidden
    assert bytes.fromhex(STRANGER) not in everything
    assert collector.callers == {("/v1/traces", "Bearer let-me-in")}
    named = [facts(each.resource.attributes) for each in collector.resources()]
    assert {(each["service.name"], each["service.version"]) for each in named} == {("shop", "1.2.3")}
