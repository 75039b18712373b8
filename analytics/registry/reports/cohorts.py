"""Customers by the month of their first order: who comes back, and what they bring."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import OF_MONTH, adding
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

RIPE = "Of the month's customers; empty until each of them has had that long."
HORIZONS = (30, 60, 90, 180, 365)
MONTHS = range(1, 13)
MONTH = Column("month", "First order", Unit.TEXT, "The month of it.", link=("customers", "month"))
COHORT = (
    MONTH,
    Column("customers", "Customers", Unit.COUNT, sums=True, behind=OF_MONTH),
)

REPORTS = (
    Report(
        id="lifetime_value",
        title="Lifetime value",
        question="What does a customer bring within 30 days of their first order, 60, and so on?",
        group="Customers",
        icon="savings",
        basis=Basis.LEDGER,
        columns=(
            *COHORT,
            Column(
                "revenue_kobo",
                "Revenue paid",
                Unit.MONEY,
                "What came in for them less what went back.",
                sums=True,
                behind=adding(OF_MONTH, "revenue_kobo"),
            ),
            Column(
                "value_kobo",
                "Each, until now",
                Unit.MONEY,
                "Revenue paid ÷ customers.",
                parts=("revenue_kobo", "customers"),
            ),
            *(
                Column(
                    f"value_{days}_kobo",
                    f"{days} days",
                    Unit.MONEY,
                    "Each, until that many days after the first order; empty until all of the month have had them. "
                    "In total: of the months that have.",
                    parts=("customers",),
                )
                for days in HORIZONS
            ),
        ),
        chart=Chart("heat", "month", tuple(f"value_{days}_kobo" for days in HORIZONS)),
        fixed_period="365d",
        has_totals=True,
        view="user_cohorts",
        empty="Nobody has ordered yet.",
    ),
    Report(
        id="customer_retention",
        title="Customers who stay",
        question="Of those who first ordered in a month, how many order in each month after it?",
        group="Customers",
        icon="grid_on",
        basis=Basis.LEDGER,
        columns=(
            *COHORT,
            *(
                Column(
                    f"month_{after}",
                    f"+{after}",
                    Unit.PERCENT,
                    f"Ordered in the {'month' if after == 1 else f'{after}th month'} after; empty until it is over.",
                    parts=("customers",),
                )
                for after in MONTHS
            ),
        ),
        chart=Chart("heat", "month", tuple(f"month_{after}" for after in MONTHS)),
        fixed_period="365d",
        has_totals=True,
        view="user_retention",
        empty="Nobody has ordered yet.",
    ),
    Report(
        id="repeat_customers",
        title="Customers who come back",
        question="Of those who first ordered in a month, how many ordered again, and how soon?",
        group="Customers",
        icon="repeat",
        basis=Basis.LEDGER,
        columns=(
            MONTH,
            Column(
                "customers",
                "Customers",
                Unit.COUNT,
                "A guest is known again by e-mail or phone.",
                sums=True,
                behind=OF_MONTH,
            ),
            Column(
                "repeated",
                "Again",
                Unit.COUNT,
                "Who ordered a second time.",
                sums=True,
                behind=replace(OF_MONTH, fixed=(("again", "yes"),)),
            ),
            Column(
                "repeat_rate",
                "Again %",
                Unit.PERCENT,
                "Until now; earlier months have had longer.",
                parts=("repeated", "customers"),
            ),
            *(
                Column(f"within_{days}", f"In {days} days", Unit.PERCENT, RIPE, parts=("customers",))
                for days in (30, 60, 90)
            ),
            Column(
                "days_to_second",
                "Days until",
                Unit.DECIMAL,
                "From the first order to the second: half of those who came back did so sooner.",
                parts=("repeated",),
            ),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "All that these customers placed until now.",
                sums=True,
                behind=adding(OF_MONTH, "orders"),
            ),
            Column(
                "revenue_kobo",
                "Revenue paid",
                Unit.MONEY,
                "What came in for them less what went back.",
                sums=True,
                behind=adding(OF_MONTH, "revenue_kobo"),
            ),
            Column(
                "aov_kobo",
                "Average order",
                Unit.MONEY,
                "Revenue paid ÷ orders paid; empty without any.",
                parts=("revenue_kobo", "orders"),
            ),
        ),
        chart=Chart("bar", "month", ("customers", "repeated")),
        fixed_period="365d",
        has_totals=True,
        is_kept=False,
        view="user_cohorts",
        empty="Nobody has ordered in the last twelve months.",
    ),
)
