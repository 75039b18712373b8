"""What another product counted before Zuka was there."""

from __future__ import annotations

from analytics.registry.reports.behind import ONE_BY_ONE
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

REPORTS = (
    Report(
        id="before_zuka",
        title="Before Zuka",
        question="How many people came each day, as the product before Zuka counted them?",
        group="Behaviour",
        icon="history",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY, "In the time zone of the product before."),
            Column(
                "visitors",
                "Visitors",
                Unit.COUNT,
                "Different people of that day; empty where days of several websites are added.",
            ),
            Column("visits", "Visits", Unit.COUNT, "As counted there: no figure of Zuka holds them.", sums=True),
            Column("pageviews", "Page views", Unit.COUNT, sums=True),
            Column(
                "bounce_rate",
                "Bounce rate",
                Unit.PERCENT,
                "Visits of one page ÷ visits; empty without visits.",
                lower_is_better=True,
                parts=("visits",),
            ),
            Column("duration", "Average length", Unit.DURATION, "Of a visit.", parts=("visits",)),
        ),
        parameters=(Parameter("source", "Website"),),
        chart=Chart("line", "day", ("visits", "pageviews")),
        has_totals=True,
        no_rows=ONE_BY_ONE,
        empty="No days were imported for this period. Plausible's export brings them: Tracking › Import history.",
    ),
)
