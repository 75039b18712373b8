"""What is counted: rollups by day, and the materialized views over them. Each has a SQL file of its name."""

from __future__ import annotations

from analytics.registry.attribution import KOBO, PARTS
from analytics.registry.types import MaterializedView, Rollup

VISIT_SALES = ("converted", "orders", "value_kobo")
JOURNEY = ("person_keys", "moments", "event_ids")
SENT_BY = ("source", "medium", "campaign", "referrer")
ROLLUPS: dict[str, Rollup] = {
    each.name: each
    for each in (
        Rollup(
            name="events",
            table="rollup_events",
            text="Events by type and platform.",
            keys=("event_type", "platform"),
            measures=("events", "claimed"),
        ),
        Rollup(
            name="products",
            table="rollup_products",
            text="Views, cart additions, orders, units and revenue of each product.",
            keys=("product_ref", "currency"),
            measures=("views", "viewers", "cart_adds", "cart_units", "orders", "units", "revenue_kobo"),
            unsummable=("viewers",),
            compacts=True,
        ),
        Rollup(
            name="viewed_pairs",
            table="rollup_viewed_pairs",
            text="Products that the same visitor looked at on one day.",
            keys=("product_ref", "other_ref"),
            measures=("visits",),
            compacts=True,
        ),
        Rollup(
            name="signups",
            table="rollup_signups",
            text="Sign-ups by source, platform and country.",
            keys=("source", "platform", "country"),
            measures=("signups",),
        ),
        Rollup(
            name="orders",
            table="rollup_orders",
            text="Orders and money from the ledger, on three bases.",
            keys=("currency", "payment_method", "channel"),
            measures=(
                "placed_orders",
                *("gross_kobo", "discount_kobo", "shipping_kobo", "tax_kobo"),
                "placed_kobo",
                "paid_orders",
                "captured_kobo",
                "refunded_kobo",
                "delivered_orders",
                "delivered_kobo",
            ),
        ),
        Rollup(
            name="goods",
            table="rollup_goods",
            text="Goods ordered, and what is left of them after discounts, cancellations, refusals and returns.",
            keys=("product_ref", "currency"),
            measures=("lines", "costed_lines", "units", "gross_kobo", "kept_kobo", "cost_kobo"),
        ),
        Rollup(
            name="cash",
            table="rollup_cash",
            text="Orders with cash on delivery, and how far they came.",
            keys=("state", "currency"),
            measures=(
                *("placed_orders", "dispatched_orders", "delivered_orders", "collected_orders", "refused_orders"),
                *("placed_kobo", "dispatched_kobo", "delivered_kobo", "collected_kobo", "refused_kobo"),
            ),
        ),
        # Counted from the visits, which are cut before.
        Rollup(
            name="sessions",
            table="rollup_sessions",
            text="Visits by platform, device and country, and how far down the funnel they came.",
            keys=("platform", "device_type", "country", "currency"),
            measures=(
                *("sessions", "bounces", "page_views", "seconds"),
                *("viewed", "carted", "checked_out", "ordered"),
                *VISIT_SALES,
            ),
        ),
        Rollup(
            name="sources",
            table="rollup_sources",
            text="Visits by what led to them: referrer and campaign.",
            keys=("referrer_host", "utm_source", "utm_medium", "utm_campaign", "currency"),
            measures=("sessions", "bounces", "carted", *VISIT_SALES),
        ),
        Rollup(
            name="landings",
            table="rollup_landings",
            text="Visits by the page they began with.",
            keys=("entry_page", "currency"),
            measures=("sessions", "bounces", "page_views", *VISIT_SALES),
            compacts=True,
        ),
        # What led to orders: each of the three is counted from the one before.
        Rollup(
            name="touches",
            table="analytics_touches",
            text="Visits as something that may lead to an order: whose, when, by which channel.",
            keys=("session",),
            measures=("person", "touched_at", "channel", *SENT_BY),
            unsummable=("person", "touched_at", "channel", *SENT_BY),
        ),
        Rollup(
            name="order_attributions",
            table="analytics_order_attributions",
            text="Paid orders shared among the visits before them, under each model.",
            keys=("order_ref", "currency", "session"),
            measures=("order_id", "position", "touches", "channel", *SENT_BY, *PARTS, *KOBO),
            unsummable=("order_id", "position", "touches", "channel", *SENT_BY),
        ),
        Rollup(
            name="attribution",
            table="rollup_attribution",
            text="Paid revenue and orders by what led to them, under each model.",
            keys=("channel", *SENT_BY, "currency"),
            measures=(*PARTS, *KOBO),
        ),
        Rollup(
            name="claims",
            table="rollup_claims",
            text="What the shop did, and what clients said of it.",
            keys=("event_type", "platform"),
            measures=("facts", "claims", "matched", "facts_kobo", "claims_kobo"),
        ),
        Rollup(
            name="searches",
            table="rollup_searches",
            text="Searches by what was asked for, and what came of them.",
            keys=("query",),
            measures=("searches", "counted", "found", "followed", "refined", "empty", "lost"),
        ),
        Rollup(
            name="journeys",
            table="rollup_journeys",
            text="Who did each thing on a day, and when: what funnels follow.",
            keys=("event_type", "is_claim"),
            measures=JOURNEY,
            unsummable=JOURNEY,
        ),
        Rollup(
            name="visitors",
            table="rollup_visitors",
            text="Who was there: one row a person and day.",
            keys=("person",),
            measures=("person_key", "is_known", "events", "page_views", "first_at", "last_at"),
            unsummable=("person_key", "is_known", "first_at", "last_at"),
        ),
        # Counted from the rollup above, which is therefore filled first.
        Rollup(
            name="recency",
            table="rollup_recency",
            text="How many days the people of a day had been away: 0 for those who came for the first time.",
            keys=("days_away",),
            measures=("visitors",),
            unsummable=("visitors",),
        ),
        Rollup(
            name="traffic",
            table="rollup_traffic",
            text="How many people came each day.",
            keys=(),
            measures=("visitors", "known", "logged_in"),
            unsummable=("visitors", "known", "logged_in"),
        ),
    )
}

