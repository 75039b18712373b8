"""What people search for, and what they do not find."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import SEARCHED
from analytics.registry.reports.forms import Basis, Chart, Column, Parameter, Report, Unit

GROUP = "Behaviour"
FOUND_NOTHING = replace(SEARCHED, fixed=(("found", "nothing"),))
QUERY = Column("query", "Searched for", Unit.TEXT, "In lower case, with single spaces.", link=("search_list", "query"))
SEARCHES = Column("searches", "Searches", Unit.COUNT, sums=True, behind=SEARCHED)
EMPTY = Column(
    "empty",
    "Found nothing",
    Unit.COUNT,
    "Searches without a result.",
    sums=True,
    lower_is_better=True,
    behind=FOUND_NOTHING,
)
LOST = Column(
    "lost",
    "Lost visits",
    Unit.COUNT,
    "Searches that found nothing, after which the visitor neither searched again nor looked at a product.",
    sums=True,
    lower_is_better=True,
    behind=replace(FOUND_NOTHING, is_exact=False),
)

REPORTS = (
    Report(
        id="searches",
        title="Searches",
        question="What do people search for, and does the shop have it?",
        group=GROUP,
        icon="search",
        basis=Basis.EVENTS,
        columns=(
            QUERY,
            SEARCHES,
            Column(
                "results",
                "Results",
                Unit.DECIMAL,
                "Found on average; empty where clients do not say how many.",
                parts=("searches",),
            ),
            Column(
                "followed",
                "Led to a product",
                Unit.COUNT,
                "A product was looked at within half an hour.",
                sums=True,
                behind=replace(SEARCHED, is_exact=False),
            ),
            Column(
                "followed_share",
                "Click-through",
                Unit.PERCENT,
                "Searches that led to a product ÷ searches.",
                parts=("searches",),
            ),
            Column(
                "refined",
                "Searched again",
                Unit.COUNT,
                "The next thing was another search.",
                sums=True,
                lower_is_better=True,
                behind=replace(SEARCHED, is_exact=False),
            ),
            EMPTY,
            Column(
                "empty_share",
                "Found nothing %",
                Unit.PERCENT,
                "Of those that said how many.",
                lower_is_better=True,
                parts=("empty", "searches"),
            ),
            LOST,
        ),
        chart=Chart("bar", "query", ("searches", "followed")),
        has_totals=True,
        rollups=("searches",),
        empty="Nobody searched in this period. They are events of the type product.searched, with query and results.",
    ),
    Report(
        id="search_gaps",
        title="Searches that find nothing",
        question="What do people want that they cannot find, and is it in the stock room or among the drafts?",
        group=GROUP,
        icon="search_off",
        basis=Basis.EVENTS,
        columns=(
            QUERY,
            EMPTY,
            LOST,
            Column(
                "product",
                "Closest hidden product",
                Unit.TEXT,
                "Not published, or out of stock; empty where none is near.",
            ),
            Column("product_ref", "Its reference", Unit.TEXT, link=("product_days", "product")),
            Column("state", "Why it is not found", Unit.TEXT),
        ),
        chart=Chart("bar", "query", ("lost",)),
        has_totals=True,
        rollups=("searches",),
        empty="No search came back without a result in this period.",
    ),
    Report(
        id="search_list",
        title="Every search",
        question="Who searched, and what did they find?",
        group=GROUP,
        icon="manage_search",
        basis=Basis.EVENTS,
        columns=(
            Column("occurred_at", "When", Unit.MOMENT),
            QUERY,
            Column("results", "Results", Unit.COUNT),
            Column("visitor", "Visitor", Unit.TEXT, link=("session_list", "person")),
            Column("platform", "Platform", Unit.TEXT),
            Column("page_path", "Page", Unit.TEXT),
            Column("id", "Id", Unit.TEXT),
        ),
        parameters=(
            Parameter("query", "Searched for"),
            Parameter("found", "Found", (("any", "Anything or nothing"), ("nothing", "Nothing")), "any"),
        ),
        pages=True,
    ),
)
