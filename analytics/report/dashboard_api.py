"""Dashboards over HTTP: `/api/v1/reports/dashboards/` and `/api/v1/reports/dashboards/<id>`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.registry.dashboards import DASHBOARDS, Dashboard
from analytics.report.api import TEXTS, MayReadReports, asked_scope
from analytics.report.export import table_json
from analytics.report.pins import answer_pin, pin_json, pins_of
from analytics.report.proof import require_proof
from analytics.report.run import run_query
from analytics.report.widgets import ASKED, dashboard_json, find_dashboard, widget_json, widget_query, widgets_for
from zuka.platform import clock
from zuka.platform.errors import Refused
from zuka.platform.keys.finding import Grant

PARAMETERS = [OpenApiParameter(name, OpenApiTypes.STR, description=TEXTS[name]) for name in ASKED]


class DashboardList(APIView):
    """Every dashboard: its question and widgets."""

    permission_classes = [MayReadReports]

    @extend_schema(operation_id="dashboards", tags=["reports"], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """Return the declarations of all dashboards."""
        scope = asked_scope(request)
        return Response([dashboard_json(dashboard, scope) for dashboard in DASHBOARDS.values()])


class DashboardDetail(APIView):
    """One dashboard as JSON: each widget with the table of its report, and what the asker has pinned to it.

    Money in kobo, ratios as numbers.
    """

    permission_classes = [MayReadReports]

    @extend_schema(
        operation_id="dashboard", tags=["reports"], parameters=PARAMETERS, responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, request: Request, dashboard_id: str) -> Response:
        """Return a dashboard with the tables of its widgets."""
        dashboard, params, now = find_dashboard(dashboard_id), request.query_params.dict(), clock.now()
        today, scope = clock.local_day(now), asked_scope(request)
        shown = widgets_for(dashboard, scope)
        queries = [widget_query(widget, params, today=today, scope=scope) for widget in shown]
        for query in queries:
            require_proof(request, query.report, scope)
        found = [
            {**widget_json(widget), "table": table_json(run_query(query, now=now))}
            for widget, query in zip(shown, queries, strict=True)
        ]
        said = dashboard_json(dashboard, scope)
        return Response({**said, "widgets": found, "pins": pinned_tables(request, dashboard, now)})


def pinned_tables(request: Request, dashboard: Dashboard, now: datetime) -> list[dict[str, Any]]:
    """Return what a member of staff has pinned to a dashboard, each with its table; a key has no pins."""
    if isinstance(request.auth, Grant) or not request.user.has_perm("analytics.view_savedreport"):
        return []
    scope, params = asked_scope(request), request.query_params.dict()
    found = []
    for pin in pins_of(request.user, dashboard.id, scope=scope):
        try:
            answer = answer_pin(pin, params, now=now, scope=scope)
            require_proof(request, answer.table.report, scope)
            table = table_json(answer.table)
            found.append({**pin_json(pin), "table": table})
        except Refused as refusal:  # one that cannot be answered any more must not keep the others
            found.append({**pin_json(pin), "table": None, "message": refusal.message})
    return found
