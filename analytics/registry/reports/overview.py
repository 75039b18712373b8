"""The page staff land on."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import MOVED, PAID, PLACED, SIGNED_UP, VISITS
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit
from analytics.registry.reports.visits import BOUNCE_RATE, CONVERSION, SESSIONS

CARDS = ("visitors", "sessions", "signups", "orders", "conversion", "revenue_kobo", "aov_kobo", "bounce_rate")

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
                "visitors",
                "Visitors",
                Unit.COUNT,
                "Different people with at least one event; never summed over days.",
                behind=replace(VISITS, is_exact=False),
            ),
            SESSIONS,
            Column("signups", "Sign-ups", Unit.COUNT, "People who made an account.", sums=True, behind=SIGNED_UP),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "Orders placed; test orders and those cancelled unpaid left out.",
                sums=True,
                behind=PLACED,
            ),
            CONVERSION,
            Column(
                "revenue_kobo",
                "Revenue paid",
                Unit.MONEY,
                "Payments captured less refunds, each on its own day.",
                sums=True,
                behind=MOVED,
            ),
            Column(
                "aov_kobo",
                "Average order value",
                Unit.MONEY,
                "Revenue paid ÷ orders paid; empty without paid orders.",
                behind=replace(PAID, is_exact=False),
                parts=("revenue_kobo",),
            ),
            BOUNCE_RATE,
        ),
        chart=Chart("line", "day", CARDS, each=True),
        has_totals=True,
        rollups=("visitors", "traffic", "sessions", "signups", "orders"),
    ),
)
