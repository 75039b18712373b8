"""Begins a trace with each request that Django answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, use_span

from zuka.platform.tracing.exporting import process_tracer
from zuka.platform.usage.middleware import METHODS, endpoint_of


class TracingMiddleware:
    """Put each request into a span. What a caller says of a trace is not heeded: anybody could have all traces sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.files = (settings.STATIC_URL, settings.MEDIA_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; files are not traced."""
        if request.path_info.startswith(self.files):
            return self.get_response(request)
        span = process_tracer().start_span("request", context=Context(), kind=SpanKind.SERVER)
        try:
            with within(span):
                response = self.get_response(request)
        except BaseException:
            span.end()
            raise
        if span.is_recording():
            describe(span, request, response)
        if response.streaming:
            follow(span, response)
        else:
            span.end()
        return response


def within(span: Span) -> AbstractContextManager[Span]:
    """Have what is done meanwhile belong to a span, which goes on."""
    return use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False)


def follow(span: Span, response: Any) -> None:
    """Let a streamed answer's span end when the stream does, or its caller goes.

    What plain streams do for each piece belongs to it. Those of coroutines run elsewhere, and files are sent by the
    server.
    """
    if not response.is_async and not isinstance(response, FileResponse):
        response.streaming_content = pieces_within(span, response.streaming_content)
    response._resource_closers.append(span.end)  # noqa: SLF001 - the way in which Django closes what an answer holds


def pieces_within(span: Span, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces, each made within the span."""
    waiting = iter(pieces)
    while True:
        with within(span):
            piece = next(waiting, None)
        if piece is None:
            return
        yield piece


def describe(span: Span, request: HttpRequest, response: HttpResponse) -> None:
    """Say what a request was by its route: never its address, what it brought, or who sent it."""
    method = request.method if request.method in METHODS else "OTHER"
    route = endpoint_of(request)
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {"http.request.method": method or "", "http.route": route, "http.response.status_code": response.status_code}
    )
    if request_id := getattr(request, "request_id", None):
        span.set_attribute("zuka.request_id", request_id)
    if response.status_code >= 500:
        span.set_status(StatusCode.ERROR)
