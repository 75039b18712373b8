"""Orders and money, from the ledger."""

from __future__ import annotations

from functools import partial

from analytics.registry.metrics.forms import Facts, Metric
from analytics.registry.reports.forms import Basis, Unit

of_ledger = partial(Metric, group="Sales", basis=Basis.LEDGER, facts=Facts.SERVER)
of_orders = partial(of_ledger, sources=("orders",))
of_reports = partial(of_ledger, group="Sales in reports")
of_carts = partial(of_reports, basis=Basis.RECORDS, table="ledger_carts")

METRICS = (
    of_orders(
        id="placed_orders",
        label="Orders placed",
        unit=Unit.COUNT,
        formula="Orders by the day of placing, without test orders and those cancelled or expired before payment.",
        adds=("placed_orders",),
        columns=("revenue.placed_orders", "overview.orders"),
    ),
    of_orders(
        id="placed",
        label="Placed",
        unit=Unit.MONEY,
        formula="Totals of the orders placed, as they were placed.",
        adds=("placed_kobo",),
        columns=("revenue.placed_kobo", "sales_breakdown.placed_kobo"),
    ),
    of_orders(
        id="paid_orders",
        label="Orders paid",
        unit=Unit.COUNT,
        formula="Orders by the day they were paid in full.",
        adds=("paid_orders",),
        columns=("revenue.paid_orders",),
    ),
    of_orders(
        id="revenue",
        label="Revenue paid",
        unit=Unit.MONEY,
        formula="Money that came in for orders less money that went back, each on its own day.",
        adds=("captured_kobo",),
        less=("refunded_kobo",),
        columns=("revenue.revenue_kobo", "overview.revenue_kobo", "sales_breakdown.net_kobo"),
    ),
    of_orders(
        id="captured",
        label="Captured",
        unit=Unit.MONEY,
        formula="Money that came in, on the day it came; cash on delivery when it is collected.",
        adds=("captured_kobo",),
        columns=("revenue.captured_kobo",),
    ),
    of_orders(
        id="refunded",
        label="Refunded",
        unit=Unit.MONEY,
        formula="Money that went back, on the day it went.",
        adds=("refunded_kobo",),
        columns=("revenue.refunded_kobo",),
        lower_is_better=True,
    ),
    of_orders(
        id="delivered_orders",
        label="Orders delivered",
        unit=Unit.COUNT,
        formula="Orders by the day of delivery, without cancelled ones.",
        adds=("delivered_orders",),
        columns=("revenue.delivered_orders",),
    ),
    of_orders(
        id="delivered",
        label="Delivered",
        unit=Unit.MONEY,
        formula="Totals of the orders delivered, without pieces cancelled or refused.",
        adds=("delivered_kobo",),
        columns=("revenue.delivered_kobo",),
    ),
    of_orders(
        id="aov",
        label="Average order value",
        unit=Unit.MONEY,
        formula="Revenue paid ÷ orders paid.",
        over=("revenue", "paid_orders"),
        columns=("overview.aov_kobo",),
    ),
    of_reports(
        id="goods",
        label="Goods",
        unit=Unit.MONEY,
        formula="Orders placed, at the prices of the goods.",
        table="ledger_orders",
        columns=("sales_breakdown.gross_kobo", "category_sales.gross_kobo"),
    ),
    of_reports(
        id="discounts",
        label="Discounts",
        unit=Unit.MONEY,
        formula="What coupons took off orders placed.",
        table="ledger_discounts",
        columns=("sales_breakdown.discounts_kobo", "coupons.discount_kobo"),
        lower_is_better=True,
    ),
    of_reports(
        id="shipping",
        label="Delivery fees",
        unit=Unit.MONEY,
        formula="Delivery fees of orders placed.",
        table="ledger_orders",
        columns=("sales_breakdown.shipping_kobo",),
    ),
    of_reports(
        id="tax",
        label="Tax on top",
        unit=Unit.MONEY,
        formula="Tax of orders placed that is not in the prices.",
        table="ledger_orders",
        columns=("sales_breakdown.tax_kobo",),
    ),
    of_reports(
        id="kept",
        label="Kept",
        unit=Unit.MONEY,
        formula="Goods less discounts, without pieces cancelled, refused or sent back, tax on top included.",
        table="ledger_goods",
        columns=("category_sales.kept_kobo",),
    ),
    of_reports(
        id="margin",
        label="Margin",
        unit=Unit.MONEY,
        formula="What is left after the cost of the goods, of orders after fees too; empty where a cost is unknown.",
        table="ledger_goods, ledger_order_money",
        is_figured=True,
        columns=("category_sales.margin_kobo", "coupons.margin_kobo"),
    ),
    of_reports(
        id="repeat_rate",
        label="Repeat rate",
        unit=Unit.PERCENT,
        formula="Customers with a second order ÷ customers, by the month of their first order.",
        table="user_analytics",
        is_figured=True,
        columns=("repeat_customers.repeat_rate",),
    ),
    of_reports(
        id="cod_refused",
        label="Cash on delivery refused",
        unit=Unit.PERCENT,
        formula="Orders refused at the door, whole or in part ÷ orders sent, by the day of placing.",
        table="ledger_cash_orders",
        is_figured=True,
        columns=("cod_funnel.refused_share",),
        lower_is_better=True,
    ),
    of_carts(
        id="carts",
        label="Carts",
        unit=Unit.COUNT,
        formula="Carts with something in them, by the day of the last change.",
        columns=("cart_abandonment.carts",),
    ),
    of_carts(
        id="abandonment",
        label="Carts left",
        unit=Unit.PERCENT,
        formula="Carts nobody came back to for an hour, not ordered ÷ carts with something in them.",
        is_figured=True,
        columns=("cart_abandonment.abandonment",),
        lower_is_better=True,
    ),
)
