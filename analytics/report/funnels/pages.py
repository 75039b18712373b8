"""What the funnel's page has beside every report's: its builder, and where the form of it leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from analytics.registry.reports import REPORTS
from analytics.report.funnels.builder import funnel_address, make_builder
from analytics.report.presentation import report_url
from analytics.report.query import SHARED

REPORT = "event_funnel"


def funnel_context(params: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows beside the answer."""
    return {"builder": make_builder(params), "address": reverse("admin:funnel-build")}


def build_funnel(request: HttpRequest) -> HttpResponse:
    """Lead to the funnel that the inputs make, changed by the button that was pressed."""
    if not request.user.has_perm("analytics.view_report"):
        raise PermissionDenied
    given = {name: value for name, value in request.GET.dict().items() if isinstance(value, str) and value.strip()}
    own = [parameter.name for parameter in REPORTS[REPORT].parameters]
    params, part = funnel_address(given, [*sorted(SHARED), *own])
    return redirect(report_url(REPORT, params) + part)
