"""Plans that renew: monthly revenue and how it moves, what came in, and who stays."""

from __future__ import annotations

from analytics.registry.reports.behind import SUBSCRIBED
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

GROUP = "Subscriptions"
MONTHS = range(1, 13)

REPORTS = (
    Report(
        id="subscriptions",
        title="Subscriptions",
        question="What do plans bring a month, what came to that and went, and who stays?",
        no_rows=SUBSCRIBED,
        group=GROUP,
        icon="autorenew",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column(
                "mrr_kobo",
                "Monthly revenue",
                Unit.MONEY,
                "Of plans that are active or past due at the day's end, of a year a twelfth, at the price that was "
                "agreed; trials bring none yet.",
            ),
            Column("new_kobo", "New", Unit.MONEY, "Of who began to pay, or came back.", sums=True),
            Column("expansion_kobo", "Expansion", Unit.MONEY, "Of who changed to a plan that brings more.", sums=True),
            Column(
                "contraction_kobo",
                "Contraction",
                Unit.MONEY,
                "Of who changed to one that brings less: below zero. New, expansion, contraction and churned add up to "
                "the change of the monthly revenue.",
                sums=True,
                lower_is_better=True,
            ),
            Column(
                "churned_kobo",
                "Churned",
                Unit.MONEY,
                "Of who ended, or was given up: below zero.",
                sums=True,
                lower_is_better=True,
            ),
            Column("active", "Active", Unit.COUNT, "At the day's end."),
            Column("trialing", "On trial", Unit.COUNT, "At the day's end."),
            Column("past_due", "Past due", Unit.COUNT, "At the day's end.", lower_is_better=True),
            Column("started", "Began", Unit.COUNT, "Customers who began to pay.", sums=True),
            Column(
                "churned",
                "Left",
                Unit.COUNT,
                "Customers who paid and do not any more.",
                sums=True,
                lower_is_better=True,
            ),
            Column(
                "churn",
                "Churn",
                Unit.PERCENT,
                "Left ÷ customers who paid when the day, in total the period, began; empty where nobody did.",
                lower_is_better=True,
            ),
        ),
        chart=Chart("bar", "day", ("mrr_kobo", "new_kobo", "churned_kobo", "active"), each=True),
        has_totals=True,
    ),
    Report(
        id="subscription_revenue",
        title="Revenue of plans",
        question="What came in for each plan, month by month, and what went back?",
        no_rows=SUBSCRIBED,
        group=GROUP,
        icon="loyalty",
        basis=Basis.RECORDS,
        columns=(
            Column("month", "Month", Unit.TEXT),
            Column("plan", "Plan", Unit.TEXT),
            Column("charges", "Charges", Unit.COUNT, "That were paid.", sums=True),
            Column("charged_kobo", "Charged", Unit.MONEY, "What came in.", sums=True),
            Column("refunded_kobo", "Refunded", Unit.MONEY, "What went back, on its own day.", sums=True),
            Column(
                "revenue_kobo",
                "Revenue",
                Unit.MONEY,
                "Charged less refunded. Revenue of orders is apart from it.",
                sums=True,
            ),
            Column("fees_kobo", "Fees", Unit.MONEY, "What the providers kept.", sums=True, lower_is_better=True),
        ),
        chart=Chart("bar", "bucket", ("charged_kobo", "refunded_kobo")),
        has_series=True,
        empty="Nothing came in for plans in this period.",
    ),
    Report(
        id="subscription_cohorts",
        title="Subscribers who stay",
        question="Of those who first paid for a plan in a month, how many still pay in each month after it?",
        no_rows=SUBSCRIBED,
        group=GROUP,
        icon="grid_on",
        basis=Basis.RECORDS,
        columns=(
            Column("month", "First paid", Unit.TEXT, "The month of it."),
            Column("customers", "Customers", Unit.COUNT, sums=True),
            *(
                Column(
                    f"month_{after}",
                    f"+{after}",
                    Unit.PERCENT,
                    f"Pay at the end of the {'month' if after == 1 else f'{after}th month'} after; empty until it is "
                    "over.",
                )
                for after in MONTHS
            ),
        ),
        chart=Chart("heat", "month", tuple(f"month_{after}" for after in MONTHS)),
        fixed_period="365d",
        empty="Nobody has paid for a plan yet.",
    ),
)
