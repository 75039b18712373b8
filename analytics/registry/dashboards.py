"""Every dashboard, declared once: a page of the back office, menu entry, JSON endpoint and part of the docs each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report

COLUMNS_OF_PAGE = 12


class Form(Enum):
    """How a widget shows its report: its totals as big numbers, its chart, or its first rows."""

    NUMBERS = "numbers"
    CHART = "chart"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Widget:
    """A report on a dashboard.

    `columns` are those shown: the figures, the chart's series, or the table's columns; without any, what the report
    shows itself. `parameters` are the report's own, as asked for here. `width` is in twelfths of the page. A table
    shows its first `rows`. Without a `title` it has its report's. Whose report asks for a right, who has it sees it.
    """

    report: str
    form: Form
    columns: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    width: int = 6
    rows: int = 6
    title: str = ""

    @property
    def key(self) -> str:
        """Return what names the widget on its dashboard, for addresses and JSON."""
        return "-".join((self.report, self.form.value, *(value for _, value in self.parameters)))

    @property
    def heading(self) -> str:
        """Return the title it is shown with."""
        return self.title or REPORTS[self.report].title


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of widgets that answers one question; its period, comparison and currency hold for all of them."""

    id: str
    title: str
    question: str
    icon: str
    widgets: tuple[Widget, ...]

    def widget(self, key: str) -> Widget | None:
        """Return the widget of a key; None without one."""
        return next((widget for widget in self.widgets if widget.key == key), None)


NUMBERS, CHART, TABLE = Form.NUMBERS, Form.CHART, Form.TABLE

OVERVIEW = Dashboard(
    "overview",
    "Overview",
    "How is the shop doing, compared with before?",
    "dashboard",
    (
        Widget(
            "overview",
            NUMBERS,
            ("revenue_kobo", "orders", "aov_kobo", "conversion", "visitors", "sessions", "signups", "bounce_rate"),
            width=12,
            title="Headlines",
        ),
        Widget("overview", CHART, ("revenue_kobo",), width=8, title="Revenue paid"),
        Widget("funnel", CHART, width=4, title="From a look to an order"),
        Widget("product_performance", TABLE, ("product", "units", "revenue_kobo"), title="Best sellers"),
        Widget("campaigns", TABLE, ("label", "sessions", "conversion", "value_kobo"), title="Campaigns"),
        Widget("devices", CHART, ("sessions",), (("by", "device"),), title="Visits by device"),
        Widget(
            "category_sales", CHART, ("gross_kobo", "margin_kobo"), (("by", "category"),), title="Sales by category"
        ),
    ),
)

SALES = Dashboard(
    "sales",
    "Sales",
    "What is ordered and paid, and what is left of it?",
    "payments",
    (
        Widget(
            "sales_breakdown",
            NUMBERS,
            ("gross_kobo", "discounts_kobo", "shipping_kobo", "placed_kobo", "refunds_kobo", "net_kobo"),
            width=12,
            title="From goods to net",
        ),
        Widget("revenue", CHART, width=12, title="Ordered and paid by day"),
        Widget(
            "category_sales", CHART, ("gross_kobo", "margin_kobo"), (("by", "category"),), title="Sales by category"
        ),
        Widget("coupons", TABLE, ("code", "orders", "discount_kobo", "revenue_kobo")),
        Widget("cod_funnel", CHART, parameters=(("by", "day"),), title="Cash on delivery by day"),
        Widget(
            "cod_funnel",
            TABLE,
            ("label", "placed_orders", "refused_share", "collected_kobo"),
            (("by", "state"),),
            title="Cash on delivery by state",
        ),
        Widget("cart_abandonment", NUMBERS, ("abandonment", "abandoned_kobo", "recovered", "recovered_kobo"), width=12),
        Widget(
            "subscriptions",
            NUMBERS,
            ("mrr_kobo", "new_kobo", "expansion_kobo", "churned_kobo", "active", "churn"),
            width=12,
            title="Plans that renew",
        ),
        Widget("subscription_revenue", TABLE, ("month", "plan", "charges", "revenue_kobo")),
        Widget("subscription_cohorts", CHART),
    ),
)

PRODUCTS = Dashboard(
    "products",
    "Products",
    "What sells, what is only looked at, and what is left in carts?",
    "checkroom",
    (
        Widget(
            "product_performance",
            TABLE,
            ("product", "category", "views", "cart_adds", "orders", "units", "revenue_kobo", "conversion", "rating"),
            width=12,
            rows=10,
        ),
        Widget("category_sales", CHART, ("gross_kobo", "margin_kobo"), (("by", "category"),), title="By category"),
        Widget("category_sales", CHART, ("gross_kobo", "margin_kobo"), (("by", "brand"),), title="By brand"),
        Widget("cart_additions", CHART, title="Put in carts by day"),
        Widget("cart_additions", TABLE, ("product", "cart_adds", "orders", "cart_to_order"), title="Put in carts most"),
        Widget("abandoned_products", TABLE, ("product", "carts", "units", "value_kobo")),
        Widget("reviews", TABLE, ("product", "reviews", "average", "verified")),
    ),
)

