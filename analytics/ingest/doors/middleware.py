"""Tracking requests that come through Django's handler (its test client, `runserver`) are answered here, before
sessions, CSRF and redirects, with or without a trailing slash. Web answers them before it: `serving.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from analytics.ingest.doors.handling import handle
from analytics.ingest.doors.table import ROUTES


class DoorsMiddleware:
    """Answer the paths of the doors; pass everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a tracking request, or pass it on."""
        route = ROUTES.get(request.path_info.rstrip("/"))
        return handle(request, *route) if route else self.get_response(request)
