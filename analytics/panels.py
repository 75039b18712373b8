"""What reports say of one customer or product, on that thing's page in the back office (decision 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from analytics.report import presentation
from analytics.report.query import TooSlow, find_report, parse_query
from analytics.report.run import run_query
from analytics.report.scope import scope_of
from analytics.report.wording import period_text
from zuka.platform import clock
from zuka.platform.admin.panels import add_panel

MAY_SEE = "analytics.view_report"


@dataclass(frozen=True, slots=True)
class ReportPanel:
    """A report asked about one thing.

    `subject` is the kind of page, `parameter` the report's filter, `name_of` what the thing is called there. `columns`
    are shown, and `period` and `limit` asked for; without `limit` only the totals and their change are shown. `more` is
    what the link to the whole report says.
    """

    subject: str
    report: str
    title: str
    parameter: str
    name_of: Callable[[Any], str]
    columns: tuple[str, ...]
    empty: str
    period: str = "30d"
    limit: int = 0
    more: str = "Day by day"


PANELS = (
    ReportPanel(
        subject="product",
        report="product_days",
        title="How it sells",
        parameter="product",
        name_of=lambda product: str(product.public_id),
        columns=("views", "cart_adds", "orders", "units", "revenue_kobo", "view_to_cart", "conversion"),
        empty="Nobody looked at it or ordered it.",
    ),
    ReportPanel(
        subject="customer",
        report="session_list",
        title="Latest visits",
        parameter="person",
        name_of=lambda person: str(person.pk),
        columns=("started_at", "outcome", "order_ref", "value_kobo", "campaign", "id"),
        empty="No visits.",
        period="90d",
        limit=5,
        more="All visits",
    ),
    ReportPanel(
        subject="customer",
        report="customers",
        title="Worth until now",
        parameter="person",
        name_of=lambda person: str(person.pk),
        columns=("segment", "orders", "revenue_kobo", "year_kobo", "first_date", "last_order_at"),
        empty="No order yet, or none that was counted yet.",
        period="365d",
        limit=5,
        more="In the list of customers",
    ),
    ReportPanel(
        subject="customer",
        report="person_timeline",
        title="Timeline",
        parameter="person",
        name_of=lambda person: str(person.pk),
        columns=("happened_at", "kind", "what", "detail", "order_ref", "value_kobo", "visit"),
        empty="Nothing is known of them.",
        period="365d",
        limit=8,
        more="All of it",
    ),
)


def show_panel(panel: ReportPanel, request: HttpRequest, thing: Any) -> SafeString | str:
    """Return the panel of a thing; nothing for staff who may not see reports."""
    if not request.user.has_perm(MAY_SEE):
        return ""
    scope = scope_of(request.user)
    if not scope.allows(find_report(panel.report)):
        return ""
    now, asked = clock.now(), {panel.parameter: panel.name_of(thing), "period": panel.period}
    limits = {"limit": str(panel.limit)} if panel.limit else {}
    report, today = find_report(panel.report), clock.local_day(now)
    query = parse_query(report=report, params=asked | limits, today=today, scope=scope)
    try:
        table = run_query(query, now=now)
    except TooSlow:  # the page is about more than this panel
        return ""
    heads, rows = presentation.heads(table), presentation.rows(table, query) if panel.limit else []
    summaries = [] if panel.limit else presentation.summaries(table, query)
    names = [column.name for column in table.columns]
    places = [names.index(name) for name in panel.columns if name in names]
    facts = {
        "panel": panel,
        "period": period_text(table.period),
        "heads": [heads[place] for place in places],
        "rows": [[row[place] for place in places] for row in rows],
        # The first column of a summary is its title.
        "summaries": [(each.title, [each.linked[place - 1] for place in places]) for each in summaries],
        "is_empty": not rows and not any(table.totals.values()),
        "report_url": presentation.report_url(panel.report, asked),
    }
    return render_to_string("analytics/panel.html", facts, request)


def add_report_panels() -> None:
    """Put the panels on the pages of their subjects."""
    for panel in PANELS:
        add_panel(subject=panel.subject, panel=partial(show_panel, panel))
