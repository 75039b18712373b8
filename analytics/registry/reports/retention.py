"""Who comes back."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

LAST_PERIOD = 12
PERIODS = tuple(
    Column(
        f"period_{number}", f"+{number}", Unit.PERCENT, "So many weeks or months after the first; empty while not over."
    )
    for number in range(1, LAST_PERIOD + 1)
)

REPORTS = (
    Report(
        id="retention",
        title="Retention",
        question="Of the people who came for the first time, how many come back?",
        group="Behaviour",
        icon="replay",
        basis=Basis.EVENTS,
        no_rows="People are counted each once over weeks; Every visit has who came.",
        columns=(
            Column("cohort", "First seen", Unit.DAY, "The week (its Monday) or month in which they first came."),
            Column("people", "People", Unit.COUNT, "Who first came then.", sums=True),
            *PERIODS,
        ),
        parameters=(
            Parameter("grain", "By", (("week", "Week"), ("month", "Month")), "week"),
            Parameter(
                "counts",
                "Came back",
                (("exact", "In exactly that period"), ("later", "In that period or later")),
                "exact",
            ),
        ),
        chart=Chart("heat", "cohort", tuple(column.name for column in PERIODS)),
        has_totals=True,
        rollups=("visitors",),
        view="visitor_retention",
        comparison="",
        empty="Nobody came for the first time in this period.",
    ),
    Report(
        id="active_people",
        title="Active people",
        question="How many people use the shop each day, week and month, and how often do they come?",
        group="Behaviour",
        icon="groups",
        basis=Basis.EVENTS,
        no_rows="People are counted each once over days; Every visit has who came.",
        columns=(
            Column("day", "Day", Unit.DAY),
            Column("daily", "Daily (DAU)", Unit.COUNT, "People on the day; for a period, the average of its days."),
            Column("weekly", "Weekly (WAU)", Unit.COUNT, "Different people in the 7 days that end with the day."),
            Column("monthly", "Monthly (MAU)", Unit.COUNT, "Different people in the 30 days that end with the day."),
            Column("stickiness", "Stickiness", Unit.PERCENT, "Daily ÷ monthly: how much of the month comes on a day."),
            Column(
                "logged_in", "Logged in", Unit.COUNT, "Different accounts that signed in on the day: logged-in DAU."
            ),
        ),
        chart=Chart("line", "day", ("daily", "weekly", "monthly", "stickiness", "logged_in"), each=True),
        has_totals=True,
        rollups=("visitors", "traffic"),
        view="active_people_daily",
    ),
)
