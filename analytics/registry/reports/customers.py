"""Who buys, and who buys again."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

RIPE = "Of the month's customers; empty until each of them has had that long."

REPORTS = (
    Report(
        id="repeat_customers",
        title="Customers who come back",
        question="Of those who first ordered in a month, how many ordered again, and how soon?",
        group="Sales",
        icon="repeat",
        basis=Basis.LEDGER,
        columns=(
            Column("month", "First order", Unit.TEXT, "The month of it. A guest is known again by e-mail or phone."),
            Column("customers", "Customers", Unit.COUNT, sums=True),
            Column("repeated", "Again", Unit.COUNT, "Who ordered a second time.", sums=True),
            Column("repeat_rate", "Again %", Unit.PERCENT, "Until now; earlier months have had longer."),
            *(Column(f"within_{days}", f"In {days} days", Unit.PERCENT, RIPE) for days in (30, 60, 90)),
            Column(
                "days_to_second",
                "Days until",
                Unit.DECIMAL,
                "From the first order to the second: half of those who came back did so sooner.",
            ),
            Column("orders", "Orders", Unit.COUNT, "All that these customers placed until now.", sums=True),
            Column("revenue_kobo", "Revenue paid", Unit.MONEY, "What came in for them less what went back.", sums=True),
            Column("aov_kobo", "Average order", Unit.MONEY, "Revenue paid ÷ orders paid; empty without any."),
        ),
        chart=Chart("bar", "month", ("customers", "repeated")),
        fixed_period="365d",
        has_totals=True,
        empty="Nobody has ordered in the last twelve months.",
    ),
)
