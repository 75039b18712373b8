"""The way people take, step by step, for any events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.registry.funnels import BREAKDOWNS, STEP_NAMES, USUAL_WINDOW, WINDOWS
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

STEP_TEXT = (
    "An event type with any filters, like product.viewed?category=Gowns&properties.source~=web: = is equal, ~= "
    "contains without regard to case, values are percent-encoded"
)


def titles(declared: Mapping[str, tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return what may be chosen, with its title."""
    return tuple((key, each[0]) for key, each in declared.items())


REPORTS = (
    Report(
        id="event_funnel",
        title="Funnel builder",
        question="How many people take these steps, one after the other?",
        group="Behaviour",
        icon="filter_list",
        basis=Basis.EVENTS,
        no_rows="Put together for the question out of the events of people: the event explorer has them.",
        columns=(
            Column("label", "Group", Unit.TEXT, "By the visit in which the first step was taken."),
            Column("step", "Step", Unit.TEXT, "Each later than the one before, by the same person."),
            Column("people", "People", Unit.COUNT, "Different people who came this far in time."),
            Column("of_first", "Of the first step", Unit.PERCENT),
            Column("of_before", "Of the step before", Unit.PERCENT),
            Column(
                "lost", "Lost", Unit.COUNT, "People who took the step before and not this one.", lower_is_better=True
            ),
            Column(
                "seconds",
                "Median time",
                Unit.DURATION,
                "From the latest taking of the step before; half of those who came this far were faster.",
                lower_is_better=True,
            ),
        ),
        parameters=(
            *(Parameter(name, f"Step {name[-1]}", text=STEP_TEXT, in_form=False) for name in STEP_NAMES),
            Parameter("window", "All steps within", titles(WINDOWS), USUAL_WINDOW),
            Parameter("by", "Group by", (("nothing", "Nothing"), *titles(BREAKDOWNS)), "nothing"),
        ),
        chart=Chart("funnel", "step", ("people",)),
        rollups=("journeys",),
        comparison="none",
        empty="Nobody took the first step in this period. Choose another first step, fewer filters or a longer period.",
    ),
)
