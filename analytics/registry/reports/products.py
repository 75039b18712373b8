"""What sells, and what is only looked at."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Behind, Chart, Column, Parameter, Report, Unit

BOUGHT = Behind("order_list", given=(("product", "product_ref"),))
SALES = (
    Column(
        "orders",
        "Orders",
        Unit.COUNT,
        "Orders with it, by the day of placing; one with several products counts for each.",
        sums=True,
        behind=BOUGHT,
    ),
    Column("units", "Units", Unit.COUNT, "Pieces ordered.", sums=True, behind=BOUGHT),
    Column("revenue_kobo", "Ordered value", Unit.MONEY, "Line totals of placed orders.", sums=True, behind=BOUGHT),
)
INTEREST = (
    Column("views", "Views", Unit.COUNT, "Times its page was shown.", sums=True),
    Column("cart_adds", "Cart adds", Unit.COUNT, "Times it was put in a cart.", sums=True),
)
STEPS = (
    Column("view_to_cart", "View → cart", Unit.PERCENT, "Cart adds ÷ views; empty without views."),
    Column("cart_to_order", "Cart → order", Unit.PERCENT, "Orders ÷ cart adds; empty without cart adds."),
    Column("conversion", "Conversion", Unit.PERCENT, "Orders ÷ views; empty without views."),
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
            Column("rating", "Rating", Unit.DECIMAL, "Average of the product's reviews."),
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
            INTEREST[0],
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
            Column("sold_last_7d", "Units sold", Unit.COUNT, sums=True, behind=BOUGHT),
            Column("views_last_7d", "Views", Unit.COUNT, sums=True),
            Column("revenue_kobo_last_7d", "Ordered value", Unit.MONEY, sums=True, behind=BOUGHT),
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
            ),
            Column("cart_units", "Pieces added", Unit.COUNT, sums=True),
            SALES[0],
            SALES[1],
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
            Column("reviews", "Reviews", Unit.COUNT, "Published ones, by the day of writing.", sums=True),
            Column("average", "Average rating", Unit.DECIMAL, "Of all these reviews, from 1 to 5."),
            *(Column(f"rated_{stars}", f"{stars} of 5", Unit.COUNT, sums=True) for stars in (5, 4, 3, 2, 1)),
            Column("verified", "Verified", Unit.PERCENT, "Written by somebody who bought the product."),
            Column("latest_at", "Latest", Unit.MOMENT),
        ),
        chart=Chart("line", "bucket", ("average",)),
        has_series=True,
        has_totals=True,
        brand_scopable=True,
        empty="No reviews in this period.",
    ),
)
