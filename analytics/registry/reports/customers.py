"""Who buys: customers one by one, and the segments they are in."""

from __future__ import annotations

from analytics.registry.reports.behind import OF_SEGMENT, ONE_BY_ONE, adding
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

# What `M3_user_analytics.sql` calls customers by their scores; what each means is said in `customer_segments.sql`.
SEGMENTS = (
    *("Champions", "Loyal", "Promising", "New", "Waning", "Drowsy"),
    *("Cannot lose", "At risk", "Hibernating", "Lost", "Lapsed"),
)
SCORE = "From 1 to 5: 1 + the fifths of customers that are below; who is equal scores the same."
YEAR = "Paid in the last 365 days less what went back."

REPORTS = (
    Report(
        id="customer_segments",
        title="Customer segments",
        question="Who are the best customers, who is slipping away, and what is each group worth?",
        group="Customers",
        icon="groups",
        basis=Basis.LEDGER,
        columns=(
            Column("segment", "Segment", Unit.TEXT, "Leads to its customers.", link=("customers", "group")),
            Column("meaning", "Who they are", Unit.TEXT),
            Column(
                "customers",
                "Customers",
                Unit.COUNT,
                "A guest is known again by e-mail or phone.",
                sums=True,
                behind=OF_SEGMENT,
            ),
            Column("share", "Share", Unit.PERCENT, "Of all customers.", parts=("customers",)),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "Placed in the last 365 days.",
                sums=True,
                behind=adding(OF_SEGMENT, "year_orders"),
            ),
            Column("year_kobo", "Revenue paid", Unit.MONEY, YEAR, sums=True, behind=adding(OF_SEGMENT, "year_kobo")),
            Column("revenue_share", "Of revenue", Unit.PERCENT, "Empty without revenue.", parts=("year_kobo",)),
            Column("each_kobo", "Each", Unit.MONEY, "Revenue paid ÷ customers.", parts=("year_kobo", "customers")),
            Column(
                "days_since",
                "Days since",
                Unit.DECIMAL,
                "Since the last order: half of them ordered later.",
                parts=("customers",),
            ),
        ),
        chart=Chart("bar", "segment", ("year_kobo",)),
        fixed_period="365d",
        has_totals=True,
        view="user_analytics",
        empty="Nobody has ordered yet.",
    ),
    Report(
        id="customers",
        title="Customers",
        question="Who are our customers, and what is each worth until now?",
        group="Customers",
        icon="person",
        basis=Basis.LEDGER,
        columns=(
            Column(
                "customer_id",
                "Customer",
                Unit.TEXT,
                "An account's id, or the number of a guest's first order. Leads to all they did.",
                link=("person_timeline", "person"),
                shown="Timeline",
                of_orders=True,
            ),
            Column("name", "Name", Unit.TEXT, personal=True),
            Column("email", "E-mail", Unit.TEXT, personal=True),
            Column("phone", "Phone", Unit.TEXT, personal=True),
            Column("segment", "Segment", Unit.TEXT, link=("customers", "group")),
            Column("orders", "Orders", Unit.COUNT, "All until now.", sums=True),
            Column("revenue_kobo", "Lifetime value", Unit.MONEY, "Paid until now less what went back.", sums=True),
            Column("year_kobo", "Last 365 days", Unit.MONEY, YEAR, sums=True),
            Column("first_date", "First order", Unit.DAY),
            Column("last_order_at", "Last order", Unit.MOMENT),
            Column("recency", "Lately", Unit.COUNT, f"How lately they ordered. {SCORE}"),
            Column("frequency", "Often", Unit.COUNT, f"How many orders in 365 days. {SCORE}"),
            Column("monetary", "Much", Unit.COUNT, f"What they paid in 365 days. {SCORE}"),
            Column("year_orders", "In 365 days", Unit.COUNT, "Orders placed in the last 365 days.", sums=True),
        ),
        parameters=(
            Parameter("group", "RFM group", (("all", "All"), *zip(SEGMENTS, SEGMENTS, strict=True)), "all"),
            Parameter("month", "First order in (2026-11)"),
            Parameter(
                "sort",
                "Sorted by",
                (("value", "Most paid"), ("last", "Latest order"), ("orders", "Most orders")),
                "value",
            ),
            Parameter("person", "Customer"),
            Parameter("months", "First order", (("", "At any time"), ("year", "In these twelve months"))),
            Parameter("again", "Ordered again", (("", "Does not matter"), ("yes", "Yes"))),
        ),
        fixed_period="365d",
        no_rows=ONE_BY_ONE,
        has_totals=True,
        view="user_analytics",
        empty="No customer is like this.",
    ),
)