CUSTOMERS = Dashboard(
    "customers",
    "Customers",
    "Who signs up, who buys, and who buys again?",
    "groups",
    (
        Widget(
            "repeat_customers",
            NUMBERS,
            ("customers", "repeated", "repeat_rate", "days_to_second", "revenue_kobo", "aov_kobo"),
            width=12,
            title="Customers of the last twelve months",
        ),
        Widget("customer_segments", CHART, title="What each segment brought in a year"),
        Widget("leads", TABLE, ("name", "phone", "score", "cart"), title="Whom to call"),
        Widget("lifetime_value", CHART, width=12),
        Widget("customer_retention", CHART, width=12),
        Widget("signups", CHART, width=8),
        Widget("signup_sources", CHART, parameters=(("by", "source"),), width=4),
        Widget(
            "repeat_customers",
            TABLE,
            ("month", "customers", "repeated", "repeat_rate", "within_30", "within_60", "within_90", "revenue_kobo"),
            width=12,
            title="By the month of the first order",
        ),
    ),
)

ACQUISITION = Dashboard(
    "acquisition",
    "Acquisition",
    "Where do visitors come from, and which of them buy?",
    "campaign",
    (
        Widget("attribution", CHART, title="Revenue by the latest channel"),
        Widget(
            "attribution",
            TABLE,
            ("label", "revenue_kobo", "share", "orders"),
            (("model", "first"),),
            title="Revenue by the first channel",
        ),
        Widget("campaigns", CHART, ("sessions",), (("by", "source"),), title="Visits by source"),
        Widget("signup_sources", CHART, parameters=(("by", "source"),), title="Sign-ups by source"),
        Widget(
            "campaigns",
            TABLE,
            ("label", "sessions", "conversion", "revenue_kobo", "spend_kobo", "roas", "cac_kobo"),
            (("by", "campaign"),),
            width=12,
            rows=10,
        ),
        Widget("landing_pages", TABLE, ("label", "sessions", "conversion", "value_kobo"), rows=8),
        Widget("referrers", TABLE, ("label", "sessions", "conversion", "value_kobo"), rows=8),
    ),
)

BEHAVIOUR = Dashboard(
    "behaviour",
    "Behaviour",
    "What do visitors do, and where do they leave?",
    "footprint",
    (
        Widget(
            "sessions",
            NUMBERS,
            ("sessions", "bounce_rate", "pages", "duration", "conversion"),
            width=12,
            title="Visits",
        ),
        Widget("sessions", CHART, ("sessions",), width=8),
        Widget("funnel", CHART, width=4, title="From a look to an order"),
        Widget("active_people", CHART, ("daily", "weekly", "monthly"), width=12),
        Widget("retention", CHART, width=12, title="Who comes back, by the week of the first visit"),
        Widget(
            "experiments",
            TABLE,
            ("experiment", "variant", "conclusion", "people", "conversion", "difference", "person_kobo"),
            width=12,
        ),
        Widget("searches", TABLE, ("query", "searches", "followed_share", "empty_share")),
        Widget("search_gaps", TABLE, ("query", "lost", "product")),
        Widget("devices", CHART, ("sessions",), (("by", "device"),), title="Visits by device"),
        Widget("devices", CHART, ("sessions",), (("by", "platform"),), title="Visits by platform"),
        Widget("cart_abandonment", NUMBERS, ("abandonment", "abandoned_kobo", "recovered", "recovered_kobo"), width=12),
        Widget("abandoned_products", TABLE, ("product", "carts", "units", "value_kobo")),
        Widget("landing_pages", TABLE, ("label", "sessions", "bounce_rate", "conversion"), title="Where visits begin"),
    ),
)

ENGAGEMENT = Dashboard(
    "engagement",
    "Engagement",
    "What brings people back, and what do they do when they are here?",
    "favorite",
    (
        Widget(
            "active_people",
            NUMBERS,
            ("daily", "weekly", "monthly", "stickiness", "logged_in"),
            width=12,
            title="People who come",
        ),
        Widget("retention", CHART, width=12, title="Who comes back, by the week of the first visit"),
        Widget(
            "pets",
            NUMBERS,
            ("conversations", "people", "understood", "click_rate", "orders", "influenced_kobo"),
            width=12,
            title="Talks with pets, and what they sell",
        ),
        Widget("pets", TABLE, ("persona", "people", "click_rate", "influenced_kobo"), title="By persona"),
        Widget("pet_actions", TABLE, ("tool", "done", "refused", "success")),
        Widget(
            "points",
            NUMBERS,
            ("earned", "rewards", "expired", "earners", "held", "liability_kobo"),
            width=12,
            title="Points",
        ),
        Widget("points", CHART, ("earned", "rewards"), width=8, title="Points earned and given by day"),
        Widget("rewards", TABLE, ("reward", "taken", "used"), width=4),
        Widget("games", CHART, width=6, title="Plays by day"),
        Widget("games", TABLE, ("game", "plays", "players", "average_score", "points")),
        Widget("referrals", NUMBERS, ("joined", "ordered", "ordering", "rewarded", "held"), width=12),
        Widget("messages", TABLE, ("kind", "notices", "read_share", "mails", "opened")),
        Widget("wishes", TABLE, ("product", "wishes", "people")),
        Widget("reviews", CHART, ("average",), title="Ratings by day"),
        Widget("reviews", TABLE, ("product", "reviews", "average", "verified"), title="Most reviewed"),
        Widget(
            "cart_abandonment",
            NUMBERS,
            ("reminded", "recovered", "recovery", "recovered_kobo"),
            width=12,
            title="Carts brought back by a mail",
        ),
    ),
)

