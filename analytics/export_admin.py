"""Exports in the back office: how far they are, and their files, each for who asked for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm

from analytics.registry.reports import REPORTS
from analytics.report.jobs.api import file_answer
from analytics.report.jobs.offering import MAY_SEE, ExportUnknown, find_export
from analytics.report.jobs.starting import Owner, cancel_export, scope_of_job, start_export
from analytics.report.query import find_report
from analytics.store.models.exports import OPEN, ExportJob, ExportStatus
from zuka.platform import clock
from zuka.platform.admin.rows import RecordAdmin, column, dialog_button
from zuka.platform.admin.site import BackOffice
from zuka.platform.errors import Refused
from zuka.platform.staff.proving import ask_for_proof, is_proved

STATUS_COLOURS = {
    ExportStatus.WAITING: "info",
    ExportStatus.RUNNING: "info",
    ExportStatus.DONE: "success",
    ExportStatus.FAILED: "danger",
    ExportStatus.CANCELLED: "warning",
}
LOOK_AGAIN_SECONDS = 3
CANCEL = ActionDialog(
    title="Cancel this export?",
    description="What is written so far is deleted.",
    form_class=None,
    form_submit_text="Cancel it",
)


class ExportJobAdmin(RecordAdmin):
    """Exports of reports. Staff see their own; superusers see that there are others, and get none of their files."""

    list_display = ("show_report", "format", "show_status", "rows", "show_file", "user", "created_at", "ended_at")
    list_filter = ("status", "format")
    list_select_related = ("user",)
    ordering = ("-created_at", "-id")
    fields = (
        ("show_report", "format"),
        ("show_status", "rows"),
        "show_file",
        "failure",
        "show_params",
        ("created_at", "started_at"),
        ("ended_at", "expires_at"),
        ("user", "key"),
    )
    readonly_fields = ("show_report", "show_status", "show_file", "show_params")
    actions_detail = ("cancel",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExportJob]:
        """Return what somebody may know of."""
        rows: QuerySet[ExportJob] = super().get_queryset(request).select_related("user", "key")
        return rows if request.user.is_superuser else rows.filter(user=request.user.pk)

    def has_cancel_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may cancel an export."""
        return bool(request.user.has_perm("analytics.change_exportjob"))

    @column(description="Report")
    def show_report(self, job: ExportJob) -> str:
        """Return the report's title."""
        return REPORTS[job.report].title if job.report in REPORTS else job.report

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, job: ExportJob) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        return job.status, job.get_status_display()

    @column(description="File")
    def show_file(self, job: ExportJob) -> SafeString | str:
        """Return the link to the file, and until when it is kept."""
        if job.status != ExportStatus.DONE or job.expires_at is None:
            return "–"
        address = reverse("admin:report-export-file", args=[job.pk])
        kept = clock.local_day(job.expires_at)
        size = f"{(job.size or 0) / 1_000_000:,.1f} MB"
        return format_html('<a href="{}" download>Download</a> ({}, kept until {})', address, size, kept)

    @column(description="Asked with")
    def show_params(self, job: ExportJob) -> str:
        """Return the parameters."""
        return ", ".join(f"{name}={value}" for name, value in job.params.items()) or "–"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Look again every few seconds while a worker has it."""
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status in OPEN:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button of an export that is not over."""
        job = self.get_object(request, str(object_id))
        return super().get_actions_detail(request, object_id) if job is not None and job.status in OPEN else []

    @dialog_button(description="Cancel", name="cancel", permission="cancel", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """End the export."""
        job = self.get_object(request, object_id)
        if job is None:
            raise PermissionDenied
        try:
            cancel_export(job=job, at=clock.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponse(headers={"HX-Redirect": page_of(job)})


class ExportPages:
    """The pages of exports that are no list of rows: the start and the file."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("reports/<slug:report_id>/export/", wrap(require_POST(self.start)), name="report-export"),
            path("exports/<uuid:export_id>/file/", wrap(self.send), name="report-export-file"),
        ]

    def start(self, request: HttpRequest, report_id: str) -> HttpResponse:
        """Start an export of what a page shows, and show how far it is."""
        check_right(request)
        params = {name: str(value) for name, value in request.POST.dict().items() if value}
        kind = params.pop("export_format", "")
        params.pop("csrfmiddlewaretoken", None)
        try:
            owner = Owner(user_id=request.user.pk)
            job = start_export(report_id=report_id, format_id=kind, params=params, owner=owner, at=clock.now())
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(reverse("admin:report", args=[report_id]) if report_id in REPORTS else "admin:report-home")
        return redirect(page_of(job))

    def send(self, request: HttpRequest, export_id: Any) -> HttpResponseBase:
        """Return the file of somebody's own export."""
        check_right(request)
        try:
            job = find_export(export_id=export_id, owner=Owner(user_id=request.user.pk))
            if scope_of_job(job).names_people(find_report(job.report)) and not is_proved(request):
                return ask_for_proof(request)
            return file_answer(job)
        except ExportUnknown as refusal:
            messages.error(request, refusal.message)
            return redirect("admin:analytics_exportjob_changelist")


def check_right(request: HttpRequest) -> None:
    """Refuse who may not see reports, also since they asked for a file. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied


def page_of(job: ExportJob) -> str:
    """Return the address of an export's page."""
    return reverse("admin:analytics_exportjob_change", args=[job.pk])
