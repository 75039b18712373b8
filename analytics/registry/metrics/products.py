"""What products do: interest from events, sales from the ledger."""

from __future__ import annotations

from functools import partial

from analytics.registry.metrics.forms import DAY, Facts, Metric
from analytics.registry.reports.forms import Basis, Unit

of_products = partial(Metric, group="Products", sources=("products",))
sold = partial(of_products, basis=Basis.LEDGER, facts=Facts.SERVER)
seen = partial(of_products, basis=Basis.EVENTS, facts=Facts.EITHER)

METRICS = (
    sold(
        id="product_units",
        label="Units ordered",
        unit=Unit.COUNT,
        formula="Pieces in orders placed, by the day of placing.",
        adds=("units",),
        columns=(
            "product_performance.units",
            "product_days.units",
            "top_products.sold_last_7d",
            "category_sales.units",
        ),
    ),
    sold(
        id="product_value",
        label="Ordered value",
        unit=Unit.MONEY,
        formula="Line totals of orders placed, before discounts of the whole order, by the day of placing.",
        adds=("revenue_kobo",),
        columns=(
            "product_performance.revenue_kobo",
            "product_days.revenue_kobo",
            "top_products.revenue_kobo_last_7d",
        ),
    ),
    sold(
        id="product_orders",
        label="Orders with it",
        unit=Unit.COUNT,
        formula="Orders placed that have the product. One with two products is one of each, so products are not added.",
        adds=("orders",),
        not_over=("product",),
    ),
    seen(
        id="product_views",
        label="Product views",
        unit=Unit.COUNT,
        formula="Times that a product's page was shown.",
        adds=("views",),
        columns=(
            "product_performance.views",
            "product_days.views",
            "top_products.views_last_7d",
            "product_views.views",
        ),
    ),
    seen(
        id="product_viewers",
        label="Product viewers",
        unit=Unit.COUNT,
        formula="Different people who saw the product on that day. Those of two days or products may be the same.",
        adds=("viewers",),
        not_over=(DAY, "product"),
    ),
    seen(
        id="cart_adds",
        label="Cart adds",
        unit=Unit.COUNT,
        formula="Times that a product was put in a cart; what the shop knows and a client says as well counts once.",
        adds=("cart_adds",),
        columns=("product_performance.cart_adds", "product_days.cart_adds", "cart_additions.cart_adds"),
    ),
    seen(
        id="cart_units",
        label="Pieces put in carts",
        unit=Unit.COUNT,
        formula="Pieces put in carts.",
        adds=("cart_units",),
        columns=("cart_additions.cart_units",),
    ),
    seen(
        id="view_to_cart",
        label="View → cart",
        unit=Unit.PERCENT,
        formula="Cart adds ÷ product views.",
        over=("cart_adds", "product_views"),
        columns=("product_performance.view_to_cart", "product_days.view_to_cart"),
    ),
    Metric(
        id="rating",
        label="Average rating",
        group="Products in reports",
        unit=Unit.DECIMAL,
        formula="Average of published reviews, from 1 to 5, by the day of writing.",
        basis=Basis.RECORDS,
        facts=Facts.SERVER,
        table="ledger_reviews",
        is_figured=True,
        columns=("reviews.average",),
    ),
)
