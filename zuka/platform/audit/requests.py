"""Who writes in a request of the back office: found when something is written, since most requests only read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from zuka.platform.audit.actions import acting_for
from zuka.platform.audit.context import Acting, telling

REASONS = ("why", "reason")  # fields by which pages ask for one


class AuditMiddleware:
    """Has what staff write noted in the audit log, in all pages and calls that their session opens.

    The shop's customers carry tokens and no session of the back office: their requests pay nothing for this.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        is_office = request.path.startswith(f"/{settings.ADMIN_PATH}")
        if not is_office and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        with telling(Finding(request)):
            return self.get_response(request)


class Finding:
    """Says which member of staff a request is of; nobody until they have signed in."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.found: Acting | None = None

    def __call__(self) -> Acting | None:
        """Return who acts; found once, and again when a sign-in has changed it."""
        user = self.request.user
        if not (user.is_authenticated and user.is_staff):
            return None
        if self.found is None or self.found.actor_id != str(user.pk):
            self.found = replace(
                acting_for(user),
                request_id=str(getattr(self.request, "request_id", "")),
                path=self.request.path,
                reason=reason_of(self.request),
            )
        return self.found


def reason_of(request: HttpRequest) -> str:
    """Return the reason that a page has asked for, where it has."""
    if request.method != "POST":
        return ""
    return next((text for name in REASONS if (text := request.POST.get(name, "").strip())), "")
