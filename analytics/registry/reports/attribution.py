"""Which visits paid orders are put down to."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.attribution import MODELS
from analytics.registry.reports.behind import ATTRIBUTED, ONE_BY_ONE, adding
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit
from analytics.registry.reports.visits import ACQUISITION

MODEL = Parameter("model", "Model", tuple((model.name, model.title) for model in MODELS), MODELS[0].name)
BY = Parameter("by", "Group by", (("channel", "Channel"), ("source", "Source"), ("campaign", "Campaign")), "channel")
REVENUE = Column(
    "revenue_kobo",
    "Revenue paid",
    Unit.MONEY,
    "Money that came in less what went back, by its own day; shared among the visits before the order.",
    sums=True,
)
ORDERS = Column("orders", "Orders paid", Unit.DECIMAL, "Parts of orders where several visits share one.", sums=True)

REPORTS = (
    Report(
        id="attribution",
        title="Attribution",
        question="Which channels bring the money?",
        group=ACQUISITION,
        icon="hub",
        basis=Basis.BOTH,
        columns=(
            Column(
                "label",
                "What led to it",
                Unit.TEXT,
                "From the link of a visit, else the page before. Unattributed: no visit in the days before the order.",
                link=("attributed_orders", "label"),
            ),
            replace(REVENUE, behind=adding(ATTRIBUTED, "revenue_kobo")),
            Column("share", "Share", Unit.PERCENT, "Of all revenue paid.", parts=("revenue_kobo",)),
            replace(ORDERS, behind=adding(ATTRIBUTED, "orders")),
            Column("aov_kobo", "An order", Unit.MONEY, "Revenue ÷ orders paid.", parts=("revenue_kobo", "orders")),
        ),
        parameters=(MODEL, BY),
        chart=Chart("bar", "label", ("revenue_kobo",)),
        has_totals=True,
        rollups=("attribution",),
        empty="No money came in during this period.",
    ),
    Report(
        id="attributed_orders",
        title="Orders by what led to them",
        question="Which orders are put down to what?",
        group=ACQUISITION,
        icon="receipt",
        basis=Basis.BOTH,
        columns=(
            Column("day", "Day", Unit.DAY, "On which the money moved."),
            Column("order_ref", "Order", Unit.TEXT, link=("recent_events", "order"), of_orders=True),
            REVENUE,
            ORDERS,
            Column("channel", "Channel", Unit.TEXT),
            Column("source", "Source", Unit.TEXT),
            Column("campaign", "Campaign", Unit.TEXT),
            Column("visit", "Visit", Unit.TEXT, "Which of the visits before the order."),
            Column("session", "Path", Unit.TEXT, link=("session_path", "visit"), shown="See path"),
        ),
        parameters=(
            MODEL,
            replace(BY, choices=(*BY.choices, ("medium", "Medium"), ("all", "Source, medium and campaign"))),
            Parameter("label", "What led to it"),
            Parameter(
                "grouped",
                "Told as",
                (("", "Attribution tells it"), ("campaigns", "Campaigns tell it")),
                text="Campaigns know no referrers, and put what nothing led to beside what came without a campaign.",
                in_form=False,
            ),
        ),
        rollups=("order_attributions",),
        in_menu=False,
        no_rows=ONE_BY_ONE,
        permission="commerce.view_order",
        empty="No money of such orders moved in this period.",
    ),
)