PLATFORM = Dashboard(
    "platform",
    "Platform",
    "Does everything that should come in come in, and is it right?",
    "monitor_heart",
    (
        Widget("ingest_health", CHART, width=12, title="What came in, and what became of it"),
        Widget("ingest_health", TABLE, ("name", "received", "rejected_share", "late"), title="By key"),
        Widget("rejections", TABLE, ("reason", "source_name", "rejected", "replayed")),
        Widget("api_performance", CHART, width=12),
        Widget("api_performance", TABLE, ("endpoint", "method", "requests", "mean_ms", "worst_p95_ms"), rows=8),
        Widget("api_hours", CHART, title="API: 95 and 99 of 100 requests within, slowest hour of each day"),
        Widget("api_keys", TABLE, ("name", "requests", "client_errors", "limited", "mean_ms"), width=12, rows=8),
        Widget("api_users", TABLE, ("name", "requests", "client_errors", "mean_ms", "last_at"), width=12, rows=8),
        Widget("jobs", TABLE, ("name", "state", "started_at", "failures"), rows=8),
        Widget("counting", TABLE, ("name", "state", "last_at", "days"), rows=8),
        Widget("verify_runs", TABLE, ("started_at", "day", "result", "cells", "differing")),
        Widget("table_sizes", CHART),
        Widget("disk_use", CHART, width=12),
        Widget("slow_queries", TABLE, ("query", "state", "calls", "mean_ms", "total_seconds", "share"), width=12),
        Widget("event_counts", CHART, parameters=(("grain", "day"),), title="Events by day"),
        Widget("top_events", CHART, ("events",)),
        Widget("tracked_and_actual", TABLE, ("fact", "facts", "matched", "missed", "seen"), rows=7),
        Widget("ingest_clients", TABLE, ("client", "door", "received", "rejected"), rows=7),
        Widget("key_validations", CHART, width=12, title="Key validations by day"),
    ),
)

DASHBOARDS: dict[str, Dashboard] = {
    each.id: each for each in (OVERVIEW, SALES, PRODUCTS, CUSTOMERS, ACQUISITION, BEHAVIOUR, ENGAGEMENT, PLATFORM)
}


def dashboard_problems(dashboards: Mapping[str, Dashboard]) -> Iterator[str]:
    """Yield what is declared wrong, a sentence each: a name that does not exist, a width that does not fit."""
    for dashboard in dashboards.values():
        keys = [widget.key for widget in dashboard.widgets]
        yield from (f"{dashboard.id} has {key} twice." for key in sorted({key for key in keys if keys.count(key) > 1}))
        for widget in dashboard.widgets:
            yield from (f"{dashboard.id}, {widget.key}: {problem}" for problem in widget_problems(widget))


def widget_problems(widget: Widget) -> Iterator[str]:
    """Yield what is wrong with one widget."""
    report = REPORTS.get(widget.report)
    if not 1 <= widget.width <= COLUMNS_OF_PAGE:
        yield f"its width must be from 1 to {COLUMNS_OF_PAGE}, not {widget.width}."
    if widget.form is TABLE and widget.rows < 1:
        yield "a table shows one row at least."
    if report is None:
        yield f"there is no report {widget.report}."
        return
    if widget.form is CHART and report.chart is None:
        yield f"{report.id} has no chart."
    if widget.form is NUMBERS and not widget.columns:
        yield "name the columns whose totals are shown."
    if report.pages:
        yield f"{report.id} is read page by page, which a dashboard cannot."
    names = {column.name for column in report.columns}
    yield from (f"{report.id} has no column {name}." for name in widget.columns if name not in names)
    yield from parameter_problems(widget, report)


def parameter_problems(widget: Widget, report: Report) -> Iterator[str]:
    """Yield what is wrong with the parameters that a widget asks its report with."""
    known = {parameter.name: parameter for parameter in report.parameters}
    for name, value in widget.parameters:
        if name not in known:
            yield f"{report.id} has no parameter {name}."
        elif known[name].choices and value not in dict(known[name].choices):
            yield f"{name} of {report.id} cannot be {value}."
