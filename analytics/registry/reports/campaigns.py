"""What campaigns bring, and what they cost."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.attribution import MODEL, REVENUE
from analytics.registry.reports.behind import ATTRIBUTED, SPENT
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit
from analytics.registry.reports.visits import ACQUISITION, CAMPAIGN_LEVELS, SOURCED, told_by

VISITED = told_by("campaign", SOURCED)
LED = replace(ATTRIBUTED, fixed=(("grouped", "campaigns"),), adds="revenue_kobo")
WITH_SPEND = "The total is of those with spend."

REPORTS = (
    Report(
        id="campaigns",
        title="Campaigns",
        question="Which campaigns bring visits, orders and money, and are they worth what they cost?",
        group=ACQUISITION,
        icon="campaign",
        basis=Basis.BOTH,
        columns=(
            Column(
                "label", "Campaign", Unit.TEXT, "From the utm_ words of the link.", link=("session_list", "campaign")
            ),
            VISITED[0],
            replace(REVENUE, behind=LED),
            Column(
                "spend_kobo", "Spend", Unit.MONEY, "As imported; empty where there is none.", sums=True, behind=SPENT
            ),
            Column(
                "roas",
                "Return on spend",
                Unit.DECIMAL,
                f"ROAS: revenue paid ÷ spend. {WITH_SPEND}",
                parts=("revenue_kobo", "spend_kobo"),
            ),
            Column(
                "roi",
                "Gain on spend",
                Unit.PERCENT,
                f"ROI: (revenue paid − spend) ÷ spend, before the cost of goods. {WITH_SPEND}",
                parts=("revenue_kobo", "spend_kobo"),
            ),
            Column(
                "visit_kobo",
                "Cost a visit",
                Unit.MONEY,
                f"Spend ÷ visits. {WITH_SPEND}",
                lower_is_better=True,
                parts=("spend_kobo", "sessions"),
            ),
            Column(
                "new_customers",
                "New customers",
                Unit.DECIMAL,
                "Orders paid that were their customer's first, shared like the money.",
                sums=True,
                behind=replace(LED, adds="", is_exact=False),
            ),
            Column(
                "cac_kobo",
                "Cost a new customer",
                Unit.MONEY,
                f"CAC: spend ÷ new customers. {WITH_SPEND}",
                lower_is_better=True,
                parts=("spend_kobo", "new_customers"),
            ),
            *VISITED[1:],
        ),
        parameters=(Parameter("by", "Group by", CAMPAIGN_LEVELS, "campaign"), MODEL),
        chart=Chart("bar", "label", ("revenue_kobo", "spend_kobo")),
        has_totals=True,
        is_kept=False,
        rollups=("sources", "attribution"),
    ),
)
