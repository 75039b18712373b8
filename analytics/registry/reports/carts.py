"""Carts that were filled, and what became of them."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import CARTS, adding
from analytics.registry.reports.forms import Basis, Behind, Chart, Column, Report, Unit

LEFT = Behind("cart_list", (("state", "left"),), (("product", "product_ref"),))

REPORTS = (
    Report(
        id="cart_abandonment",
        title="Carts left behind",
        question="How many filled carts are left behind, and how many come back?",
        group="Sales",
        icon="remove_shopping_cart",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY, "When something was last done in the cart."),
            Column(
                "carts",
                "Carts",
                Unit.COUNT,
                "With something in them: ordered, in use or left.",
                sums=True,
                behind=CARTS,
            ),
            Column(
                "ordered",
                "Ordered",
                Unit.COUNT,
                "Carts that became an order.",
                sums=True,
                behind=replace(CARTS, fixed=(("state", "ordered"),)),
            ),
            Column(
                "in_use",
                "In use",
                Unit.COUNT,
                "Carts whose owner was there within the hour.",
                sums=True,
                behind=replace(CARTS, fixed=(("state", "in_use"),)),
            ),
            Column(
                "abandoned",
                "Left",
                Unit.COUNT,
                "Carts that nobody came back to for an hour, or the time that CART_ABANDONED_MINUTES says.",
                sums=True,
                lower_is_better=True,
                behind=replace(CARTS, fixed=(("state", "left"),)),
            ),
            Column(
                "abandonment",
                "Left %",
                Unit.PERCENT,
                "Left ÷ carts; empty without carts.",
                lower_is_better=True,
                parts=("abandoned", "carts"),
            ),
            Column(
                "abandoned_kobo",
                "Left, value",
                Unit.MONEY,
                "What is in the carts left, at the prices when it was put in.",
                sums=True,
                lower_is_better=True,
                behind=replace(CARTS, fixed=(("state", "left"),), adds="value_kobo"),
            ),
            Column(
                "reminded",
                "Reminded",
                Unit.COUNT,
                "Carts that a mail reminded of.",
                sums=True,
                behind=replace(CARTS, fixed=(("state", "reminded"),)),
            ),
            Column(
                "recovered",
                "Recovered",
                Unit.COUNT,
                "Of them, those ordered after the mail.",
                sums=True,
                behind=replace(CARTS, fixed=(("state", "recovered"),)),
            ),
            Column(
                "recovery",
                "Recovered %",
                Unit.PERCENT,
                "Recovered ÷ reminded; empty where nobody was reminded.",
                parts=("recovered", "reminded"),
            ),
            Column(
                "recovered_kobo",
                "Recovered, value",
                Unit.MONEY,
                "What was in those.",
                sums=True,
                behind=replace(CARTS, fixed=(("state", "recovered"),), adds="value_kobo"),
            ),
        ),
        chart=Chart("bar", "day", ("carts", "abandonment", "abandoned_kobo", "recovered_kobo"), each=True),
        has_totals=True,
    ),
    Report(
        id="abandoned_products",
        title="Products left in carts",
        question="What do people put in their carts and leave there?",
        group="Sales",
        icon="production_quantity_limits",
        basis=Basis.RECORDS,
        columns=(
            Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("product_days", "product")),
            Column("product", "Product", Unit.TEXT),
            Column("carts", "Carts left", Unit.COUNT, "One with several products is in the total once.", behind=LEFT),
            Column("units", "Pieces", Unit.COUNT, sums=True, behind=adding(LEFT, "units")),
            Column(
                "value_kobo",
                "Value",
                Unit.MONEY,
                "At the prices when it was put in.",
                sums=True,
                behind=adding(LEFT, "value_kobo"),
            ),
            Column("share", "Share", Unit.PERCENT, "Of the value of all carts left.", parts=("value_kobo",)),
        ),
        chart=Chart("bar", "product", ("value_kobo",)),
        has_totals=True,
        brand_scopable=True,
        empty="No cart was left behind in this period.",
    ),
)
