"""The report builder as a page, `<admin>/reports/build/`, and its answer as a file and over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS
from analytics.registry.reports.forms import Column
from analytics.report import presentation
from analytics.report.api import PARAMETERS, MayReadReports, asked_scope
from analytics.report.asking import (
    BETWEEN,
    BY_FIELDS,
    INTERVALS,
    METRIC_FIELDS,
    build_report,
    fitting_parameters,
    parse_build,
)
from analytics.report.building import figure_of_build, run_build
from analytics.report.export import FORMATS, table_json
from analytics.report.narrowed import segment_choices
from analytics.report.pages import answer_context, given_params
from analytics.report.picker import picker_fields
from analytics.report.proof import require_proof
from analytics.report.query import LARGEST_LIMIT, BadQuery, Query
from analytics.report.scope import OutOfScope, Scope, may_read_reports, scope_of
from analytics.report.sending import WAITED_ROWS, send_table
from analytics.report.table import Table
from zuka.platform import clock
from zuka.platform.admin.site import BackOffice

METRIC_IDS = [metric.id for metric in METRICS.values() if metric.sources]
A_METRIC, A_DIMENSION = "A metric.", "What to break it down by."
ASKED = [
    *(OpenApiParameter(name, OpenApiTypes.STR, enum=METRIC_IDS, description=A_METRIC) for name in METRIC_FIELDS),
    *(OpenApiParameter(name, OpenApiTypes.STR, enum=list(DIMENSIONS), description=A_DIMENSION) for name in BY_FIELDS),
    OpenApiParameter("interval", OpenApiTypes.STR, enum=[name for name, _ in INTERVALS], description="Rows of this."),
    *PARAMETERS,
]


class BuildPages:
    """The builder on one admin site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only. They come before those of the reports."""
        wrap = self.site.admin_view
        return [
            path("reports/build/", wrap(self.show), name="report-build"),
            path("reports/build/csv/", wrap(self.send_csv), name="report-build-csv"),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        """Return the builder with the answer to what is asked; 400 with the reason where it cannot be answered."""
        scope, params, now = build_scope(request), given_params(request), clock.now()
        try:
            query = parse_build(params=params, today=clock.local_day(now), scope=scope)
        except BadQuery as refusal:
            return self.show_refusal(request, build_report(scope), params, refusal)
        form = replace(query.report, parameters=fitting_parameters(query))
        try:
            built, table = run_build(query, now=now)
        except (BadQuery, OutOfScope) as refusal:
            return self.show_refusal(request, form, params, refusal)
        context = build_context(request, built, table, params)
        fields = picker_fields(form, params, segments=segment_choices(form, scope))
        return self.render(request, {"fields": fields, "report": built.report, **context})

    def send_csv(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer as a CSV download: all rows, not only those of the page."""
        scope, params, now = build_scope(request), given_params(request), clock.now()
        try:
            asked = {"limit": str(WAITED_ROWS), **params}
            query = parse_build(params=asked, today=clock.local_day(now), scope=scope, largest=WAITED_ROWS)
            return send_table(*run_build(query, now=now), FORMATS["csv"], now=now)
        except (BadQuery, OutOfScope) as refusal:
            return self.show_refusal(request, build_report(scope), params, refusal)

    def show_refusal(
        self, request: HttpRequest, form: Any, params: dict[str, str], refusal: BadQuery | OutOfScope
    ) -> HttpResponse:
        """Return the page with what is wrong, and the form to put it right."""
        choices = segment_choices(form, scope_of(request.user))
        fields = picker_fields(form, params, wrong=refusal.field or "", segments=choices)
        titles = {field.name: field.title for field in fields}
        named = titles.get(refusal.field or "", refusal.field)
        context = {"fields": fields, "report": form, "refusal": {"field": named, "message": refusal.message}}
        return self.render(request, context, status=refusal.status)

    def render(self, request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Return the page with the back office around it."""
        around = {**self.site.each_context(request), "title": context["report"].title}
        address = reverse("admin:report-build")
        return TemplateResponse(
            request, "analytics/report.html", {**around, "address": address, **context}, status=status
        )


def build_scope(request: HttpRequest) -> Scope:
    """Return whose rows somebody may build reports of. Raises PermissionDenied."""
    if not may_read_reports(request.user):
        raise PermissionDenied
    return scope_of(request.user)


def build_context(request: HttpRequest, query: Query, table: Table, params: dict[str, str]) -> dict[str, Any]:
    """Return what the template shows of a built report."""
    context = answer_context(request, query, table, params)
    rows, chart = context["rows"], query.report.chart
    return {
        **context,
        "figure": figure_of_build(table, query) if chart and not chart.each and table.series else None,
        "rows": [
            [narrowed(cell, column, params) for cell, column in zip(row, table.columns, strict=True)] for row in rows
        ],
        "is_cut": context["is_cut"] and any(column.name in DIMENSIONS for column in table.columns),
        "door": "",
        "files": [],
        "csv_url": presentation.with_params(reverse("admin:report-build-csv"), params),
        "json_url": presentation.with_params(reverse("report-query"), params),
    }


def narrowed(cell: presentation.Cell, column: Column, params: dict[str, str]) -> presentation.Cell:
    """Return the cell of a dimension as the way to the same report about its value alone."""
    if column.name not in DIMENSIONS or cell.href or params.get(column.name) == cell.text or BETWEEN in cell.text:
        return cell
    address = presentation.with_params(reverse("admin:report-build"), {**params, column.name: cell.text})
    return replace(cell, href=address)


class ReportQuery(APIView):
    """Any metrics by an interval and up to two dimensions, as JSON. Each dimension's name is a filter too."""

    permission_classes = [MayReadReports]

    @extend_schema(
        operation_id="report_query", tags=["reports"], parameters=ASKED, responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, request: Request) -> Response:
        """Return the table of what is asked. What cannot be added up is refused, with the reason."""
        return Response(table_json(answer(request, largest=LARGEST_LIMIT)[1]))


class ReportQueryCsv(APIView):
    """Any metrics by an interval and up to two dimensions, as a CSV file."""

    permission_classes = [MayReadReports]

    @extend_schema(
        operation_id="report_query_csv",
        tags=["reports"],
        parameters=ASKED,
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Return the table of what is asked as a download."""
        return send_table(*answer(request, largest=WAITED_ROWS), FORMATS["csv"], now=clock.now())


def answer(request: Request, *, largest: int) -> tuple[Query, Table]:
    """Return what a call asks for, and its table. Raises BadQuery and OutOfScope."""
    now, params = clock.now(), request.query_params.dict()
    query = parse_build(params=params, today=clock.local_day(now), scope=asked_scope(request), largest=largest)
    require_proof(request, query.report, query.scope)
    return run_build(query, now=now)
