"""Exports over HTTP: started, looked at, cancelled and downloaded below `/api/v1/reports/<id>/exports/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.report.api import MayReadReports
from analytics.report.export import FORMATS
from analytics.report.jobs.offering import find_export, open_export, read_link, sign_link
from analytics.report.jobs.starting import Owner, cancel_export, scope_of_job, start_export
from analytics.report.proof import require_proof
from analytics.report.query import find_report
from analytics.report.sending import note_export
from analytics.store.models import ExportJob, ExportStatus
from zuka.platform import clock
from zuka.platform.audit.actions import acting_by_key
from zuka.platform.audit.context import Acting
from zuka.platform.keys.finding import Grant


class StartSerializer(serializers.Serializer[dict[str, Any]]):
    """What is to be exported."""

    format = serializers.ChoiceField(choices=[(each.id, each.title) for each in FORMATS.values()])
    parameters = serializers.DictField(
        child=serializers.CharField(), required=False, default=dict, help_text="Those of the report: period, limit, …"
    )


class ExportSerializer(serializers.ModelSerializer[ExportJob]):
    """An export: how far it is, and where its file is."""

    url = serializers.SerializerMethodField(help_text="The file, for an hour; asked for again it is another.")

    class Meta:
        model = ExportJob
        fields = (
            *("id", "report", "format", "status", "rows", "size", "failure"),
            *("created_at", "ended_at", "expires_at", "url"),
        )
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri-reference", "nullable": True})
    def get_url(self, job: ExportJob) -> str | None:
        """Return the link, once the file is whole."""
        return file_link(job) if job.status == ExportStatus.DONE else None


def file_link(job: ExportJob) -> str:
    """Return the address of an export's file, good for an hour and for who asked for it."""
    return f"{reverse('report-export-file', args=[job.report, job.pk])}?token={sign_link(job)}"


def owner_of(request: Request) -> Owner:
    """Return who asks."""
    if isinstance(request.auth, Grant):
        return Owner(key_id=request.auth.key_id)
    return Owner(user_id=request.user.pk)


class ExportList(APIView):
    """Exports of a report."""

    permission_classes = [MayReadReports]

    @extend_schema(
        operation_id="report_export_start",
        tags=["reports"],
        request=StartSerializer,
        responses={202: ExportSerializer},
    )
    def post(self, request: Request, report_id: str) -> Response:
        """Start an export: a worker writes the file while you do something else."""
        asked = StartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        job = start_export(
            report_id=report_id,
            format_id=asked.validated_data["format"],
            params=asked.validated_data["parameters"],
            owner=owner_of(request),
            at=clock.now(),
        )
        return Response(ExportSerializer(job).data, status=202)


class ExportDetail(APIView):
    """One export."""

    permission_classes = [MayReadReports]

    @extend_schema(operation_id="report_export", tags=["reports"], responses={200: ExportSerializer})
    def get(self, request: Request, report_id: str, export_id: UUID) -> Response:
        """Say how far an export is."""
        job = find_export(export_id=export_id, owner=owner_of(request), report_id=report_id)
        return Response(ExportSerializer(job).data)

    @extend_schema(operation_id="report_export_cancel", tags=["reports"], responses={200: ExportSerializer})
    def delete(self, request: Request, report_id: str, export_id: UUID) -> Response:
        """Cancel an export that is not over."""
        job = find_export(export_id=export_id, owner=owner_of(request), report_id=report_id)
        return Response(ExportSerializer(cancel_export(job=job, at=clock.now())).data)


class ExportFile(APIView):
    """The file of an export."""

    permission_classes = [MayReadReports]

    @extend_schema(
        operation_id="report_export_file",
        tags=["reports"],
        parameters=[OpenApiParameter("token", OpenApiTypes.STR, required=True, description="From the export's `url`.")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, report_id: str, export_id: UUID) -> HttpResponseBase:
        """Return the file to who asked for it, while they may read reports."""
        job = find_export(export_id=export_id, owner=owner_of(request), report_id=report_id)
        read_link(request.query_params.get("token", ""), job)
        require_proof(request, find_report(job.report), scope_of_job(job))
        return file_answer(job, by=acting_by_key(job.key_id) if job.key_id else None)


def file_answer(job: ExportJob, *, by: Acting | None = None) -> FileResponse:
    """Return an export's file as a download; `by` is the key that asks, where one does. Raises ExportUnknown."""
    file = open_export(job=job, at=clock.now())
    note_export(find_report(job.report), scope_of_job(job), job.format, by=by)
    name = f"{job.report}-{clock.local_day(job.created_at)}.{job.format}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMATS[job.format].media_type)
