"""Pinning from a dashboard's page: a pinned report's figures, pin, unpin, and move."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.http import require_POST

from analytics.registry.dashboards import Dashboard
from analytics.report.dashboard_pages import allowed_dashboard, answered
from analytics.report.pages import given_params
from analytics.report.pin_places import MAY_PIN, place_of_pin
from analytics.report.pins import answer_pin, find_pin, move_earlier, pin_report, unpin
from analytics.report.scope import scope_of
from analytics.store.models import DashboardPin
from zuka.platform import clock
from zuka.platform.admin.site import BackOffice
from zuka.platform.errors import Refused

Change = Callable[..., DashboardPin]


class PinPages:
    """What may be done with pins, on one admin site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap, pins = self.site.admin_view, "dashboards/<slug:dashboard_id>/pins/"
        changes: dict[str, Change] = {"remove": unpin, "earlier": move_earlier}
        return [
            path(pins, wrap(require_POST(self.add)), name="pin-add"),
            path(f"{pins}<int:pk>/", wrap(self.show), name="pin"),
            *(
                path(f"{pins}<int:pk>/{name}/", wrap(require_POST(partial(self.change, change))), name=f"pin-{name}")
                for name, change in changes.items()
            ),
        ]

    def add(self, request: HttpRequest, dashboard_id: str) -> HttpResponse:
        """Pin the chosen report, and show the dashboard again."""
        dashboard = pinning(request, dashboard_id)
        saved, _, role = request.POST.get("pin", "").partition(":")
        if not saved.isdecimal() or not (role == "" or role.isdecimal()):
            messages.error(request, "Choose a saved report to pin.")
            return back_to(dashboard)
        chosen: dict[str, Any] = {"saved_id": int(saved), "role_id": int(role) if role else None}
        try:
            pin_report(**chosen, dashboard_id=dashboard.id, user=request.user, at=clock.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        return back_to(dashboard)

    def change(self, change: Change, request: HttpRequest, dashboard_id: str, pk: int) -> HttpResponse:
        """Unpin or move a pin, and show the dashboard again."""
        dashboard = pinning(request, dashboard_id)
        try:
            change(pk=pk, user=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
        return back_to(dashboard)

    def show(self, request: HttpRequest, dashboard_id: str, pk: int) -> HttpResponse:
        """Return a pinned report with its figures; the reason where it cannot be answered."""
        dashboard, params, scope = pinning(request, dashboard_id), given_params(request), scope_of(request.user)
        pin = find_pin(request.user, dashboard.id, pk, scope=scope)
        if pin is None:
            raise Http404
        try:
            answer = answer_pin(pin, params, now=clock.now(), scope=scope)
        except Refused as refusal:
            text = f"{refusal.field}: {refusal.message}" if refusal.field else refusal.message
            return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
        place = place_of_pin(dashboard, pin, params, user=request.user)
        return TemplateResponse(request, "analytics/widget.html", answered(dashboard, answer, params) | place)


def pinning(request: HttpRequest, dashboard_id: str) -> Dashboard:
    """Return the dashboard of an id for who may pin to it. Raises PermissionDenied and Http404."""
    dashboard = allowed_dashboard(request, dashboard_id)
    if not request.user.has_perm(MAY_PIN):
        raise PermissionDenied
    return dashboard


def back_to(dashboard: Dashboard) -> HttpResponse:
    """Show a dashboard again."""
    return redirect(reverse("admin:dashboard", args=[dashboard.id]) + "#pins")