MATERIALIZED_VIEWS: dict[str, MaterializedView] = {
    each.name: each
    for each in (
        MaterializedView(
            name="product_analytics_daily",
            text="Each product's day over the last 90 days, with its conversion.",
            unique=("day", "product_ref", "currency"),
        ),
        MaterializedView(
            name="top_products_7d",
            text="Views and units sold of each product in the last 7 days.",
            unique=("product_ref", "currency"),
        ),
        MaterializedView(
            name="viewed_together_30d",
            text="What the visitors of each product looked at as well, over the last 30 days.",
            unique=("product_ref", "other_ref"),
        ),
        MaterializedView(
            name="trending_7d",
            text="Products with more interest in the last 7 days than in a usual week before.",
            unique=("product_ref",),
        ),
        MaterializedView(
            name="visitor_retention",
            text="Of the people first seen in each week and month: how many came in each later one, and left after it.",
            unique=("grain", "cohort", "period"),
        ),
        MaterializedView(
            name="active_people_daily",
            text="How many people came in the 7 and the 30 days that end with each day.",
            unique=("day",),
        ),
        MaterializedView(
            name="user_analytics",
            text="Each customer's orders and money until now, and the segment they are in.",
            unique=("customer_id", "currency"),
        ),
        # Over the view above, which is therefore refreshed first.
        MaterializedView(
            name="user_cohorts",
            text="Customers by the month of their first order: who came back, and what they brought.",
            unique=("month", "currency"),
        ),
        MaterializedView(
            name="user_retention",
            text="How many customers of a month ordered again so many months later.",
            unique=("month", "currency", "months_after"),
        ),
    )
}
