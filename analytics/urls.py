"""Analytics' API, below `/api/v1/`. The tracking doors are not here: `ingest/doors/table.py`."""

from __future__ import annotations

from django.urls import path

from analytics.ingest.schema_api import EventSchema
from analytics.report.api import ReportCsv, ReportDetail, ReportList
from analytics.report.build_pages import ReportQuery, ReportQueryCsv
from analytics.report.dashboard_api import DashboardDetail, DashboardList

urlpatterns = [
    path("events/schema", EventSchema.as_view(), name="event-schema"),
    path("reports/", ReportList.as_view(), name="reports"),
    path("reports/dashboards/", DashboardList.as_view(), name="dashboards"),
    path("reports/dashboards/<slug:dashboard_id>", DashboardDetail.as_view(), name="dashboard"),
    path("reports/query", ReportQuery.as_view(), name="report-query"),
    path("reports/query.csv", ReportQueryCsv.as_view(), name="report-query-csv"),
    path("reports/<slug:report_id>", ReportDetail.as_view(), name="report"),
    path("reports/<slug:report_id>.csv", ReportCsv.as_view(), name="report-csv"),
]
