"""Money, from the ledger."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.behind import CAME, DELIVERED, GOODS, MOVED, PAID, PLACED, WENT, adding, of
from analytics.registry.reports.events import GRAIN
from analytics.registry.reports.forms import Basis, Behind, Chart, Column, Parameter, Report, Unit

USED = Behind("order_list", given=(("coupon", "code"),), whole=(("coupon", "*"),))
FILED = of(GOODS, ("{by}", "label"))
CASH, SENT, ARRIVED, COLLECTED, REFUSED = (
    Behind("order_list", (("cash", cash),), (("state", "label"),))
    for cash in ("all", "dispatched", "delivered", "collected", "refused")
)

LINES = (
    Column(
        "gross_kobo",
        "Goods",
        Unit.MONEY,
        "Orders placed, at the prices of the goods.",
        sums=True,
        behind=adding(PLACED, "subtotal_kobo"),
    ),
    Column(
        "discounts_kobo",
        "Discounts",
        Unit.MONEY,
        "What coupons took off; negative.",
        sums=True,
        lower_is_better=True,
        behind=adding(PLACED, "discount_kobo"),
    ),
    Column(
        "shipping_kobo", "Delivery", Unit.MONEY, "Delivery fees.", sums=True, behind=adding(PLACED, "shipping_kobo")
    ),
    Column(
        "tax_kobo",
        "Tax on top",
        Unit.MONEY,
        "Tax that is not in the prices.",
        sums=True,
        behind=adding(PLACED, "tax_kobo"),
    ),
    Column(
        "placed_kobo",
        "Ordered",
        Unit.MONEY,
        "Goods less discounts, with delivery and tax.",
        sums=True,
        behind=adding(PLACED, "total_kobo"),
    ),
    Column(
        "unpaid_kobo",
        "Paid later or never",
        Unit.MONEY,
        "Money that came in less what was ordered: negative where it is still to come, or pieces were cancelled or "
        "refused before it did; positive where more came in for earlier orders.",
        sums=True,
        parts=("net_kobo", "placed_kobo"),
    ),
    Column(
        "refunds_kobo",
        "Refunds",
        Unit.MONEY,
        "Money that went back; negative.",
        sums=True,
        lower_is_better=True,
        behind=WENT,
    ),
    Column("net_kobo", "Net", Unit.MONEY, "Revenue paid: all lines added up.", sums=True, behind=MOVED),
)
MARGIN = "Empty where what a product costs is not known."

REPORTS = (
    Report(
        id="revenue",
        title="Revenue by day",
        question="What was ordered, paid, refunded and delivered each day?",
        group="Sales",
        icon="payments",
        basis=Basis.LEDGER,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column("placed_orders", "Orders placed", Unit.COUNT, "By the day of placing.", sums=True, behind=PLACED),
            Column(
                "placed_kobo",
                "Placed",
                Unit.MONEY,
                "Totals of the orders as they were placed.",
                sums=True,
                behind=adding(PLACED, "total_kobo"),
            ),
            Column(
                "paid_orders", "Orders paid", Unit.COUNT, "By the day they were paid in full.", sums=True, behind=PAID
            ),
            Column("captured_kobo", "Captured", Unit.MONEY, "Money that came in.", sums=True, behind=CAME),
            Column(
                "refunded_kobo",
                "Refunded",
                Unit.MONEY,
                "Money that went back.",
                sums=True,
                behind=adding(WENT, "-amount_kobo"),
            ),
            Column("revenue_kobo", "Revenue paid", Unit.MONEY, "Captured less refunded.", sums=True, behind=MOVED),
            Column(
                "delivered_orders",
                "Orders delivered",
                Unit.COUNT,
                "By the day of delivery.",
                sums=True,
                behind=DELIVERED,
            ),
            Column(
                "delivered_kobo",
                "Delivered",
                Unit.MONEY,
                "Without pieces cancelled or refused.",
                sums=True,
                behind=adding(DELIVERED, "worth_kobo"),
            ),
        ),
        chart=Chart("bar", "day", ("placed_kobo", "revenue_kobo")),
        rollups=("orders",),
    ),
    Report(
        id="sales_breakdown",
        title="From goods to net",
        question="What is left of what was ordered, line by line?",
        group="Sales",
        icon="receipt_long",
        basis=Basis.LEDGER,
        columns=(Column("day", "Period", Unit.DAY, "The first day of the period."), *LINES),
        parameters=(GRAIN,),
        chart=Chart("bar", "day", tuple(column.name for column in LINES), each=True),
        rollups=("orders",),
    ),
    Report(
        id="coupons",
        title="Coupons",
        question="Which coupons bring orders, and what is left of those?",
        group="Sales",
        icon="sell",
        basis=Basis.LEDGER,
        columns=(
            Column("code", "Code", Unit.TEXT),
            Column("name", "Coupon", Unit.TEXT),
            Column(
                "orders",
                "Orders",
                Unit.COUNT,
                "Orders placed with it. One with several codes is in the total once.",
                behind=USED,
            ),
            Column(
                "discount_kobo",
                "Discount",
                Unit.MONEY,
                "What this code took off.",
                sums=True,
                behind=adding(USED, "coupon_kobo"),
            ),
            Column(
                "revenue_kobo",
                "Revenue paid",
                Unit.MONEY,
                "What came in for these orders less what went back.",
                behind=adding(USED, "revenue_kobo"),
            ),
            Column(
                "margin_kobo",
                "Margin",
                Unit.MONEY,
                f"Revenue less the cost of the goods and payment fees, of orders that money came in for. {MARGIN}",
                behind=adding(USED, "margin_kobo"),
            ),
            Column(
                "new_customers",
                "New customers",
                Unit.COUNT,
                "Orders that were their customer's first.",
                behind=replace(USED, fixed=(("new", "yes"),)),
            ),
        ),
        chart=Chart("bar", "code", ("revenue_kobo", "discount_kobo")),
        has_totals=True,
        empty="No order of this period has a discount.",
    ),
    Report(
        id="cod_funnel",
        title="Cash on delivery",
        question="How much of what goes out for cash comes back as money?",
        group="Sales",
        icon="local_shipping",
        basis=Basis.LEDGER,
        columns=(
            Column("label", "Placed", Unit.TEXT, "The day of placing, or the state that it goes to."),
            Column("placed_orders", "Orders", Unit.COUNT, "Placed for cash on delivery.", sums=True, behind=CASH),
            Column(
                "dispatched_orders",
                "Sent",
                Unit.COUNT,
                "Of them, those of which a parcel left.",
                sums=True,
                behind=SENT,
            ),
            Column(
                "delivered_orders",
                "Delivered",
                Unit.COUNT,
                "Of them, those that arrived, in part too.",
                sums=True,
                behind=ARRIVED,
            ),
            Column(
                "collected_orders",
                "Collected",
                Unit.COUNT,
                "Of them, those that money came in for.",
                sums=True,
                behind=COLLECTED,
            ),
            Column(
                "refused_orders", "Refused", Unit.COUNT, "At the door, whole or in part.", sums=True, behind=REFUSED
            ),
            Column(
                "refused_share",
                "Refused %",
                Unit.PERCENT,
                "Refused ÷ sent.",
                lower_is_better=True,
                parts=("refused_orders", "dispatched_orders"),
            ),
            Column(
                "placed_kobo",
                "Ordered",
                Unit.MONEY,
                "Totals of the orders placed.",
                sums=True,
                behind=adding(CASH, "total_kobo"),
            ),
            Column(
                "dispatched_kobo",
                "Sent, value",
                Unit.MONEY,
                "Totals of those sent.",
                sums=True,
                behind=adding(SENT, "total_kobo"),
            ),
            Column(
                "delivered_kobo",
                "Delivered, value",
                Unit.MONEY,
                "Without pieces cancelled or refused.",
                sums=True,
                behind=adding(ARRIVED, "worth_kobo"),
            ),
            Column(
                "collected_kobo",
                "Money in",
                Unit.MONEY,
                "However it was paid in the end.",
                sums=True,
                behind=adding(COLLECTED, "captured_kobo"),
            ),
            Column(
                "refused_kobo",
                "Refused, value",
                Unit.MONEY,
                "What the pieces cost the customer.",
                sums=True,
                behind=adding(REFUSED, "refused_kobo"),
            ),
        ),
        parameters=(Parameter("by", "By", (("day", "Day of placing"), ("state", "State")), "day"),),
        chart=Chart("line", "label", ("placed_orders", "delivered_orders", "collected_orders", "refused_orders")),
        has_series=True,
        has_totals=True,
        rollups=("cash",),
        empty="Nothing was ordered for cash on delivery in this period.",
    ),
    Report(
        id="category_sales",
        title="Sales by category or brand",
        question="Which categories and brands sell, and what is left of it?",
        group="Sales",
        icon="category",
        basis=Basis.LEDGER,
        columns=(
            Column("label", "Group", Unit.TEXT, "As the product is filed now."),
            Column(
                "units",
                "Units",
                Unit.COUNT,
                "Pieces ordered, by the day of placing.",
                sums=True,
                behind=adding(FILED, "units"),
            ),
            replace(LINES[0], behind=adding(FILED, "gross_kobo")),
            Column("share", "Share", Unit.PERCENT, "Of the goods of all orders placed.", parts=("gross_kobo",)),
            Column(
                "kept_kobo",
                "Kept",
                Unit.MONEY,
                "Goods less discounts, without pieces cancelled, refused or sent back, tax on top included.",
                sums=True,
                behind=adding(FILED, "kept_kobo"),
            ),
            Column(
                "margin_kobo",
                "Margin",
                Unit.MONEY,
                f"Kept less the cost of the goods. {MARGIN}",
                behind=adding(FILED, "margin_kobo"),
            ),
            Column("margin_share", "Margin %", Unit.PERCENT, "Margin ÷ kept.", parts=("margin_kobo", "kept_kobo")),
        ),
        chart=Chart("bar", "label", ("gross_kobo", "margin_kobo")),
        parameters=(Parameter("by", "Group by", (("category", "Category"), ("brand", "Brand")), "category"),),
        has_totals=True,
        rollups=("goods",),
        brand_scopable=True,
        empty="Nothing was ordered in this period.",
    ),
)
