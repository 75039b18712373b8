"""Reports as pages of the back office: `<admin>/reports/<id>/`, and as files at `<admin>/reports/<id>/csv/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Basis, Report
from analytics.report import presentation
from analytics.report.annotations import has_time
from analytics.report.archived import archived_text
from analytics.report.export import FORMATS, Format
from analytics.report.figures import figure_of
from analytics.report.funnels.pages import build_funnel, funnel_context
from analytics.report.jobs.starting import exports_folder
from analytics.report.narrowed import segment_choices
from analytics.report.picker import picker_fields
from analytics.report.query import LARGEST_LIMIT, BadQuery, Query, parse_query
from analytics.report.run import run_query
from analytics.report.scope import OutOfScope, Scope, may_read_reports, scope_of
from analytics.report.seeing import seen_report
from analytics.report.sending import WAITED_ROWS, TooManyRows, send_report
from analytics.report.table import Table
from analytics.report.wording import moment_text, period_text, whom_text
from zuka.platform import clock
from zuka.platform.admin.site import BackOffice
from zuka.platform.errors import Refused
from zuka.platform.staff.proving import ask_for_proof, is_proved

HOME = "overview"
# What a report's page has beside its answer, by its parameters.
EXTRAS: dict[str, Callable[[Mapping[str, str]], dict[str, Any]]] = {"event_funnel": funnel_context}
PAGING = ("before", "before_id")


def allowed_report(request: HttpRequest, report_id: str) -> tuple[Report, Scope]:
    """Return the report of an id, and whose rows of it this person may see.

    Raises PermissionDenied before Http404: what exists is not for everyone to know.
    """
    if not may_read_reports(request.user):
        raise PermissionDenied
    if report_id not in REPORTS:
        raise Http404
    scope = scope_of(request.user)
    if not scope.allows(REPORTS[report_id]):
        raise PermissionDenied
    return REPORTS[report_id], scope


def given_params(request: HttpRequest) -> dict[str, str]:
    """Return the parameters of a request, without those left empty in the form."""
    return {name: value for name, value in request.GET.dict().items() if isinstance(value, str) and value.strip()}


def read_query(
    report: Report, params: dict[str, str], *, now: datetime, scope: Scope, largest: int = LARGEST_LIMIT
) -> Query:
    """Return the query of a request. Raises BadQuery."""
    return parse_query(report=report, params=params, today=clock.local_day(now), scope=scope, largest=largest)


class ReportPages:
    """The pages of all reports on one admin site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("reports/", wrap(self.show_home), name="report-home"),
            path("reports/<slug:report_id>/", wrap(self.show_report), name="report"),
            path("reports/event_funnel/build/", wrap(build_funnel), name="funnel-build"),
            *(
                path(
                    f"reports/<slug:report_id>/{each.id}/",
                    wrap(partial(self.send_file, each)),
                    name=f"report-{each.id}",
                )
                for each in FORMATS.values()
            ),
        ]

    def show_home(self, request: HttpRequest) -> HttpResponse:
        """Send staff to the report that stands for all; a brand's staff to the first one they may see."""
        scope = scope_of(request.user)
        shown = [each.id for each in REPORTS.values() if each.in_menu and scope.allows(each)]
        return redirect(reverse("admin:report", args=[HOME if HOME in shown else shown[0]]))

    def show_report(self, request: HttpRequest, report_id: str) -> HttpResponse:
        """Return a report's page; 400 with the reason on it when a parameter cannot be read."""
        report, scope = allowed_report(request, report_id)
        params, now = given_params(request), clock.now()
        try:
            query = read_query(report, params, now=now, scope=scope)
            table = run_query(query, now=now)
        except (BadQuery, OutOfScope) as refusal:
            return self.show_refusal(request, report, params, refusal)
        context = answer_context(request, query, table, params) | extras(report, params)
        fields = picker_fields(seen_report(report, scope), params, segments=segment_choices(report, scope))
        return self.render(request, report, {"fields": fields, **context})

    def send_file(self, kind: Format, request: HttpRequest, report_id: str) -> HttpResponseBase:
        """Return a report as a download: all rows, not only those of the page."""
        report, scope = allowed_report(request, report_id)
        params, now = given_params(request), clock.now()
        if scope.names_people(report) and not is_proved(request):
            return ask_for_proof(request)
        try:
            return send_report(read_query(report, params, now=now, scope=scope, largest=kind.most_rows), kind, now=now)
        except (BadQuery, OutOfScope, TooManyRows) as refusal:
            return self.show_refusal(request, report, params, refusal)

    def show_refusal(
        self, request: HttpRequest, report: Report, params: dict[str, str], refusal: Refused
    ) -> HttpResponse:
        """Return the page with what is wrong, and the form to put it right."""
        scope = scope_of(request.user)
        choices = segment_choices(report, scope)
        fields = picker_fields(seen_report(report, scope), params, wrong=refusal.field or "", segments=choices)
        titles = {field.name: field.title for field in fields}
        field = titles.get(refusal.field or "", refusal.field)
        context = {"fields": fields, "refusal": {"field": field, "message": refusal.message}, **extras(report, params)}
        return self.render(request, report, context, status=refusal.status)

    def render(
        self, request: HttpRequest, report: Report, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Return the page with the back office around it."""
        around = {**self.site.each_context(request), "title": report.title, "report": report}
        address = reverse("admin:report", args=[report.id])
        return TemplateResponse(
            request, "analytics/report.html", {**around, "address": address, **context}, status=status
        )


def extras(report: Report, params: Mapping[str, str]) -> dict[str, Any]:
    """Return what this report's page has beside its answer."""
    return EXTRAS[report.id](params) if report.id in EXTRAS else {}


def answer_context(request: HttpRequest, query: Query, table: Table, params: dict[str, str]) -> dict[str, Any]:
    """Return what the template shows of an answered query."""
    report = query.report
    has_chart = report.chart is not None and not report.chart.each and bool(table.series)
    return {
        "table": table,
        "kept": {name: params[name] for name in ("currency", "limit") if name in params},
        "period": period_text(table.period) if report.has_period else "",
        "as_of": as_of_text(table),
        "about": whom_text(query.segment),
        "archived": archived_text(table.archived),
        "cards": presentation.cards(table, query),
        "figure": figure_of(table, query, report.chart.series) if has_chart and report.chart else None,
        "heads": presentation.heads(table),
        "rows": presentation.rows(table, query),
        "summaries": presentation.summaries(table, query),
        "empty": empty_text(table, query),
        "door": request.build_absolute_uri("/").rstrip("/")
        if report.basis is not Basis.LEDGER and not report.empty
        else "",
        "is_cut": not report.pages and len(table.rows) >= query.limit,
        "save_url": save_url(request, table),
        "note_url": note_url(request, table),
        **links(report, table, params, may_export=request.user.has_perm("analytics.view_report")),
    }


def save_url(request: HttpRequest, table: Table) -> str:
    """Return where this page is saved with its choices; '' for who may not."""
    if not request.user.has_perm("analytics.add_savedreport"):
        return ""
    asked = {"title": table.report.title, "address": request.get_full_path()}
    return presentation.with_params(reverse("admin:analytics_savedreport_add"), asked)


def note_url(request: HttpRequest, table: Table) -> str:
    """Return where a note on this chart is written; '' for who may not, and where there are no days."""
    if not has_time(table.report) or not request.user.has_perm("analytics.add_annotation"):
        return ""
    place = {"places": table.report.id} if table.report.id in REPORTS else {}
    asked = {"first_date": table.period.last.isoformat(), **place}
    return presentation.with_params(reverse("admin:analytics_annotation_add"), asked)


def links(report: Report, table: Table, params: dict[str, str], *, may_export: bool) -> dict[str, Any]:
    """Return the addresses around the answer: files, the pages before and after, the list without filters."""
    first = {name: value for name, value in params.items() if name not in PAGING}
    whole = {name: value for name, value in first.items() if name != "limit"}
    found: dict[str, Any] = {
        "files": file_links(report, whole),
        "can_export": may_export and exports_folder() is not None,
        "export_url": reverse("admin:report-export", args=[report.id]),
        "export_params": whole,
        "export_kinds": FORMATS.values(),
        "waited_rows": WAITED_ROWS,
        "mail_url": presentation.with_params(
            reverse("admin:analytics_reportsubscription_add"), {"report": report.id, **whole}
        ),
    }
    if report.pages:
        found["older_url"] = presentation.report_url(report.id, first | table.next_page) if table.next_page else ""
        found["newest_url"] = presentation.report_url(report.id, first) if len(first) < len(params) else ""
    return found


def file_links(report: Report, params: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return what a report can be had as: title, address and what is in it."""
    return [
        (each.title, presentation.report_url(report.id, params, name=f"report-{each.id}"), each.text)
        for each in FORMATS.values()
    ]


def as_of_text(table: Table) -> str:
    """Return since when the figures are right."""
    return f"As of {moment_text(table.as_of)}" if table.as_of else "Not counted yet"


def empty_text(table: Table, query: Query) -> str:
    """Return a sentence for an answer without anything in it; empty when there is something."""
    sums = [value for value in table.totals.values() if value]
    if table.rows and (sums or not table.totals):
        return ""
    if table.report.empty:
        return table.report.empty
    if any(query.values[parameter.name] for parameter in query.report.parameters if not parameter.choices):
        return "Nothing in this period matches these filters."
    if query.before:
        return "There is nothing older in this period."
    what = "orders or payments" if table.report.basis is Basis.LEDGER else "events"
    if (table.report.rollups or table.report.view) and table.as_of is None:
        return f"No {what} have been counted in this period yet."
    return f"No {what} in this period." if table.report.has_period else f"No {what} yet."
