"""Where people go next, and where they came from."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

REPORTS = (
    Report(
        id="paths",
        title="Paths",
        question="What do people look at next, and what did they look at before?",
        group="Behaviour",
        icon="conversion_path",
        basis=Basis.EVENTS,
        no_rows="Put together for the question out of whole visits: Every visit has their paths.",
        columns=(
            Column(
                "path",
                "Path",
                Unit.TEXT,
                "In the order of the visit; the same twice in a row is once, order numbers and the like are …",
            ),
            Column("near", "Nearest", Unit.TEXT, "The first step away from the chosen one.", link=("paths", "chosen")),
            Column("sessions", "Visits", Unit.COUNT, "Visits that went this way from the first time.", sums=True),
            Column("share", "Share", Unit.PERCENT, "Of all visits with the chosen page or event."),
        ),
        parameters=(
            Parameter(
                "chosen",
                "Page or event",
                text="A page like /cart, or with `of=events` a type like cart.item_added; empty: the ends of visits.",
            ),
            Parameter("of", "Made of", (("pages", "Pages"), ("events", "Events")), "pages"),
            Parameter("direction", "Direction", (("next", "What came next"), ("before", "What came before")), "next"),
            Parameter("depth", "Steps", (("1", "1"), ("2", "2"), ("3", "3")), "2"),
        ),
        chart=Chart("bar", "path", ("sessions",)),
        comparison="",
        empty="No visit of this period has this page or event. Take one from the landing pages or the events.",
    ),
)
