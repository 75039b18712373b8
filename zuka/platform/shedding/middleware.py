"""Refuses what a web process in a crowd can best do without, before it costs anything."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.module_loading import import_string

from zuka.platform.errors import later_answer
from zuka.platform.shedding.gate import Gate
from zuka.platform.shedding.urgencies import NoUrgency, find_urgency

# Doubles of what a browser does by itself stay small, and a page that waits is not left for good.
RETRY_SECONDS = 5
MESSAGE = "The shop is very busy. Try again in a few seconds."


class SheddingMiddleware:
    """Let requests through while threads are free, by urgency when they have not been for a while (RFC 9110, 503)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.urgencies = import_string(settings.URGENCIES)
        self.gate = Gate(self.urgencies, threads=settings.WEB_THREADS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or say when to come back."""
        if not self.gate.is_open:
            self.gate.look(time.monotonic())
            if not self.takes(request):
                return busy_answer(request)
        self.gate.enter(time.monotonic())
        try:
            return self.get_response(request)
        finally:
            self.gate.leave(time.monotonic())

    def takes(self, request: HttpRequest) -> bool:
        """Say whether a request is taken now. What has no route costs next to nothing, and is."""
        try:
            match = resolve(request.path_info)
        except Resolver404:  # a file, or nothing: it costs next to nothing
            return True
        request.resolver_match = match  # whoever counts requests counts this one by its route
        try:
            urgency = find_urgency(self.urgencies, route_of(match))
        except NoUrgency:  # a route that somebody added to their shop: it is answered, as on any other day
            return True
        return self.gate.takes(urgency)


def route_of(match: ResolverMatch) -> str:
    """Return the name of a route, its pattern where it has no name, with its namespaces in front."""
    return ":".join((*match.namespaces, match.url_name or match.route))


def busy_answer(request: HttpRequest) -> HttpResponse:
    """Answer 503 with when to come back: a page for people, which does so by itself, JSON for programs."""
    return later_answer(request, code="busy", message=MESSAGE, seconds=RETRY_SECONDS)
