"""Saved reports on dashboards: for one person, or for everybody of a role who may open them.

A pin gives nobody more than they may see: it stands only where its report may be opened by whoever looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from analytics.registry.dashboards import Form, Widget
from analytics.registry.reports import REPORTS
from analytics.report.asking import parse_build
from analytics.report.building import figure_of_build, run_build
from analytics.report.query import UnknownReport
from analytics.report.saved import BUILD, asked_url, visible_to
from analytics.report.scope import Scope
from analytics.report.widgets import Answer, answer_widget, find_dashboard, read_asked, shown_table
from analytics.store.models import DashboardPin, SavedReport
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused

MOST_PINS = 12
SHARED = {"compare", "currency", "segment"}  # a dashboard's win over those of the saved report
OF_PAGE = {"period", "from", "to", "before", "before_id"}  # a dashboard has its own
OVER_DAYS = {"day", "bucket"}
WIDE, HALF, SHOWN_ROWS = 12, 6, 8


class PinRefused(Refused):
    """A pin that cannot be set, moved or taken off."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "pin_refused"


def pins_of(user: Any, dashboard_id: str, *, scope: Scope) -> list[DashboardPin]:
    """Return somebody's pins on a dashboard: those of their roles, then their own; a report once."""
    shown: dict[int, DashboardPin] = {}
    for pin in pins_for(user, dashboard_id):
        if may_show(pin.saved, scope):
            shown.setdefault(pin.saved_id, pin)
    return list(shown.values())


def pins_for(user: Any, dashboard_id: str) -> QuerySet[DashboardPin]:
    """Return the pins whose reports somebody may open, those of roles first."""
    theirs = Q(user=user) | Q(role__in=user.groups.all())
    rows = DashboardPin.objects.filter(theirs, dashboard=dashboard_id, saved__in=visible_to(user))
    return rows.select_related("saved", "role").order_by(F("user").asc(nulls_first=True), "position", "id")


def may_show(saved: SavedReport, scope: Scope) -> bool:
    """Say whether whoever has this scope may see what a saved report shows."""
    return saved.report == BUILD or (saved.report in REPORTS and scope.allows(REPORTS[saved.report]))


def find_pin(user: Any, dashboard_id: str, pk: int, *, scope: Scope) -> DashboardPin | None:
    """Return a pin that somebody sees on a dashboard; None where they see no such."""
    return next((pin for pin in pins_of(user, dashboard_id, scope=scope) if pin.pk == pk), None)


def may_change(pin: DashboardPin, user: Any) -> bool:
    """Say whether somebody may move a pin or take it off: their own, and those that they set for a role."""
    return bool((pin.user_id or pin.saved.owner_id) == user.pk)


@transaction.atomic
def pin_report(*, saved_id: int, dashboard_id: str, user: Any, role_id: int | None, at: datetime) -> DashboardPin:
    """Pin a saved report last on a dashboard: for this person, or for a role that its owner shares it with.

    What is pinned already stays where it is. Raises PinRefused, and UnknownDashboard.
    """
    find_dashboard(dashboard_id)
    saved = visible_to(user).select_for_update(of=("self",)).filter(pk=saved_id).first()
    if saved is None:
        raise PinRefused("There is no such saved report. Choose one of the list.", field="saved")
    role = None if role_id is None else shared_role(saved, user=user, role_id=role_id)
    whose: dict[str, Any] = {"user": None, "role": role} if role else {"user": user, "role": None}
    others = DashboardPin.objects.filter(dashboard=dashboard_id, **whose)
    if pinned := others.filter(saved=saved).first():
        return pinned
    if others.count() >= MOST_PINS:
        raise PinRefused(f"There are {MOST_PINS} reports pinned here already. Unpin one first.", field="saved")
    last = others.aggregate(last=Max("position"))["last"] or 0
    return DashboardPin.objects.create(saved=saved, dashboard=dashboard_id, position=last + 1, pinned_at=at, **whose)


def shared_role(saved: SavedReport, *, user: Any, role_id: int) -> Group:
    """Return a role that somebody may pin a report for. Raises PinRefused."""
    if saved.owner_id != user.pk:
        raise PinRefused("Only who saved a report pins it for a role. Pin it for yourself.", field="role")
    role = saved.roles.filter(pk=role_id).first()
    if role is None:
        raise PinRefused("This report is not shared with that role. Share it first, then pin it.", field="role")
    return role


