"""Who came."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import SIGNED_UP, of
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

SIGNUPS = Column("signups", "Sign-ups", Unit.COUNT, "People who made an account.", sums=True, behind=SIGNED_UP)

REPORTS = (
    Report(
        id="signups",
        title="Sign-ups by day",
        question="How many people made an account each day?",
        group="Customers",
        icon="person_add",
        basis=Basis.EVENTS,
        columns=(Column("day", "Day", Unit.DAY), SIGNUPS),
        chart=Chart("bar", "day", ("signups",)),
        rollups=("signups",),
    ),
    Report(
        id="signup_sources",
        title="Sign-up sources",
        question="Where did the people who made an account come from?",
        group="Acquisition",
        icon="share_reviews",
        basis=Basis.EVENTS,
        columns=(
            Column("label", "Group", Unit.TEXT),
            replace(SIGNUPS, behind=of(SIGNED_UP, ("{by}", "label"))),
            Column("share", "Share", Unit.PERCENT, "Of all sign-ups of the period.", parts=("signups",)),
        ),
        parameters=(
            Parameter(
                "by",
                "Group by",
                (("source", "Source"), ("platform", "Platform"), ("country", "Country")),
                "source",
            ),
        ),
        chart=Chart("bar", "label", ("signups",)),
        has_totals=True,
        rollups=("signups",),
    ),
)
