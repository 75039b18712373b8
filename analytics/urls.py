"""Analytics' API, below `/api/v1/`. The tracking doors are not here: `ingest/doors/table.py`."""

from __future__ import annotations

from django.urls import path

from analytics.ingest.schema_api import EventSchema
from analytics.report.api import ReportDetail, ReportList, file_view
from analytics.report.build_pages import ReportQuery, ReportQueryCsv
from analytics.report.dashboard_api import DashboardDetail, DashboardList
from analytics.report.export import FORMATS
from analytics.report.jobs.api import ExportDetail, ExportFile, ExportList
from analytics.report.segment_api import SegmentList
from analytics.spend.api import CampaignSpendCollection

urlpatterns = [
    path("events/schema", EventSchema.as_view(), name="event-schema"),
    path("reports/", ReportList.as_view(), name="reports"),
    path("reports/dashboards/", DashboardList.as_view(), name="dashboards"),
    path("reports/dashboards/<slug:dashboard_id>", DashboardDetail.as_view(), name="dashboard"),
    path("reports/segments/", SegmentList.as_view(), name="segments"),
    path("reports/campaign-spend/", CampaignSpendCollection.as_view(), name="campaign-spend"),
    path("reports/query", ReportQuery.as_view(), name="report-query"),
    path("reports/query.csv", ReportQueryCsv.as_view(), name="report-query-csv"),
    path("reports/<slug:report_id>", ReportDetail.as_view(), name="report"),
    *(
        path(f"reports/<slug:report_id>.{each.id}", file_view(each), name=f"report-{each.id}")
        for each in FORMATS.values()
    ),
    path("reports/<slug:report_id>/exports/", ExportList.as_view(), name="report-exports"),
    path("reports/<slug:report_id>/exports/<uuid:export_id>/", ExportDetail.as_view(), name="report-export"),
    path("reports/<slug:report_id>/exports/<uuid:export_id>/file", ExportFile.as_view(), name="report-export-file"),
]
