"""What was tried on people, and whether it was better."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

ONE_LOOK = "95 of 100 such ranges hold the true difference, for one look at the end; the conclusion may be read daily."

REPORTS = (
    Report(
        id="experiments",
        title="Experiments",
        question="Which variant do people order more by, and is that sure?",
        group="Behaviour",
        icon="science",
        basis=Basis.BOTH,
        no_rows="People are counted once, after they first saw a variant: the event explorer has experiment.viewed.",
        columns=(
            Column("experiment", "Experiment", Unit.TEXT, "The flag that draws its variants."),
            Column("variant", "Variant", Unit.TEXT, "The first of each experiment is the control."),
            Column(
                "conclusion", "Conclusion", Unit.TEXT, "Right however often it is looked at: see docs/experiments.md."
            ),
            Column(
                "people",
                "People",
                Unit.COUNT,
                "Who first saw it in the period, each once, and saw no other.",
                sums=True,
            ),
            Column(
                "ordered", "Ordered", Unit.COUNT, "Of those, who placed an order after that, in the period.", sums=True
            ),
            Column("conversion", "Conversion", Unit.PERCENT, "Ordered ÷ people.", parts=("ordered", "people")),
            Column("difference", "Difference", Unit.PERCENT, "Its conversion less the control's, in points."),
            Column("low", "At least", Unit.PERCENT, f"Newcombe's interval. {ONE_LOOK}"),
            Column("high", "At most", Unit.PERCENT, f"Newcombe's interval. {ONE_LOOK}"),
            Column("revenue_kobo", "Revenue", Unit.MONEY, "Paid less refunds until now, of those orders.", sums=True),
            Column("person_kobo", "A person", Unit.MONEY, "Revenue ÷ people.", parts=("revenue_kobo", "people")),
            Column("difference_kobo", "Difference a person", Unit.MONEY, "Less the control's."),
            Column("low_kobo", "At least a person", Unit.MONEY, f"Welch's interval. {ONE_LOOK}"),
            Column("high_kobo", "At most a person", Unit.MONEY, f"Welch's interval. {ONE_LOOK}"),
            Column(
                "ratio_p",
                "Sample ratio p",
                Unit.DECIMAL,
                "How likely it is by chance that people are parted so unlike the weights; under 0.001 it is none.",
            ),
            Column(
                "left_out", "Left out", Unit.COUNT, "People who saw two variants of the experiment; they count nowhere."
            ),
        ),
        parameters=(Parameter("experiment", "Experiment", text="A flag's name, like product-promise"),),
        chart=Chart("bar", "variant", ("conversion",)),
        comparison="",
        empty="No experiment ran in this period. A flag with two variants or more is one; make it under Flags.",
    ),
)
