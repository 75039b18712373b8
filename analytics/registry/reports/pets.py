"""Pets: who talks with them, what they bring, what they do and what they do not understand."""

from __future__ import annotations

from analytics.registry.reports.behind import TALKED
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

GROUP = "Engagement"

REPORTS = (
    Report(
        id="pets",
        title="Pets",
        question="Who talks with pets, and what do they sell?",
        no_rows=TALKED,
        group=GROUP,
        icon="pets",
        basis=Basis.BOTH,
        columns=(
            Column("persona", "Persona", Unit.TEXT, "Whom people spoke with."),
            Column("conversations", "Conversations", Unit.COUNT, "In which something was said."),
            Column("people", "People", Unit.COUNT),
            Column("messages", "Messages", Unit.COUNT, "That people wrote."),
            Column("understood", "Understood", Unit.PERCENT, "Of those of which rules could tell; empty without any."),
            Column("shown", "Shown", Unit.COUNT, "Products that pets showed.", sums=True),
            Column("clicked", "Clicked", Unit.COUNT, "Of them, those that were clicked in the talk.", sums=True),
            Column("click_rate", "Clicked %", Unit.PERCENT, "Clicked ÷ shown; empty where nothing was shown."),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "With a product that a pet had shown, put in the cart within 24 hours and ordered within 24 more.",
                sums=True,
            ),
            Column(
                "influenced_kobo",
                "Influenced revenue",
                Unit.MONEY,
                "What was paid for those orders, refunds taken off. The shop might have had some of it without pets.",
                sums=True,
            ),
        ),
        chart=Chart("bar", "persona", ("messages", "influenced_kobo"), each=True),
        has_totals=True,
        empty="Nobody talked with a pet in this period.",
    ),
    Report(
        id="pet_actions",
        title="What pets do",
        question="What do people let their pets do, and does it work?",
        no_rows=TALKED,
        group=GROUP,
        icon="task_alt",
        basis=Basis.RECORDS,
        columns=(
            Column("tool", "Action", Unit.TEXT),
            Column("actions", "Tried", Unit.COUNT, sums=True),
            Column("done", "Done", Unit.COUNT, sums=True),
            Column(
                "refused",
                "Refused",
                Unit.COUNT,
                "By the shop's rules: sold out, no such order.",
                sums=True,
                lower_is_better=True,
            ),
            Column("failed", "Failed", Unit.COUNT, "By a mistake of ours.", sums=True, lower_is_better=True),
            Column("declined", "Declined", Unit.COUNT, "The person said no.", sums=True),
            Column("unanswered", "Not answered", Unit.COUNT, "Nobody said yes or no.", sums=True),
            Column("success", "Success", Unit.PERCENT, "Done ÷ done, refused and failed; empty without any."),
        ),
        chart=Chart("bar", "tool", ("done", "refused", "failed")),
        empty="No pet did anything in this period.",
    ),
    Report(
        id="pet_gaps",
        title="What pets do not understand",
        question="What do people say that pets make nothing of?",
        no_rows=TALKED,
        group=GROUP,
        icon="sms_failed",
        basis=Basis.RECORDS,
        columns=(
            Column("said", "Said", Unit.TEXT, "In small letters, with single spaces.", personal=True),
            Column("times", "Times", Unit.COUNT, sums=True, lower_is_better=True),
            Column("people", "People", Unit.COUNT),
            Column("latest_at", "Last", Unit.MOMENT),
        ),
        permission="commerce.view_user",
        comparison="",
        empty="Everything that was said was understood.",
    ),
)
