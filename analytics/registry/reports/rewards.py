"""Points, games, friends who were brought, and rewards."""

from __future__ import annotations

from analytics.registry.reports.behind import REWARDED
from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

GROUP = "Engagement"

REPORTS = (
    Report(
        id="points",
        title="Points",
        question="How many points come, go and lapse, and what does the shop owe for those that are held?",
        no_rows=REWARDED,
        group=GROUP,
        icon="stars",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column("earned", "Earned", Unit.COUNT, "By orders, reviews, friends, games and days in a row.", sums=True),
            Column(
                "paid", "Paid with", Unit.COUNT, "At checkout, less what came back with orders that went.", sums=True
            ),
            Column("rewards", "For rewards", Unit.COUNT, "Given for rewards of the catalogue.", sums=True),
            Column("expired", "Lapsed", Unit.COUNT, "Not spent within POINTS_VALID_DAYS.", sums=True),
            Column("taken_back", "Taken back", Unit.COUNT, "For refunds and reviews that were removed.", sums=True),
            Column("by_staff", "By staff", Unit.COUNT, "Given less taken by staff.", sums=True),
            Column("earners", "Earners", Unit.COUNT, "People who earned some; in the total each once."),
            Column("held", "Held", Unit.COUNT, "What customers had at the end of the day."),
            Column(
                "liability_kobo",
                "Owed for them",
                Unit.MONEY,
                "Held × POINTS_VALUE_KOBO as it is set now: a debt until they are spent or lapse.",
                lower_is_better=True,
            ),
        ),
        chart=Chart("bar", "day", ("earned", "paid", "expired", "liability_kobo"), each=True),
        has_totals=True,
    ),
    Report(
        id="games",
        title="Games",
        question="Which games are played, by how many people, and what do they earn?",
        no_rows=REWARDED,
        group=GROUP,
        icon="sports_esports",
        basis=Basis.RECORDS,
        columns=(
            Column("game", "Game", Unit.TEXT),
            Column("plays", "Plays", Unit.COUNT, "That were ended.", sums=True),
            Column(
                "refused",
                "Refused",
                Unit.COUNT,
                "With a result that nobody can have played.",
                sums=True,
                lower_is_better=True,
            ),
            Column("refusal", "Refused %", Unit.PERCENT, "Refused ÷ plays; empty without plays.", lower_is_better=True),
            Column("players", "Players", Unit.COUNT, "In the total each once."),
            Column("average_score", "Average score", Unit.DECIMAL),
            Column("best_score", "Best score", Unit.COUNT),
            Column("points", "Points", Unit.COUNT, "That plays earned.", sums=True),
        ),
        chart=Chart("bar", "bucket", ("plays",)),
        has_series=True,
        has_totals=True,
        empty="Nobody played in this period.",
    ),
    Report(
        id="referrals",
        title="Friends brought",
        question="Do customers bring friends, and do those stay?",
        no_rows=REWARDED,
        group=GROUP,
        icon="group_add",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY, "When the friend came by the code."),
            Column("joined", "Came", Unit.COUNT, "People who came by a customer's code.", sums=True),
            Column("ordered", "Ordered", Unit.COUNT, "Of them, those with an order by now.", sums=True),
            Column("ordering", "Ordered %", Unit.PERCENT, "Ordered ÷ came; empty where nobody came."),
            Column("rewarded", "Rewarded", Unit.COUNT, "Their first order was kept.", sums=True),
            Column("held", "Held", Unit.COUNT, "Wait for staff: both may be one person.", sums=True),
            Column("refused", "Refused", Unit.COUNT, "By staff.", sums=True, lower_is_better=True),
        ),
        chart=Chart("bar", "day", ("joined", "ordered", "rewarded"), each=True),
        has_totals=True,
    ),
    Report(
        id="rewards",
        title="Rewards taken",
        question="For which rewards do customers give their points, and do they use the codes?",
        no_rows=REWARDED,
        group=GROUP,
        icon="redeem",
        basis=Basis.RECORDS,
        columns=(
            Column("reward", "Reward", Unit.TEXT),
            Column("taken", "Taken", Unit.COUNT, "By the day of taking.", sums=True),
            Column("people", "People", Unit.COUNT, "In the total each once."),
            Column("points", "Points", Unit.COUNT, "Given for it.", sums=True),
            Column("used", "Used", Unit.COUNT, "Codes used by now, for orders that stand.", sums=True),
            Column("use", "Used %", Unit.PERCENT, "Used ÷ taken; empty where none was taken."),
            Column("discount_kobo", "Taken off", Unit.MONEY, "What the codes took off those orders.", sums=True),
        ),
        chart=Chart("bar", "reward", ("taken", "used")),
        has_totals=True,
        empty="No reward was taken in this period.",
    ),
)
