"""Signing staff out who went away: a page left open is not theirs alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

SEEN = "office_seen_at"
NOTE_SECONDS = 60  # between two notes that somebody is there
POLLING = "X-Zuka-Polling"  # a page that asks by itself says so: that nobody closed it does not mean somebody is there


class IdleMiddleware:
    """Ends a session of the back office that nobody has used for STAFF_IDLE_MINUTES, and asks to sign in again.

    Whoever does is back on the page where they were. The shop's customers have tokens, which this leaves alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send to the sign-in."""
        minutes = settings.STAFF_IDLE_MINUTES
        if minutes and request.path.startswith(f"/{settings.ADMIN_PATH}") and SESSION_KEY in request.session:
            at = time.time()
            seen = request.session.get(SEEN)
            if seen is not None and at - seen > minutes * 60:
                return sign_out(request)
            if seen is None or (at - seen > NOTE_SECONDS and POLLING not in request.headers):
                request.session[SEEN] = at
        return self.get_response(request)


def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and answer with the way to the sign-in."""
    logout(request)
    messages.info(request, "You were away for a while, so you were signed out. Sign in to go on where you were.")
    address = f"{reverse('admin:login')}?{urlencode({'next': page_of(request)})}"
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def page_of(request: HttpRequest) -> str:
    """Return the page on which somebody was: that of the address, or the one a form or dialog was sent from."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    parts = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if not parts.path.startswith(f"/{settings.ADMIN_PATH}"):
        return reverse("admin:index")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