@transaction.atomic
def unpin(*, pk: int, user: Any) -> DashboardPin:
    """Take a pin off its dashboard. Raises PinRefused."""
    pin = own_pin(pk, user=user)
    pin.delete()
    return pin


@transaction.atomic
def move_earlier(*, pk: int, user: Any) -> DashboardPin:
    """Let a pin and the one before it, of the same person or role, change places. Raises PinRefused."""
    pin = own_pin(pk, user=user)
    beside = DashboardPin.objects.filter(dashboard=pin.dashboard, user=pin.user_id, role=pin.role_id)
    before = beside.filter(position__lt=pin.position).select_for_update().order_by("-position").first()
    if before is not None:
        pin.position, before.position = before.position, pin.position
        DashboardPin.objects.bulk_update([pin, before], ["position"])
    return pin


def own_pin(pk: int, *, user: Any) -> DashboardPin:
    """Return a pin that somebody may change, locked. Raises PinRefused."""
    pin = DashboardPin.objects.select_for_update(of=("self",)).select_related("saved").filter(pk=pk).first()
    if pin is None or not may_change(pin, user):
        raise PinRefused("This report was pinned by somebody else, or is pinned no more. Load the page again.")
    return pin


def widget_of(saved: SavedReport) -> Widget:
    """Return how a saved report stands on a dashboard: its numbers, its chart, or its first rows."""
    asked = tuple(sorted((name, str(value)) for name, value in saved.params.items() if name not in OF_PAGE | SHARED))
    form, columns = form_of(saved)
    width = WIDE if form is Form.NUMBERS else HALF
    return Widget(saved.report, form, columns, asked, width=width, rows=SHOWN_ROWS, title=saved.title)


def form_of(saved: SavedReport) -> tuple[Form, tuple[str, ...]]:
    """Return the form of a saved report on a dashboard, with the columns of which it shows the totals."""
    if saved.report == BUILD:
        asked = saved.params
        is_whole = asked.get("interval") == "none" and not asked.get("by") and not asked.get("by2")
        return (Form.TABLE if is_whole else Form.CHART), ()
    if saved.report not in REPORTS:
        raise UnknownReport(f"There is no report {saved.report!r} any more. Unpin it.")
    report = REPORTS[saved.report]
    if report.chart is None or report.pages:
        return Form.TABLE, ()
    return (Form.NUMBERS, report.chart.series) if report.chart.each else (Form.CHART, ())


def asked_of(pin: DashboardPin, params: Mapping[str, str]) -> dict[str, str]:
    """Return what a pin's report is asked: the dashboard's period, its comparison, currency and people if named."""
    return {name: str(value) for name, value in pin.saved.params.items() if name not in OF_PAGE} | dict(params)


def answer_pin(pin: DashboardPin, params: Mapping[str, str], *, now: datetime, scope: Scope) -> Answer:
    """Return a pinned report with its figures. Raises BadQuery, UnknownReport and OutOfScope."""
    widget, asked = widget_of(pin.saved), asked_of(pin, params)
    today = local_day(now)
    read_asked(params, today=today, scope=scope)
    if pin.saved.report != BUILD:
        shared = {name: value for name, value in asked.items() if name in OF_PAGE | SHARED}
        return answer_widget(widget, shared, now=now, scope=scope)
    query, table = run_build(parse_build(params=asked, today=today, scope=scope), now=now)
    figure = figure_of_build(table, query, title=pin.saved.title) if table.series else None
    return Answer(widget, query, table, [], figure, None if figure else shown_table(widget, table, query))


def pin_json(pin: DashboardPin) -> dict[str, Any]:
    """Return a pin as JSON."""
    return {
        "id": pin.pk,
        "title": pin.saved.title,
        "report": pin.saved.report,
        "parameters": pin.saved.params,
        "form": form_of(pin.saved)[0].value,
        "role": pin.role.name if pin.role else None,
    }


def page_url(pin: DashboardPin, params: Mapping[str, str]) -> str:
    """Return where a pin's whole report is, over the dashboard's period."""
    asked, report = asked_of(pin, params), REPORTS.get(pin.saved.report)
    if report is not None and not report.has_period:
        asked = {name: value for name, value in asked.items() if name not in OF_PAGE}
    return asked_url(pin.saved.report, asked)
