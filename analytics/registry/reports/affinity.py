"""Which products go together, what rises, and what somebody is interested in: what recommendations are made of."""

from __future__ import annotations

from analytics.registry.reports.behind import PAIRED
from analytics.registry.reports.forms import Basis, Column, Parameter, Report, Unit

BEHIND = ("recent_events", "product")
PAIR = (
    Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=BEHIND),
    Column("product", "Product", Unit.TEXT),
    Column("other_ref", "Other reference", Unit.TEXT, "The other product's public id.", link=BEHIND),
    Column("other", "Other product", Unit.TEXT),
)
ONE = (
    Parameter(
        "product", "Product's reference", text="A public id, or several between commas; empty for every product."
    ),
)

REPORTS = (
    Report(
        id="products_bought_together",
        title="Bought together",
        question="Which products are bought in the same order?",
        no_rows=PAIRED,
        group="Products",
        icon="join_inner",
        basis=Basis.LEDGER,
        columns=(*PAIR, Column("orders", "Orders with both", Unit.COUNT, "Of the last 365 days, counted once a day.")),
        parameters=ONE,
        fixed_period="365d",
        is_kept=False,
        empty="No two products were bought in one order within a year, or they are not counted yet.",
    ),
    Report(
        id="products_viewed_together",
        title="Viewed together",
        question="What do the visitors of a product look at as well?",
        no_rows=PAIRED,
        group="Products",
        icon="visibility",
        basis=Basis.EVENTS,
        columns=(
            *PAIR,
            Column(
                "visits",
                "Visitors of both",
                Unit.COUNT,
                "Who looked at both on one day; once for each such day. Of the last 30 days, the commonest twelve of "
                "each product.",
            ),
        ),
        parameters=ONE,
        fixed_period="30d",
        view="viewed_together_30d",
        rollups=("viewed_pairs",),
        empty="Nobody looked at two products on one day within 30 days.",
    ),
    Report(
        id="trending_products",
        title="Trending products",
        question="What has more interest this week than in a usual week?",
        no_rows=PAIRED,
        group="Products",
        icon="trending_up",
        basis=Basis.BOTH,
        columns=(
            Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=BEHIND),
            Column("product", "Product", Unit.TEXT),
            Column("category", "Category", Unit.TEXT),
            Column("views", "Views", Unit.COUNT, "Of the last 7 days.", sums=True),
            Column("cart_adds", "Cart adds", Unit.COUNT, "Of the last 7 days.", sums=True),
            Column("units", "Pieces ordered", Unit.COUNT, "Of the last 7 days.", sums=True),
            Column(
                "interest",
                "Interest",
                Unit.COUNT,
                "Views, five for an addition to a cart, twenty for a piece ordered; products with ten and more.",
            ),
            Column("usual_interest", "In a usual week", Unit.DECIMAL, "A quarter of the 28 days before."),
            Column(
                "rise", "Rise", Unit.DECIMAL, "Times as much as in a usual week; empty where there was none before."
            ),
        ),
        fixed_period="7d",
        view="trending_7d",
        rollups=("products",),
        empty="No product has more interest than usual.",
    ),
    Report(
        id="person_products",
        title="Products of a person",
        question="What did somebody look at, put in the cart and order?",
        no_rows=PAIRED,
        group="Customers",
        icon="person_search",
        basis=Basis.BOTH,
        columns=(
            Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=BEHIND),
            Column("product", "Product", Unit.TEXT),
            Column("views", "Views", Unit.COUNT, "While signed in.", sums=True),
            Column("cart_adds", "Cart adds", Unit.COUNT, sums=True),
            Column("units", "Pieces ordered", Unit.COUNT, sums=True),
            Column("last_at", "Latest", Unit.MOMENT),
        ),
        parameters=(Parameter("person", "Who", text="The id of an account."),),
        fixed_period="90d",
        permission="commerce.view_order",
        is_kept=False,
        in_menu=False,
        empty="Nothing is known of them within the last 90 days.",
    ),
)
