"""Reports over HTTP: `/api/v1/reports/`, `/api/v1/reports/<id>`, and as files `/api/v1/reports/<id>.csv`."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.registry.reports import REPORTS
from analytics.report.export import FORMATS, Format, column_json, table_json
from analytics.report.periods import COMPARISONS, PERIODS
from analytics.report.proof import require_proof
from analytics.report.query import SHARED, Query, find_report, parse_query
from analytics.report.run import run_query
from analytics.report.scope import Scope, may_read_reports, scope_of, scope_of_key
from analytics.report.seeing import seen_report
from analytics.report.sending import send_report
from zuka.platform import clock
from zuka.platform.audit.actions import acting_by_key
from zuka.platform.audit.context import Acting
from zuka.platform.keys.finding import Grant
from zuka.platform.keys.scopes import READ_REPORTS

TEXTS = {
    "period": f"One of {', '.join(PERIODS)}.",
    "compare": f"One of {', '.join(COMPARISONS)}.",
    "from": "First day; with `to`, wins over `period`.",
    "to": "Last day.",
    "before": "Continue a list of events: the `next` of the page before.",
    "before_id": "Continue a list of events: the `next` of the page before.",
    "currency": "Currency of the amounts.",
    "limit": "Rows at the most.",
    "segment": "The number of a segment whose people it is about, or not- and its number for everybody else.",
}
PARAMETERS = [OpenApiParameter(name, OpenApiTypes.STR, description=TEXTS[name]) for name in sorted(SHARED)]


class MayReadReports(BasePermission):
    """Allow a key with scope `reports:read`, and staff who may view reports; a brand's staff those on their brand."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - DRF's signature
        """Say whether this caller may read reports."""
        if isinstance(request.auth, Grant):
            return READ_REPORTS in request.auth.scopes
        return may_read_reports(request.user)


def asked_scope(request: Request) -> Scope:
    """Return what a caller may see."""
    return scope_of_key(request.auth.scopes) if isinstance(request.auth, Grant) else scope_of(request.user)


def read_query(request: Request, report_id: str, *, largest: int) -> Query:
    """Return the query of a request. Raises BadQuery, OutOfScope and ProofNeeded."""
    report, today, scope = find_report(report_id), clock.local_day(clock.now()), asked_scope(request)
    query = parse_query(report=report, params=request.query_params.dict(), today=today, scope=scope, largest=largest)
    require_proof(request, report, scope)
    return query


class ReportList(APIView):
    """Every report: its question, columns and parameters."""

    permission_classes = [MayReadReports]

    @extend_schema(operation_id="reports", tags=["reports"], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """Return the declarations of all reports that the caller may read."""
        scope = asked_scope(request)
        return Response(
            [
                {
                    "id": report.id,
                    "title": report.title,
                    "question": report.question,
                    "basis": report.basis.value,
                    "parameters": [{"name": each.name, "choices": dict(each.choices)} for each in report.parameters],
                    "columns": [column_json(column) for column in report.columns],
                }
                for report in (seen_report(each, scope) for each in REPORTS.values() if scope.allows(each))
            ]
        )


class ReportDetail(APIView):
    """One report as JSON. Money in kobo, ratios as numbers, empty cells null."""

    permission_classes = [MayReadReports]

    @extend_schema(operation_id="report", tags=["reports"], parameters=PARAMETERS, responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, report_id: str) -> Response:
        """Return the table of a report."""
        return Response(table_json(run_query(read_query(request, report_id, largest=1_000), now=clock.now())))


def key_of(request: Request) -> Acting | None:
    """Return the key of a request as the one that acts; None for staff, who are known otherwise."""
    return acting_by_key(request.auth.key_id) if isinstance(request.auth, Grant) else None


class ReportFile(APIView):
    """One report as a file."""

    permission_classes = [MayReadReports]
    kind: Format = FORMATS["csv"]

    def get(self, request: Request, report_id: str) -> HttpResponseBase:
        """Return the table of a report as a download."""
        query = read_query(request, report_id, largest=self.kind.most_rows)
        return send_report(query, self.kind, now=clock.now(), by=key_of(request))


def file_view(kind: Format) -> Any:
    """Return the view of a kind of file, with its part of the schema."""
    described = extend_schema(
        operation_id=f"report_{kind.id}",
        description=f"One report as a file. {kind.text}",
        tags=["reports"],
        parameters=PARAMETERS,
        responses={(200, kind.media_type.partition(";")[0]): OpenApiTypes.BINARY},
    )
    view: Any = type(f"Report{kind.id.capitalize()}", (ReportFile,), {"kind": kind})
    return extend_schema_view(get=described)(view).as_view()
