"""Analytics in the back office: reports as pages, what was refused, and how counting goes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver

from analytics import (  # noqa: F401 - register their pages
    annotation_admin,
    archive_admin,
    compaction_admin,
    history_admin,
    spend_admin,
)
from analytics.alerts_admin import AlertAdmin, AlertFiringAdmin  # noqa: F401 - register their pages
from analytics.connect import ConnectPages
from analytics.export_admin import ExportJobAdmin, ExportPages
from analytics.ingest.content import RULES
from analytics.ingest.doors.table import DOORS
from analytics.ingest.steps import STEPS
from analytics.panels import add_report_panels
from analytics.registry.dashboards import DASHBOARDS
from analytics.registry.reports import REPORTS
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.rejected_admin import RejectedEventAdmin, ReplayedFilter
from analytics.report.build_pages import BuildPages
from analytics.report.dashboard_pages import DashboardPages
from analytics.report.live_pages import LivePages
from analytics.report.pages import ReportPages
from analytics.report.pin_pages import PinPages
from analytics.report.scope import may_read_reports, may_see
from analytics.saved_admin import SavedReportAdmin
from analytics.segment_admin import SegmentAdmin
from analytics.store.models import (
    DirtyDay,
    ExportJob,
    FillState,
    IngestAlert,
    RefreshRun,
    RejectedEvent,
    ReportDelivery,
    ReportSubscription,
)
from analytics.subscription_admin import MailPages, ReportDeliveryAdmin, ReportSubscriptionAdmin
from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.models import ApiKey

__all__ = ["SavedReportAdmin", "SegmentAdmin"]

MENU_ORDER = (
    *("Overview", "Sales", "Products", "Customers", "Acquisition"),
    *("Behaviour", "Engagement", "Platform", "Events"),
)
OUTCOME_COLOURS = {
    RefreshRun.Outcome.DONE: "success",
    RefreshRun.Outcome.BUSY: "warning",
    RefreshRun.Outcome.FAILED: "danger",
}


ALERT_COLOURS = {IngestAlert.Kind.SILENT: "danger", IngestAlert.Kind.REJECTING: "warning", "": "info"}


class KnownValueFilter(admin.SimpleListFilter):
    """A filter whose choices are declared, so that no list of distinct values is read from a big table."""

    known: ClassVar[Sequence[str]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the declared values."""
        return [(value, value.replace("_", " ").capitalize()) for value in self.known]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Return the rows with the chosen value."""
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else queryset


class StageFilter(KnownValueFilter):
    """By the step that objected."""

    title = "stage"
    parameter_name = "stage"
    known = ("read_body", "read_history", *(each.__name__ for each in (*STEPS, *RULES)), "writer")


class DoorFilter(KnownValueFilter):
    """By the door it came through; `track` is the shop's own code."""

    title = "door"
    parameter_name = "door"
    known = (*(door.name for door in DOORS), "track", "history", "writer")


class KeyFilter(admin.SimpleListFilter):
    """By the key that sent it."""

    title = "key"
    parameter_name = "source_key"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return every key."""
        return [(str(key.id), key.name) for key in ApiKey.objects.only("id", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Return the rows of the chosen key."""
        known = {str(key) for key in ApiKey.objects.values_list("id", flat=True)} if self.value() else set()
        return queryset.filter(source_key=self.value()) if self.value() in known else queryset


class RollupFilter(KnownValueFilter):
    """By rollup."""

    title = "rollup"
    parameter_name = "rollup"
    known = tuple(ROLLUPS)


class ViewFilter(KnownValueFilter):
    """By materialized view."""

    title = "view"
    parameter_name = "view"
    known = tuple(MATERIALIZED_VIEWS)


@admin.register(RejectedEvent)
class FilteredRejectedEventAdmin(RejectedEventAdmin):
    """Rejected events, with the filters that the doors and steps declare."""

    list_filter = ("reason", StageFilter, DoorFilter, KeyFilter, ReplayedFilter)


@admin.register(FillState)
class FillStateAdmin(RecordAdmin):
    """When each rollup was last counted for a day."""

    list_display = ("rollup", "day", "filled_at", "rows", "seconds")
    list_filter = (RollupFilter,)
    ordering = ("-day", "rollup")


@admin.register(DirtyDay)
class DirtyDayAdmin(RecordAdmin):
    """Days that wait to be counted again."""

    list_display = ("day", "cause", "marked_at")
    ordering = ("-id",)


