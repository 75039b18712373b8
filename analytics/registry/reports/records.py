"""The rows behind figures: orders, money and people. For staff who may see those; others see the figures alone."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Column, Parameter, Report, Unit

ORDER = Column("order_ref", "Order", Unit.TEXT, link=("payment_list", "order"))
CUSTOMER = Column("customer", "Customer", Unit.TEXT, "The account's name, else a guest's e-mail or phone.")
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
            Parameter("coupon", "Coupon"),
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
            Parameter("order", "Order"),
        ),
        pages=True,
        permission="commerce.view_order",
        empty="No money came in or went back.",
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
