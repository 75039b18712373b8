"""The events themselves."""

from __future__ import annotations

from analytics.registry.reports.behind import CLAIMS, EVENTS, of
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

GRAIN = Parameter("grain", "By", (("day", "Day"), ("month", "Month"), ("year", "Year")), "day")
TYPE_LINK = ("recent_events", "type")
BY_TYPE = (
    Column("event_type", "Event", Unit.TEXT, link=TYPE_LINK),
    Column(
        "events",
        "Events",
        Unit.COUNT,
        "Events marked as from bots are left out.",
        sums=True,
        behind=of(EVENTS, ("type", "event_type")),
    ),
    Column(
        "claimed",
        "Claimed",
        Unit.COUNT,
        "Of them, clients' words on what the shop knows itself.",
        sums=True,
        behind=of(CLAIMS, ("type", "event_type")),
    ),
)

REPORTS = (
    Report(
        id="event_counts",
        title="Event counts",
        question="How many events of each type came, by day, month or year?",
        group="Events",
        icon="bar_chart",
        basis=Basis.EVENTS,
        columns=(
            Column("bucket", "Period", Unit.DAY, "The first day of the period."),
            *BY_TYPE,
        ),
        parameters=(GRAIN, Parameter("type", "Event type")),
        chart=Chart("bar", "bucket", ("events",)),
        has_series=True,
        has_totals=True,
        rollups=("events",),
    ),
    Report(
        id="top_events",
        title="Top events",
        question="Which events happen most?",
        group="Events",
        icon="leaderboard",
        basis=Basis.EVENTS,
        columns=(
            *BY_TYPE,
            Column("share", "Share", Unit.PERCENT, "Of all events of the period.", parts=("events",)),
        ),
        chart=Chart("bar", "event_type", ("events",)),
        has_totals=True,
        rollups=("events",),
    ),
    Report(
        id="recent_events",
        title="Event explorer",
        question="What happened, event by event?",
        group="Events",
        icon="manage_search",
        basis=Basis.EVENTS,
        columns=(
            Column("occurred_at", "When", Unit.MOMENT),
            Column("event_type", "Event", Unit.TEXT, link=TYPE_LINK),
            Column("source_name", "Sent as", Unit.TEXT, "The name the client used."),
            Column("user_id", "User", Unit.TEXT, link=("recent_events", "user")),
            Column("visitor_id", "Visitor", Unit.TEXT, link=("recent_events", "visitor")),
            Column("session_id", "Session", Unit.TEXT, link=("recent_events", "session")),
            Column("platform", "Platform", Unit.TEXT),
            Column("page_path", "Page", Unit.TEXT),
            Column("product_ref", "Product", Unit.TEXT, link=("recent_events", "product")),
            Column("order_ref", "Order", Unit.TEXT, link=("recent_events", "order"), of_orders=True),
            Column("value_kobo", "Value", Unit.MONEY, currency_from="currency"),
            Column("currency", "Currency", Unit.TEXT),
            Column("flags", "Marks", Unit.TEXT, "Bot, skewed clock, claimed by a client, imported, renamed."),
            Column("properties", "Properties", Unit.JSON, "As sent; free text of people is left out."),
            Column("id", "Id", Unit.TEXT),
        ),
        parameters=(
            Parameter("type", "Event type"),
            Parameter("user", "User"),
            Parameter("visitor", "Visitor"),
            Parameter("session", "Session"),
            Parameter("product", "Product"),
            Parameter("order", "Order", of_orders=True),
            Parameter(
                "marks",
                "Marks",
                (("", "All"), ("people", "Without bots"), ("claimed", "Clients' claims, without bots")),
            ),
        ),
        pages=True,
    ),
)
