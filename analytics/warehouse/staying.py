"""Which reports ClickHouse answers, and why others stay in PostgreSQL. Tests hold this against what statements read."""

from __future__ import annotations

REASONS: dict[str, tuple[str, ...]] = {
    "It lists or ranks orders, payments and customers with all that is known of them, which only the shop's own tables "
    "have; each is looked up by an index.": (
        *("order_list", "line_list", "payment_list", "coupons", "products_bought_together"),
        *("customers", "customer_segments", "customer_retention", "repeat_customers", "lifetime_value"),
    ),
    "It is about one person: few rows that an index finds, among them orders of guests by their e-mail and phone.": (
        *("person_timeline", "person_products"),
    ),
    "Carts change by the minute and leave no mark on a day, so a copy would show what is no longer in them.": (
        *("cart_list", "cart_abandonment", "abandoned_products", "leads"),
    ),
    "What is said to pets and what they do leaves no mark on a day by which a copy could be known to be whole.": (
        *("pets", "pet_actions", "pet_gaps"),
    ),
    "It looks for the likeness of words by PostgreSQL's trigrams, which ClickHouse measures in another way.": (
        "search_gaps",
    ),
    "It reads a table of the shop that is small, and no events.": (
        *("reviews", "review_list", "wishes", "points", "games", "referrals", "rewards", "messages", "before_zuka"),
        *("subscriptions", "subscription_revenue", "subscription_cohorts"),
    ),
    "It is about Zuka itself: its doors, keys, jobs and disk.": (
        *("ingest_health", "ingest_clients", "rejections", "key_validations", "counting", "verify_runs", "jobs"),
        *("slow_queries", "table_sizes", "disk_use"),
        *("api_performance", "api_hours", "api_keys", "api_users", "api_requests"),
    ),
}
STAYS: dict[str, str] = {report: reason for reason, reports in REASONS.items() for report in reports}
# Those of all others that are answered there unless CLICKHOUSE_READS says `all`.
OF_EVENTS = frozenset(
    ("session_path", "event_funnel", "paths", "search_list", "recent_events", "experiments", "signup_list")
)
# Of any report.
SEGMENTS = "Narrowed to a segment, a report is counted anew from the rows of its people: PostgreSQL answers it."
