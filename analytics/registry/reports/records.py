"""The rows behind figures: orders, money and people. For staff who may see those; others see the figures alone."""

from __future__ import annotations

from analytics.registry.reports.behind import ONE_BY_ONE
from analytics.registry.reports.forms import Basis, Column, Parameter, Report, Unit
from analytics.registry.reports.visits import CAMPAIGN_LEVELS

ORDER = Column("order_ref", "Order", Unit.TEXT, link=("payment_list", "order"), of_orders=True)
CUSTOMER = Column(
    "customer", "Customer", Unit.TEXT, "The account's name, else a guest's e-mail or phone.", personal=True
)
NAME = Column("customer", "Customer", Unit.TEXT, "The account's name.", personal=True)
PRODUCT = Column("product_ref", "Reference", Unit.TEXT, "The product's public id.", link=("product_days", "product"))
ID = Column("id", "Row", Unit.TEXT)
METHODS = (("", "All"), ("paystack", "Paystack"), ("flutterwave", "Flutterwave"), ("cash_on_delivery", "On delivery"))

REPORTS = (
    Report(
        id="order_list",
        title="Orders behind figures",
        question="Which orders is a figure made of?",
        group="Sales",
        icon="list_alt",
        basis=Basis.LEDGER,
        columns=(
            Column("moment", "When", Unit.MOMENT, "Placed, paid or delivered, as was chosen."),
            ORDER,
            CUSTOMER,
            Column("state", "State", Unit.TEXT, link=("order_list", "state")),
            Column("payment_method", "Paid by", Unit.TEXT),
            Column("status", "Order is", Unit.TEXT),
            Column("payment_status", "Payment is", Unit.TEXT),
            Column("fulfilment_status", "Goods are", Unit.TEXT),
            Column("total_kobo", "As placed", Unit.MONEY),
            Column("worth_kobo", "Worth", Unit.MONEY, "Without pieces cancelled or refused."),
            Column("revenue_kobo", "Revenue paid", Unit.MONEY, "What came in for it until now, less what went back."),
            Column("subtotal_kobo", "Goods", Unit.MONEY, "At their prices, as placed."),
            Column("discount_kobo", "Discount", Unit.MONEY, "What coupons took off; negative."),
            Column("shipping_kobo", "Delivery", Unit.MONEY),
            Column("tax_kobo", "Tax on top", Unit.MONEY),
            Column("captured_kobo", "Money in", Unit.MONEY, "What came in for it until now."),
            Column("refused_kobo", "Refused, value", Unit.MONEY, "What pieces refused at the door cost the customer."),
            Column("coupon_kobo", "By the coupon", Unit.MONEY, "What the chosen coupon took off; empty without one."),
            Column(
                "margin_kobo", "Margin", Unit.MONEY, "Revenue less costs and fees; empty where a cost is not known."
            ),
            ID,
        ),
        parameters=(
            Parameter(
                "moment", "Orders", (("placed", "Placed"), ("paid", "Paid"), ("delivered", "Delivered")), "placed"
            ),
            Parameter(
                "cash",
                "Cash on delivery",
                (
                    ("", "Does not matter"),
                    ("all", "Yes"),
                    ("dispatched", "Sent"),
                    ("delivered", "Delivered"),
                    ("collected", "Collected"),
                    ("refused", "Refused"),
                ),
            ),
            Parameter("state", "State"),
            Parameter("coupon", "Coupon (* is any)"),
            Parameter("new", "Customer's first", (("", "Does not matter"), ("yes", "Yes"))),
            Parameter("product", "Product's reference"),
            Parameter("category", "Category"),
            Parameter("brand", "Brand"),
        ),
        pages=True,
        permission="commerce.view_order",
        empty="No such order in this period.",
    ),
    Report(
        id="payment_list",
        title="Money behind figures",
        question="What money came in and went back, piece by piece?",
        group="Sales",
        icon="price_check",
        basis=Basis.LEDGER,
        columns=(
            Column("moment", "When", Unit.MOMENT, "When the money came or went."),
            ORDER,
            Column("kind", "Money", Unit.TEXT),
            Column("amount_kobo", "Amount", Unit.MONEY, "Negative where it went back."),
            Column("fee_kobo", "Fee", Unit.MONEY, "What the provider kept."),
            Column("payment_method", "Paid by", Unit.TEXT),
            Column("provider", "Provider", Unit.TEXT),
            CUSTOMER,
            Column("placed_at", "Order placed", Unit.MOMENT),
            ID,
        ),
        parameters=(
            Parameter("kind", "Money", (("", "In and back"), ("captured", "In"), ("refunded", "Back"))),
            Parameter("method", "Paid by", METHODS),
            Parameter("order", "Order", of_orders=True),
        ),
        pages=True,
        permission="commerce.view_order",
        empty="No money came in or went back.",
    ),
    Report(
        id="line_list",
        title="Goods behind figures",
        question="Which goods of which orders is a figure made of?",
        group="Sales",
        icon="inventory_2",
        basis=Basis.LEDGER,
        columns=(
            Column("moment", "Placed", Unit.MOMENT),
            ORDER,
            Column("product", "Product", Unit.TEXT),
            PRODUCT,
            Column("category", "Category", Unit.TEXT, "As the product is filed now."),
            Column("brand", "Brand", Unit.TEXT),
            Column("units", "Units", Unit.COUNT),
            Column("gross_kobo", "Goods", Unit.MONEY, "At the prices of the goods."),
            Column(
                "kept_kobo", "Kept", Unit.MONEY, "Less discounts, cancelled, refused and sent back; with tax on top."
            ),
            Column(
                "margin_kobo", "Margin", Unit.MONEY, "Kept less the cost of the goods; empty where it is not known."
            ),
            ID,
        ),
        parameters=(
            Parameter("product", "Product's reference"),
            Parameter("category", "Category"),
            Parameter("brand", "Brand"),
        ),
        pages=True,
        permission="commerce.view_order",
        empty="No such goods were ordered in this period.",
    ),
    Report(
        id="cart_list",
        title="Carts behind figures",
        question="Which carts were filled, and what is in them?",
        group="Sales",
        icon="shopping_cart",
        basis=Basis.RECORDS,
        columns=(
            Column("last_active_at", "Last used", Unit.MOMENT, "Of an ordered one: when it was ordered."),
            Column("state", "State", Unit.TEXT),
            Column("goods", "Goods", Unit.TEXT),
            Column("units", "Pieces", Unit.COUNT),
            Column("value_kobo", "Value", Unit.MONEY, "At the prices when it was put in."),
            Column("reminded", "Reminded", Unit.TEXT, "By a mail."),
            NAME,
            Column("person", "Who", Unit.TEXT, "Leads to all their visits.", link=("session_list", "person")),
            ID,
        ),
        parameters=(
            Parameter(
                "state",
                "State",
                (
                    ("", "All"),
                    ("ordered", "Ordered"),
                    ("in_use", "In use"),
                    ("left", "Left"),
                    ("reminded", "Reminded"),
                    ("recovered", "Recovered"),
                ),
            ),
            Parameter("product", "Product's reference"),
        ),
        pages=True,
        permission="commerce.view_cart",
        empty="No such cart in this period.",
    ),
    Report(
        id="review_list",
        title="Every review",
        question="Who wrote which review?",
        group="Products",
        icon="reviews",
        basis=Basis.RECORDS,
        columns=(
            Column("created_at", "When", Unit.MOMENT),
            Column("product", "Product", Unit.TEXT),
            PRODUCT,
            Column("rating", "Rating", Unit.COUNT, "From 1 to 5."),
            Column("title", "Title", Unit.TEXT),
            Column("verified", "Verified", Unit.TEXT, "Written by somebody who bought the product."),
            NAME,
            ID,
        ),
        parameters=(
            Parameter("product", "Product's reference"),
            Parameter("rating", "Rating", (("", "All"), *((str(stars), f"{stars} of 5") for stars in (5, 4, 3, 2, 1)))),
        ),
        pages=True,
        brand_scopable=True,
        empty="No such review in this period.",
    ),
    Report(
        id="signup_list",
        title="Every sign-up",
        question="Who made an account, and where did they come from?",
        group="Customers",
        icon="person_add",
        basis=Basis.EVENTS,
        columns=(
            Column("occurred_at", "When", Unit.MOMENT),
            NAME,
            Column("source", "Source", Unit.TEXT),
            Column("platform", "Platform", Unit.TEXT),
            Column("country", "Country", Unit.TEXT),
            Column("person", "Who", Unit.TEXT, "Leads to all their visits.", link=("session_list", "person")),
            ID,
        ),
        parameters=(Parameter("source", "Source"), Parameter("platform", "Platform"), Parameter("country", "Country")),
        pages=True,
        empty="Nobody made an account in this period.",
    ),
    Report(
        id="spend_list",
        title="Spend day by day",
        question="What did a campaign cost on each day?",
        group="Acquisition",
        icon="payments",
        basis=Basis.RECORDS,
        columns=(
            Column("day", "Day", Unit.DAY),
            Column("campaign", "Campaign", Unit.TEXT),
            Column("source", "Source", Unit.TEXT),
            Column("medium", "Medium", Unit.TEXT),
            Column("spend_kobo", "Spend", Unit.MONEY, "As imported.", sums=True),
        ),
        parameters=(Parameter("label", "Campaign"), Parameter("by", "Campaign means", CAMPAIGN_LEVELS, "all")),
        in_menu=False,
        no_rows=ONE_BY_ONE,
        empty="No spend was imported for these days.",
    ),
    Report(
        id="people_list",
        title="People",
        question="Who came, and by which ids are they known?",
        group="Customers",
        icon="groups",
        basis=Basis.BOTH,
        columns=(
            Column("last_at", "Latest visit", Unit.MOMENT, "In this period."),
            Column("name", "Name", Unit.TEXT, "Of the account; empty for visitors who have not signed in."),
            Column("person", "Person", Unit.TEXT, "All visits of one person.", link=("session_list", "person")),
            Column("visits", "Visits", Unit.COUNT),
            Column("page_views", "Pages", Unit.COUNT),
            Column("orders", "Orders", Unit.COUNT),
            Column("value_kobo", "Ordered", Unit.MONEY),
            Column("first_at", "First visit", Unit.MOMENT, "In this period."),
            Column("visitors", "Ids", Unit.TEXT, "Browsers and apps that are this person."),
            ID,
        ),
        parameters=(
            Parameter("bought", "Ordered", (("", "Does not matter"), ("yes", "Yes"), ("no", "No"))),
            Parameter("person", "Person"),
            Parameter("visitor", "Visitor"),
        ),
        pages=True,
        permission="commerce.view_user",
        empty="Nobody came in this period.",
    ),
)
