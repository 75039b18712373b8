"""What sells, and what is only looked at."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import GOODS, adding, of
from analytics.registry.reports.forms import Basis, Behind, Chart, Column, Parameter, Report, Unit

BOUGHT = Behind("order_list", given=(("product", "product_ref"),), whole=None)
SOLD = of(GOODS, ("product", "product_ref"))
LOOKED = Behind("recent_events", (("type", "product.viewed"), ("marks", "people")), (("product", "product_ref"),))
PUT_IN = Behind(
    "recent_events", (("type", "cart.item_added"), ("marks", "people")), (("product", "product_ref"),), is_exact=False
)
WRITTEN = Behind("review_list", given=(("product", "product_ref"),))
SALES = (
    Column(
        "orders",
        "Orders",
        Unit.COUNT,
        "Orders with it, by the day of placing; one with several products counts for each.",
        sums=True,
        behind=BOUGHT,
    ),
    Column("units", "Units", Unit.COUNT, "Pieces ordered.", sums=True, behind=adding(SOLD, "units")),
    Column(
        "revenue_kobo",
        "Ordered value",
        Unit.MONEY,
        "Line totals of placed orders.",
        sums=True,
        behind=adding(SOLD, "gross_kobo"),
    ),
)
INTEREST = (
    Column("views", "Views", Unit.COUNT, "Times its page was shown.", sums=True, behind=LOOKED),
    Column("cart_adds", "Cart adds", Unit.COUNT, "Times it was put in a cart.", sums=True, behind=PUT_IN),
)
STEPS = (
    Column(
        "view_to_cart",
        "View → cart",
        Unit.PERCENT,
        "Cart adds ÷ views; empty without views.",
        parts=("cart_adds", "views"),
    ),
    Column(
        "cart_to_order",
        "Cart → order",
        Unit.PERCENT,
        "Orders ÷ cart adds; empty without cart adds.",
        parts=("orders", "cart_adds"),
    ),
    Column("conversion", "Conversion", Unit.PERCENT, "Orders ÷ views; empty without views.", parts=("orders", "views")),
)

REPORTS = (
    Report(
        id="product_performance",
        title="Product performance",
        question="Which products are looked at, put in carts and bought?",
        group="Products",
        icon="checkroom",
        basis=Basis.BOTH,
        columns=(
            Column(
                "product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("recent_events", "product")
            ),
            Column("product", "Product", Unit.TEXT),
            Column("category", "Category", Unit.TEXT),
            *INTEREST,
            *SALES,
            *STEPS,
            Column(
                "rating",
                "Rating",
                Unit.DECIMAL,
                "Average of the product's reviews.",
                no_rows="The product itself keeps it; its reviews are in Every review.",
            ),
        ),
        parameters=(
            Parameter(
                "sort",
                "Sort by",
                (("revenue", "Ordered value"), ("units", "Units"), ("views", "Views"), ("conversion", "Conversion")),
                "revenue",
            ),
        ),
        chart=Chart("bar", "product", ("revenue_kobo",)),
        has_totals=True,
        brand_scopable=True,
        rollups=("products",),
    ),
    Report(
        id="product_days",
        title="One product by day",
        question="How does a product go, day by day?",
        group="Products",
        icon="query_stats",
        basis=Basis.BOTH,
        columns=(Column("day", "Day", Unit.DAY), *INTEREST, *SALES, *STEPS),
        parameters=(Parameter("product", "Product's reference"),),
        chart=Chart("bar", "day", ("views",)),
        has_totals=True,
        brand_scopable=True,
        rollups=("products",),
        in_menu=False,
        empty="Nothing is known of such a product in this period. A product's page leads here.",
    ),
    Report(
        id="product_views",
        title="Views of all products",
        question="How often was each product looked at?",
        group="Products",
        icon="visibility",
        basis=Basis.EVENTS,
        columns=(
            Column(
                "product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("recent_events", "product")
            ),
            replace(INTEREST[0], behind=replace(LOOKED, whole=None)),
        ),
        parameters=(Parameter("after", "References after"),),
        brand_scopable=True,
        rollups=("products",),
        in_menu=False,
        empty="No product was looked at in this period.",
    ),
    Report(
        id="top_products",
        title="Top products, 7 days",
        question="What sold best in the last seven days?",
        group="Products",
        icon="trending_up",
        basis=Basis.BOTH,
        columns=(
            Column(
                "product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("recent_events", "product")
            ),
            Column("product", "Product", Unit.TEXT),
            Column("sold_last_7d", "Units sold", Unit.COUNT, sums=True, behind=adding(SOLD, "units")),
            Column("views_last_7d", "Views", Unit.COUNT, sums=True, behind=LOOKED),
            Column("revenue_kobo_last_7d", "Ordered value", Unit.MONEY, sums=True, behind=adding(SOLD, "gross_kobo")),
        ),
        chart=Chart("bar", "product", ("sold_last_7d",)),
        fixed_period="7d",
        view="top_products_7d",
        brand_scopable=True,
        has_totals=True,
        rollups=("products",),
    ),
    Report(
        id="cart_additions",
        title="Cart additions",
        question="What is put in carts, and how much of it is ordered?",
        group="Products",
        icon="add_shopping_cart",
        basis=Basis.BOTH,
        columns=(
            Column(
                "product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("recent_events", "product")
            ),
            Column("product", "Product", Unit.TEXT),
            Column("category", "Category", Unit.TEXT),
            Column(
                "cart_adds",
                "Cart adds",
                Unit.COUNT,
                "Times it was put in a cart; what the shop knows and a client says as well counts once.",
                sums=True,
                behind=PUT_IN,
            ),
            Column("cart_units", "Pieces added", Unit.COUNT, sums=True, behind=PUT_IN),
            SALES[0],
            replace(SALES[1], behind=replace(adding(SOLD, "units"), whole=None)),
            STEPS[1],
        ),
        chart=Chart("bar", "bucket", ("cart_adds",)),
        has_series=True,
        has_totals=True,
        brand_scopable=True,
        rollups=("products",),
    ),
    Report(
        id="reviews",
        title="Reviews",
        question="How do customers rate the products?",
        group="Products",
        icon="star",
        basis=Basis.RECORDS,
        columns=(
            Column(
                "product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("recent_events", "product")
            ),
            Column("product", "Product", Unit.TEXT),
            Column(
                "reviews", "Reviews", Unit.COUNT, "Published ones, by the day of writing.", sums=True, behind=WRITTEN
            ),
            Column("average", "Average rating", Unit.DECIMAL, "Of all these reviews, from 1 to 5.", parts=("reviews",)),
            *(
                Column(
                    f"rated_{stars}",
                    f"{stars} of 5",
                    Unit.COUNT,
                    sums=True,
                    behind=replace(WRITTEN, fixed=(("rating", str(stars)),)),
                )
                for stars in (5, 4, 3, 2, 1)
            ),
            Column(
                "verified", "Verified", Unit.PERCENT, "Written by somebody who bought the product.", parts=("reviews",)
            ),
            Column("latest_at", "Latest", Unit.MOMENT),
        ),
        chart=Chart("line", "bucket", ("average",)),
        has_series=True,
        has_totals=True,
        brand_scopable=True,
        empty="No reviews in this period.",
    ),
)
