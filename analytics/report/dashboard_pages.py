"""Dashboards as pages of the back office: a page at once, then each widget as a piece of HTML of its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from analytics.registry.dashboards import DASHBOARDS, Dashboard, Widget
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Basis
from analytics.report import pins, presentation, widgets
from analytics.report.archived import archived_text
from analytics.report.narrowed import all_segment_choices
from analytics.report.pages import as_of_text, empty_text, given_params
from analytics.report.picker import shared_fields
from analytics.report.pin_places import pinned
from analytics.report.query import BadQuery
from analytics.report.scope import scope_of
from analytics.report.widgets import Answer
from analytics.report.wording import period_text, whom_text
from zuka.platform import clock
from zuka.platform.admin.site import BackOffice

HOME = "overview"
LONGER = {"today": "7d", "yesterday": "7d", "7d": "30d", "30d": "90d", "month": "90d", "last_month": "90d"}


def allowed_dashboard(request: HttpRequest, dashboard_id: str) -> Dashboard:
    """Return the dashboard of an id. Raises PermissionDenied before Http404: not everyone is told what exists."""
    if not request.user.has_perm("analytics.view_report"):
        raise PermissionDenied
    if dashboard_id not in DASHBOARDS:
        raise Http404
    return DASHBOARDS[dashboard_id]


class DashboardPages:
    """The pages of all dashboards on one admin site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("dashboards/", wrap(self.show_home), name="dashboard-home"),
            path("dashboards/<slug:dashboard_id>/", wrap(self.show_dashboard), name="dashboard"),
            path("dashboards/<slug:dashboard_id>/widgets/<slug:key>/", wrap(self.show_widget), name="widget"),
        ]

    def show_home(self, request: HttpRequest) -> HttpResponse:
        """Send staff to the dashboard that they land on; a brand's staff, who have none, to their reports."""
        if not request.user.has_perm("analytics.view_report"):
            return redirect(reverse("admin:report-home"))
        return redirect(reverse("admin:dashboard", args=[HOME]))

    def show_dashboard(self, request: HttpRequest, dashboard_id: str) -> HttpResponse:
        """Return a dashboard without figures, at once; 400 with the reason on it when a parameter cannot be read."""
        dashboard, params = allowed_dashboard(request, dashboard_id), given_params(request)
        today = clock.local_day(clock.now())
        try:
            asked = widgets.read_asked(params, today=today, scope=scope_of(request.user))
        except BadQuery as refusal:
            return self.render(request, dashboard, params, refusal=refusal)
        around = {
            "period": period_text(asked.period),
            "is_partial": asked.period.last >= today,
            "about": whom_text(asked.segment),
        }
        return self.render(request, dashboard, params, around)

    def render(
        self,
        request: HttpRequest,
        dashboard: Dashboard,
        params: dict[str, str],
        around: dict[str, Any] | None = None,
        *,
        refusal: BadQuery | None = None,
    ) -> HttpResponse:
        """Return the page with the back office around it."""
        fields = shared_fields(
            params,
            widgets.known_currencies(),
            wrong=refusal.field or "" if refusal else "",
            segments=all_segment_choices(scope_of(request.user)),
        )
        shown = widgets.widgets_for(dashboard, scope_of(request.user))
        titles = {field.name: field.title for field in fields}
        context = {
            **self.site.each_context(request),
            **(around or {}),
            "title": dashboard.title,
            "dashboard": dashboard,
            "address": reverse("admin:dashboard", args=[dashboard.id]),
            "json_url": presentation.with_params(reverse("dashboard", args=[dashboard.id]), params),
            "fields": fields,
            "mail_url": mail_url(request, dashboard, params),
            "places": [] if refusal else [place_of(dashboard, widget, params) for widget in shown],
            **({} if refusal else pinned(request, dashboard, params)),
        }
        if refusal:
            field = titles.get(refusal.field or "", refusal.field)
            context["refusal"] = {"field": field, "message": refusal.message}
        status = refusal.status if refusal else 200
        return TemplateResponse(request, "analytics/dashboard.html", context, status=status)

    def show_widget(self, request: HttpRequest, dashboard_id: str, key: str) -> HttpResponse:
        """Return one widget with its figures; 400 with the reason when a parameter cannot be read."""
        dashboard, params, now = allowed_dashboard(request, dashboard_id), given_params(request), clock.now()
        widget = dashboard.widget(key)
        scope = scope_of(request.user)
        if widget is None or not scope.grants(REPORTS[widget.report]):
            raise Http404
        try:
            answer = widgets.answer_widget(widget, params, now=now, scope=scope)
        except BadQuery as refusal:
            text = f"{refusal.field}: {refusal.message}"
            return HttpResponse(text, status=refusal.status, content_type="text/plain; charset=utf-8")
        place = place_of(dashboard, widget, params)
        return TemplateResponse(request, "analytics/widget.html", answered(dashboard, answer, params) | place)


def mail_url(request: HttpRequest, dashboard: Dashboard, params: dict[str, str]) -> str:
    """Return where a dashboard is mailed from, with its choices; '' for who may not."""
    if not request.user.has_perm("analytics.add_reportsubscription"):
        return ""
    asked = {"report": f"dashboard:{dashboard.id}", **params}
    return presentation.with_params(reverse("admin:analytics_reportsubscription_add"), asked)


def answered(dashboard: Dashboard, answer: Answer, params: dict[str, str]) -> dict[str, Any]:
    """Return what the template shows of a widget's answer."""
    table = answer.table
    return {
        "answer": answer,
        "about": whom_text(answer.query.segment, is_asked=bool(params.get("segment"))),
        "as_of": as_of_text(table),
        "archived": archived_text(table.archived),
        "compared": widgets.compared_text(table),
        "empty": empty_text(table, answer.query),
        "longer_url": longer_url(dashboard, answer, params),
        "is_from_events": table.report.basis in {Basis.EVENTS, Basis.BOTH} and table.as_of is None,
        "period": "" if table.report.has_period else period_text(table.period),
    }


def place_of(dashboard: Dashboard, widget: Widget, params: dict[str, str]) -> dict[str, Any]:
    """Return a widget's place on its page, with the addresses of its figures, of its report and of the files."""
    report = REPORTS[widget.report]
    known = {"compare", "currency", "segment"} if report.fixed_period else set(params)
    fitting = widgets.fitting(report, params)
    asked = {name: value for name, value in fitting.items() if name in known} | dict(widget.parameters)
    address = reverse("admin:widget", args=[dashboard.id, widget.key])
    return {
        "widget": widget,
        "key": widget.key,
        "half": widgets.half_of(widget),
        "is_sparked": report.chart is not None and report.chart.x in pins.OVER_DAYS,
        "source": presentation.with_params(address, params),
        "report_url": presentation.report_url(widget.report, asked),
        "csv_url": presentation.report_url(widget.report, asked, name="report-csv"),
        "data_url": presentation.with_params(reverse("report", args=[widget.report]), asked),
    }


def longer_url(dashboard: Dashboard, answer: Answer, params: dict[str, str]) -> str:
    """Return the address of the same dashboard over a longer period; empty where there is none or it would not help."""
    longer = LONGER.get(answer.query.period_id)
    if longer is None or not answer.table.report.has_period:
        return ""
    kept = {name: value for name, value in params.items() if name in {"compare", "currency", "segment"}}
    return presentation.with_params(reverse("admin:dashboard", args=[dashboard.id]), {**kept, "period": longer})
