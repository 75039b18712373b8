"""Who came."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

REPORTS = (
    Report(
        id="signups",
        title="Sign-ups",
        question="How many people made an account, and where did they come from?",
        group="Audience",
        icon="person_add",
        basis=Basis.EVENTS,
        columns=(
            Column("label", "Group", Unit.TEXT),
            Column("signups", "Sign-ups", Unit.COUNT, "People who made an account.", sums=True),
            Column("share", "Share", Unit.PERCENT, "Of all sign-ups of the period."),
        ),
        parameters=(
            Parameter(
                "by",
                "Group by",
                (("day", "Day"), ("source", "Source"), ("platform", "Platform"), ("country", "Country")),
                "day",
            ),
        ),
        chart=Chart("bar", "label", ("signups",)),
        has_totals=True,
        rollups=("signups",),
    ),
)
