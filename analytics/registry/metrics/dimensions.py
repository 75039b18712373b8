"""What metrics are broken down by, and which rollup carries what."""

from __future__ import annotations

from analytics.registry.metrics.forms import Dimension, Source

DIMENSIONS: dict[str, Dimension] = {
    each.id: each
    for each in (
        Dimension("product", "Product", "By the product's reference.", named=True),
        Dimension("category", "Category", "As the product is filed now.", empty="None"),
        Dimension("brand", "Brand", "As the product is filed now.", empty="None"),
        Dimension("payment_method", "Payment method", "What the customer chose to pay with."),
        Dimension("channel", "Channel", "Where the order was placed: web, app or by staff."),
        Dimension("platform", "Platform", "Browser, app or server that told of it."),
        Dimension("device", "Device", "Phone, tablet or computer."),
        Dimension("country", "Country", "Two letters."),
        Dimension("referrer", "Came from", "The site of the page before.", empty="Direct or unknown"),
        Dimension("source", "Source", "`utm_source` of the link.", empty="No source"),
        Dimension("medium", "Medium", "`utm_medium` of the link.", empty="No medium"),
        Dimension("campaign", "Campaign", "`utm_campaign` of the link.", empty="No campaign"),
        Dimension("landing", "First page", "The page or screen a visit began with."),
        Dimension("signup_source", "Signed up by", "How the account was made."),
        Dimension("event", "Event", "The event's type."),
    )
}

SALES = frozenset({"orders", "units", "revenue_kobo", "value_kobo"})
SOURCES: dict[str, Source] = {
    each.rollup: each
    for each in (
        Source(
            "orders",
            {"payment_method": "payment_method", "channel": "channel"},
            of_currency=frozenset(
                {
                    *("placed_orders", "placed_kobo", "paid_orders", "captured_kobo", "refunded_kobo"),
                    *("delivered_orders", "delivered_kobo"),
                }
            ),
        ),
        Source(
            "products",
            {"product": "product_ref", "category": "ledger_products.category", "brand": "ledger_products.brand"},
            of_currency=SALES,
            brand_scopable=True,
        ),
        Source(
            "sessions",
            {"platform": "platform", "device": "device_type", "country": "country"},
            of_currency=SALES,
        ),
        Source(
            "sources",
            {
                "referrer": "referrer_host",
                "source": "utm_source",
                "medium": "utm_medium",
                "campaign": "utm_campaign",
            },
            of_currency=SALES,
        ),
        Source("landings", {"landing": "entry_page"}, of_currency=SALES),
        Source("events", {"event": "event_type", "platform": "platform"}),
        Source("claims", {"event": "event_type", "platform": "platform"}),
        Source("signups", {"signup_source": "source", "platform": "platform", "country": "country"}),
        Source("visitors"),
    )
}
