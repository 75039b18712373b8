"""Calls to providers of payments, text messages and models: whom, how and what came of it, not what was said."""

from __future__ import annotations

import functools
from collections.abc import Callable

import httpx2
from opentelemetry.trace import SpanKind, StatusCode

from zuka.platform.tracing.exporting import is_traced, process_tracer


def watch_calls() -> None:
    """Trace every call by httpx2 that a traced request or task makes from now on. May be called again."""
    ask = httpx2.HTTPTransport.handle_request
    if hasattr(ask, "__wrapped__"):
        return

    @functools.wraps(ask)
    def handle_request(self: httpx2.HTTPTransport, request: httpx2.Request) -> httpx2.Response:
        return trace_call(functools.partial(ask, self), request) if is_traced() else ask(self, request)

    httpx2.HTTPTransport.handle_request = handle_request  # type: ignore[method-assign] # the one place all calls pass


def trace_call(ask: Callable[[httpx2.Request], httpx2.Response], request: httpx2.Request) -> httpx2.Response:
    """Send a request in a span that lasts until the answer begins; paths hold references of payments and stay here."""
    host = request.url.host
    facts = {"http.request.method": request.method, "server.address": host}
    span = process_tracer().start_span(f"{request.method} {host}", kind=SpanKind.CLIENT, attributes=facts)
    try:
        answer = ask(request)
        span.set_attribute("http.response.status_code", answer.status_code)
        if answer.status_code >= 400:
            span.set_status(StatusCode.ERROR)
    except Exception as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
    else:
        return answer
    finally:
        span.end()
