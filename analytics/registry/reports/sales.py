"""Money, from the ledger."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

REPORTS = (
    Report(
        id="revenue",
        title="Revenue by day",
        question="What was ordered, paid, refunded and delivered each day?",
        group="Sales",
        icon="payments",
        basis=Basis.LEDGER,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column("placed_orders", "Orders placed", Unit.COUNT, "By the day of placing.", sums=True),
            Column("placed_kobo", "Placed", Unit.MONEY, "Totals of the orders placed.", sums=True),
            Column("paid_orders", "Orders paid", Unit.COUNT, "By the day they were paid in full.", sums=True),
            Column("captured_kobo", "Captured", Unit.MONEY, "Money that came in.", sums=True),
            Column("refunded_kobo", "Refunded", Unit.MONEY, "Money that went back.", sums=True),
            Column("revenue_kobo", "Revenue paid", Unit.MONEY, "Captured less refunded.", sums=True),
            Column("delivered_orders", "Orders delivered", Unit.COUNT, "By the day of delivery.", sums=True),
            Column("delivered_kobo", "Delivered", Unit.MONEY, "Totals of the orders delivered.", sums=True),
        ),
        chart=Chart("bar", "day", ("placed_kobo", "revenue_kobo")),
        rollups=("orders",),
    ),
)
