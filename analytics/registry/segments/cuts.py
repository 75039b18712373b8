"""Which tables can be narrowed to some people, and by what their rows are tied to somebody.

Everything else derives from this: rollups are counted anew by their own SELECT over narrowed tables, and a report can
be narrowed when all that it reads can. Each way of cutting is a file in `sql/segments/cuts/`.
"""

from __future__ import annotations

# The way of cutting, and the tables and views that are cut so.
CUTS: dict[str, str] = {
    table: way
    for way, tables in {
        "person": (
            *("analytics_sessions", "analytics_touches", "rollup_visitors", "analytics_lead_scores"),
            "ledger_open_carts",
        ),
        "order": (
            *("ledger_orders", "ledger_lines", "ledger_goods", "ledger_payments", "ledger_refunds", "ledger_money"),
            *("ledger_order_money", "ledger_first_orders", "ledger_order_customers", "ledger_discounts"),
            *("ledger_cash_orders", "analytics_order_attributions"),
        ),
        "cart": ("ledger_carts", "ledger_cart_lines"),
        "customer": ("user_analytics",),
        "event": ("analytics_events",),
        "key": ("journey_events",),
    }.items()
    for table in tables
}

# What a SELECT puts together by visitor is cut by whoever the visitor is, so that no group is torn apart; the events
# of a visit that is cut already are not cut again.
UNCUT = ""
OTHERWISE: dict[str, dict[str, str]] = {
    "products": {"analytics_events": "visitor"},
    "searches": {"analytics_events": "visitor"},
    "paths": {"analytics_events": UNCUT},
}

# Views over narrowed tables whose own text is asked instead.
INLINED = frozenset({"user_cohorts", "user_retention"})

# What says nothing of how much anybody did: names, and what rows that are narrowed already are looked up in.
NEUTRAL = frozenset(
    {
        *("ledger_products", "ledger_product_names", "ledger_hidden_products", "ledger_people", "ledger_guests"),
        *("ledger_flags", "ledger_order_people"),
        *("ledger_unscored", "analytics_identity_links", "analytics_behaviour_profiles"),
    }
)

# Rollups whose rows are no people's: what the shop knows beside what browsers claim.
UNCUTTABLE_ROLLUPS = frozenset({"claims"})