@admin.register(RefreshRun)
class RefreshRunAdmin(RecordAdmin):
    """Each refresh of a materialized view, and how it ended."""

    list_display = ("view", "started_at", "seconds", "rows", "show_outcome", "message")
    list_filter = ("outcome", ViewFilter)
    ordering = ("-started_at", "-id")

    @column(description="Outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def show_outcome(self, run: RefreshRun) -> tuple[str, str]:
        """Return the outcome with its colour."""
        return run.outcome, run.get_outcome_display()


@admin.register(IngestAlert)
class IngestAlertAdmin(RecordAdmin):
    """Keys that went silent, or that have more rejected than usual."""

    list_display = ("opened_at", "show_kind", "message", "closed_at")
    list_filter = ("kind", ("closed_at", admin.EmptyFieldListFilter))
    ordering = ("-opened_at", "-id")

    @column(description="Alert", ordering="kind", label=ALERT_COLOURS)
    def show_kind(self, alert: IngestAlert) -> tuple[str, str]:
        """Return the kind; those that are over have no colour."""
        return (alert.kind if alert.closed_at is None else ""), alert.get_kind_display()


BUILDER = MenuItem("Build a report", "construction", "report-build", "", is_shown=may_read_reports)


def report_pages(site: BackOffice) -> list[URLPattern | URLResolver]:
    """Return the addresses of the report pages."""
    return [*BuildPages(site).urls(), *ReportPages(site).urls()]


def report_group(title: str, position: int) -> MenuGroup:
    """Return the menu group of the reports that name it."""
    items = [
        MenuItem(report.title, report.icon, "report", "analytics.view_report", (report.id,), partial(may_see, report))
        for report in REPORTS.values()
        if report.group == title and report.in_menu
    ]
    return MenuGroup(f"{title} reports", position, [*items, *BESIDE.get(title, ())], is_folded=True)


def dashboard_group() -> MenuGroup:
    """Return the menu group of the dashboards, above all reports."""
    today = MenuItem("Today", "sensors", "live", "analytics.view_report")
    items = [
        MenuItem(each.title, each.icon, "dashboard", "analytics.view_report", (each.id,))
        for each in DASHBOARDS.values()
    ]
    own = [table_item("Saved reports", "bookmark", "savedreport"), table_item("Segments", "group_work", "segment")]
    own.append(table_item("Notes on charts", "sticky_note_2", "annotation"))
    return MenuGroup("Dashboards", 0, [today, *items, BUILDER, *own])


def table_item(title: str, icon: str, model: str, app: str = "analytics") -> MenuItem:
    """Return the menu entry of a table's list."""
    return MenuItem(title, icon, f"{app}_{model}_changelist", f"{app}.view_{model}")


admin.site.register(ExportJob, ExportJobAdmin)
admin.site.register(ReportSubscription, ReportSubscriptionAdmin)
admin.site.register(ReportDelivery, ReportDeliveryAdmin)
# Tables that stand below the reports they are for.
BESIDE = {
    "Acquisition": (
        table_item("Campaign spend", "payments", "campaignspend"),
        table_item("Import spend", "upload_file", "spendimport"),
    )
}
add_report_panels()
add_pages(lambda site: DashboardPages(site).urls(), home="dashboard-home")
add_pages(lambda site: PinPages(site).urls())
add_pages(report_pages)
add_pages(lambda site: ConnectPages(site).urls())
add_pages(lambda site: LivePages(site).urls())
add_pages(lambda site: ExportPages(site).urls())
add_pages(lambda site: MailPages(site).urls())
add_menu(dashboard_group())
for _position, _title in enumerate(MENU_ORDER, start=1):
    add_menu(report_group(_title, _position))
add_menu(
    MenuGroup(
        "Files and mails",
        45,
        [
            table_item("Exports", "download", "exportjob"),
            table_item("Reports by mail", "schedule_send", "reportsubscription"),
            table_item("Mailed reports", "mark_email_read", "reportdelivery"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Alerts",
        55,
        [
            table_item("Alerts", "notifications", "alert"),
            table_item("What alerts told", "notifications_active", "alertfiring"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Tracking",
        60,
        [
            MenuItem("Connect your shop", "cable", "connect", "platform.view_apikey"),
            *report_group("Tracking", 60).items,
            table_item("Keys in trouble", "notification_important", "ingestalert"),
            table_item("Rejected events", "block", "rejectedevent"),
            table_item("API keys", "key", "apikey", app="platform"),
            table_item("Rate limits", "speed", "ratelimitrule", app="platform"),
            table_item("Site ids", "badge", "sourcealias", app="platform"),
            table_item("Import history", "history", "historyimport"),
        ],
    )
)
add_menu(
    MenuGroup(
        "Counting",
        70,
        [
            table_item("Fill state", "calculate", "fillstate"),
            table_item("View refreshes", "sync", "refreshrun"),
            table_item("Days to recount", "event_repeat", "dirtyday"),
            table_item("Archived months", "inventory_2", "archivedmonth"),
            table_item("Compacted periods", "compress", "compactedperiod"),
        ],
    )
)
