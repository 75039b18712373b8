"""What happened in the shop, beside what browsers and apps told of it."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

REPORTS = (
    Report(
        id="tracked_and_actual",
        title="Tracked and actual",
        question="How much of what happened in the shop do browsers and apps tell us of?",
        group="Events",
        icon="balance",
        basis=Basis.BOTH,
        no_rows="Two accounts of the same things, told apart one by one: the event explorer has both.",
        columns=(
            Column("fact", "Fact", Unit.TEXT),
            Column("facts", "In the shop", Unit.COUNT, "What the shop itself recorded."),
            Column("claims", "Told by clients", Unit.COUNT, "What browsers and apps say happened."),
            Column("matched", "Both", Unit.COUNT, "Told by a client, and known to the shop on the same day."),
            Column("missed", "Not told", Unit.COUNT, "Blocked trackers, lost connections and bugs hide these."),
            Column("seen", "Seen", Unit.PERCENT, "Both ÷ in the shop; empty where nothing happened."),
            Column("unfounded", "Only told", Unit.COUNT, "Clients say so, the shop knows nothing of it."),
            Column("facts_kobo", "Value in the shop", Unit.MONEY, "Of orders, from the ledger."),
            Column("claims_kobo", "Value told", Unit.MONEY, "Of orders, as clients say."),
        ),
        parameters=(
            Parameter(
                "platform",
                "Platform",
                (("all", "All"), ("web", "Web"), ("android", "Android"), ("ios", "iOS"), ("server", "Server")),
                "all",
            ),
        ),
        chart=Chart("bar", "bucket", ("facts", "matched")),
        has_series=True,
        rollups=("claims",),
    ),
)
