"""Measures each request that Django answers and lets it wait to be recorded; nothing else happens on its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from zuka.platform.http import client_ip
from zuka.platform.keys.finding import Grant
from zuka.platform.usage.caching import forget_cached, was_cached
from zuka.platform.usage.recording import Call, process_log

API = "/api/"
UNROUTED = "unrouted"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOT_MODIFIED = 304


class UsageMiddleware:
    """Note how long a request took and what became of it. Stands outside of all that takes time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        forget_cached()
        began = time.perf_counter()
        response = self.get_response(request)
        process_log().add(make_call(request, response, seconds=time.perf_counter() - began))
        return response


def make_call(request: HttpRequest, response: HttpResponse, *, seconds: float) -> Call:
    """Return what is kept of a request and its answer."""
    return Call(
        at=time.time(),
        endpoint=endpoint_of(request),
        method=request.method if request.method in METHODS else "OTHER",
        status=response.status_code,
        ms=seconds * 1000,
        request_bytes=length_of(request),
        response_bytes=None if response.streaming else len(response.content),
        is_cached=response.status_code == NOT_MODIFIED or was_cached(),
        is_api=request.path_info.startswith(API),
        key=key_of(request),
        user=user_of(request),
        ip=client_ip(request),
    )


def endpoint_of(request: HttpRequest) -> str:
    """Return the name of a request's route, its pattern where it has no name; one name for all that have no route."""
    match = request.resolver_match
    return (match.view_name or match.route)[:100] if match else UNROUTED


def length_of(request: HttpRequest) -> int:
    """Return how many bytes a request announced."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isdecimal() and len(length) < 16 else 0


def key_of(request: HttpRequest) -> UUID | None:
    """Return the secret key that made the request; DRF leaves its grant on Django's request."""
    grant = request.__dict__.get("auth")
    return grant.key_id if isinstance(grant, Grant) else None


def user_of(request: HttpRequest) -> UUID | None:
    """Return who was signed in, as far as somebody has asked: nobody is looked up for this."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    known = getattr(user, "pk", None)
    return known if isinstance(known, UUID) else None
