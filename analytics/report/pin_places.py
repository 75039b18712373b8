"""Where pinned reports stand on a dashboard's page, and what else may be pinned there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from analytics.registry.dashboards import Dashboard
from analytics.registry.reports import REPORTS
from analytics.report import presentation, widgets
from analytics.report.pins import OVER_DAYS, asked_of, may_change, may_show, page_url, pins_of, widget_of
from analytics.report.saved import BUILD, visible_to
from analytics.report.scope import scope_of
from analytics.store.models import DashboardPin, SavedReport

MAY_PIN = "analytics.view_savedreport"


def pinned(request: HttpRequest, dashboard: Dashboard, params: dict[str, str]) -> dict[str, Any]:
    """Return what a dashboard's page shows of pins: those there, and what may be pinned; nothing for who may not."""
    if not request.user.has_perm(MAY_PIN):
        return {}
    pins = pins_of(request.user, dashboard.id, scope=scope_of(request.user))
    return {
        "pins": [place_of_pin(dashboard, pin, params, user=request.user) for pin in pins],
        "can_pin": True,
        "pin_url": reverse("admin:pin-add", args=[dashboard.id]),
        "pin_choices": pin_choices(request.user, taken={pin.saved_id for pin in pins}),
    }


def pin_choices(user: Any, *, taken: set[int]) -> list[tuple[str, str]]:
    """Return what somebody may pin, as value and words: each report for themselves, and for the roles they share it
    with.
    """
    scope, found = scope_of(user), []
    for saved in visible_to(user).prefetch_related("roles"):
        if not may_show(saved, scope):
            continue
        found += [] if saved.pk in taken else [(f"{saved.pk}", f"{saved.title}, for me")]
        found += [(f"{saved.pk}:{role.pk}", f"{saved.title}, for {role.name}") for role in roles_of(saved, user)]
    return found


def roles_of(saved: SavedReport, user: Any) -> list[Any]:
    """Return the roles that somebody may pin a report for."""
    return list(saved.roles.all()) if saved.owner_id == user.pk else []


def place_of_pin(dashboard: Dashboard, pin: DashboardPin, params: dict[str, str], *, user: Any) -> dict[str, Any]:
    """Return a pin's place on its page, with the addresses of its figures, of its report and of what may be done."""
    widget, named = widget_of(pin.saved), [dashboard.id, pin.pk]
    return {
        "widget": widget,
        "key": f"pin-{pin.pk}",
        "half": widgets.half_of(widget),
        "is_sparked": is_sparked(pin.saved.report),
        "source": presentation.with_params(reverse("admin:pin", args=named), params),
        "report_url": page_url(pin, params),
        "csv_url": file_url(pin, params),
        "pin": pin,
        "unpin_url": reverse("admin:pin-remove", args=named) if may_change(pin, user) else "",
        "earlier_url": reverse("admin:pin-earlier", args=named) if may_change(pin, user) else "",
    }


def is_sparked(report: str) -> bool:
    """Say whether a report's big numbers have lines below them."""
    chart = None if report == BUILD else REPORTS[report].chart
    return chart is not None and chart.x in OVER_DAYS


def file_url(pin: DashboardPin, params: dict[str, str]) -> str:
    """Return the address of a pin's rows as CSV."""
    asked = asked_of(pin, params)
    if pin.saved.report == BUILD:
        return presentation.with_params(reverse("admin:report-build-csv"), asked)
    return presentation.report_url(pin.saved.report, asked, name="report-csv")
