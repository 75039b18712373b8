"""Begins a trace with each request that Django answers."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode

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
        with process_tracer().start_as_current_span(
            "request", context=Context(), kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            response = self.get_response(request)
            if span.is_recording():
                describe(span, request, response)
        return response


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
