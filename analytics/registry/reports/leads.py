"""Whom to call, and all that somebody did."""

from __future__ import annotations

from analytics.registry.leads import BANDS, NAMES, WINDOW_DAYS
from analytics.registry.reports.behind import ONE_BY_ONE
from analytics.registry.reports.forms import Basis, Column, Parameter, Report, Unit

RULES = "; ".join(f"{band.name}: {band.events} events on {band.days} days" for band in BANDS[:-1])
TIMELINE = ("person_timeline", "person")

REPORTS = (
    Report(
        id="leads",
        title="Whom to call",
        question="Who is close to buying, what did they look at, and what is still in their cart?",
        group="Customers",
        icon="call",
        basis=Basis.BOTH,
        no_rows=ONE_BY_ONE,
        columns=(
            Column("person", "What they did", Unit.TEXT, "Step by step.", link=TIMELINE, shown="Timeline"),
            Column("score", "Score", Unit.TEXT, f"Within {WINDOW_DAYS} days, {RULES}; else cold. Without bots."),
            Column("name", "Name", Unit.TEXT, personal=True),
            Column("phone", "Phone", Unit.TEXT, personal=True),
            Column("cart", "In the cart", Unit.TEXT, "Not ordered yet; of the last 30 days."),
            Column("cart_kobo", "Cart, value", Unit.MONEY, "At the prices when it was put in.", sums=True),
            Column("looked_at", "Looked at", Unit.TEXT, "Most first."),
            Column("last_at", "Last seen", Unit.MOMENT),
            Column("searched", "Searched for", Unit.TEXT, "Latest first."),
            Column("hour", "Comes at", Unit.TEXT, "The hour in which most of their visits begin."),
            Column("email", "E-mail", Unit.TEXT, personal=True),
            Column("events", "Events", Unit.COUNT, f"Within {WINDOW_DAYS} days."),
            Column("days", "Days", Unit.COUNT, "With at least one event."),
            Column("orders", "Orders", Unit.COUNT, "All until now.", sums=True),
            Column("revenue_kobo", "Paid until now", Unit.MONEY, "Less what went back.", sums=True),
        ),
        parameters=(
            Parameter(
                "score",
                "Score",
                (("above_cold", "Above cold"), *((name, name.capitalize()) for name in NAMES), ("all", "All")),
                "above_cold",
            ),
            Parameter("who", "Who", (("accounts", "With an account"), ("everybody", "Everybody")), "accounts"),
            Parameter("cart", "Cart", (("any", "Any"), ("filled", "Filled")), "any"),
        ),
        fixed_period="7d",
        has_totals=True,
        rollups=("leads",),
        is_kept=False,
        empty="Nobody was here so much within the last 7 days. People are scored every quarter of an hour.",
    ),
    Report(
        id="person_timeline",
        title="Timeline of a person",
        question="What did somebody do, order and pay, and what were they told, newest first?",
        group="Customers",
        icon="timeline",
        basis=Basis.BOTH,
        columns=(
            Column("happened_at", "When", Unit.MOMENT),
            Column("kind", "Kind", Unit.TEXT),
            Column("what", "What", Unit.TEXT),
            Column("detail", "Detail", Unit.TEXT, "The page, the product or what was searched for."),
            Column("order_ref", "Order", Unit.TEXT, link=("recent_events", "order"), of_orders=True),
            Column(
                "value_kobo",
                "Value",
                Unit.MONEY,
                "Of orders and money alone; refunds are negative.",
                currency_from="currency",
            ),
            Column("currency", "Currency", Unit.TEXT),
            Column("visit", "Visit", Unit.TEXT, link=("session_path", "visit"), shown="See path"),
            Column("id", "Id", Unit.TEXT),
        ),
        parameters=(
            Parameter("person", "Who"),
            Parameter(
                "kind",
                "Kind",
                (
                    ("all", "All"),
                    ("visit", "Visits"),
                    ("event", "Events"),
                    ("order", "Orders"),
                    ("payment", "Payments"),
                    ("message", "Messages"),
                ),
                "all",
            ),
        ),
        fixed_period="365d",
        permission="commerce.view_order",
        pages=True,
        in_menu=False,
        empty="Nothing is known of them within the last 365 days. Choose somebody from the list of customers or of "
        "whom to call.",
    ),
)
