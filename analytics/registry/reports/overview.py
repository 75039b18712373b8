"""The page staff land on."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

REPORTS = (
    Report(
        id="overview",
        title="Overview",
        question="How is the shop doing, compared with before?",
        group="Overview",
        icon="monitoring",
        basis=Basis.BOTH,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column(
                "visitors", "Visitors", Unit.COUNT, "Different people with at least one event; never summed over days."
            ),
            Column("signups", "Sign-ups", Unit.COUNT, "People who made an account.", sums=True),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "Orders placed; test orders and those cancelled unpaid left out.",
                sums=True,
            ),
            Column(
                "revenue_kobo",
                "Revenue paid",
                Unit.MONEY,
                "Payments captured less refunds, each on its own day.",
                sums=True,
            ),
            Column(
                "aov_kobo", "Average order value", Unit.MONEY, "Revenue paid ÷ orders paid; empty without paid orders."
            ),
        ),
        chart=Chart("line", "day", ("visitors", "signups", "orders", "revenue_kobo", "aov_kobo"), each=True),
        has_totals=True,
        rollups=("visitors", "traffic", "signups", "orders"),
    ),
)
