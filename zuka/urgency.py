"""Which requests a shop in a crowd loses first: every route of Zuka, from what nobody misses to orders.

A new route needs a place here unless a `*` has one for it; a test says so. Health, metrics, the tracking doors and
files have no place: they cost next to nothing and are never refused.
"""

from __future__ import annotations

from zuka.platform.shedding.urgencies import Urgency

SPARE = Urgency(
    "spare",
    "What a page does without, and what staff can ask for later: suggestions, facets, reviews, related products, "
    "leaderboards, reports.",
    busy_share=0.5,
    seconds=1,
    routes=(
        *("search-suggestions", "product-facets", "related-products", "reviews", "review-votes", "brands"),
        *("leaderboard", "points-entries", "referrals", "invitations", "notifications", "notifications-*"),
        *("picture", "docs", "schema", "event-schema", "tracker-types", "pet-personas", "pet-clicks"),
        *("own-key-usage", "data-cop*", "flags", "report", "reports", "report-[!m]*", "dashboard", "dashboards"),
        *("segments", "campaign-spend", "admin:report*", "admin:dashboard*", "admin:widget", "admin:pin*"),
        *("admin:live", "admin:live-now"),
    ),
)
BROWSING = Urgency(
    "browsing",
    "Looking around: the catalogue, wishlists, pets, games and rewards; and the back office.",
    busy_share=0.75,
    seconds=1,
    routes=(
        *("products", "product", "categories", "shop:*", "stored-picture", "wish*", "stock-alert*"),
        *("pets", "own-pet", "pet-*", "points", "rewards", "reward-redemption", "taken-rewards", "check-in"),
        *("nickname", "games", "plays", "play", "plans", "notification-*", "admin:*", "root"),
    ),
)
BUYING = Urgency(
    "buying",
    "On the way to an order: carts, signing in, the own account and its keys; what the tracker is loaded from.",
    busy_share=0.9,
    seconds=2,
    routes=(
        *("cart", "cart-*", "shop:cart", "shop:account", "profile", "address*", "email-*", "phone-*", "entry-codes"),
        *("password-*", "_allauth/*", "device*", "connection*", "closing-codes", "erasure", "own-key*"),
        *("subscription*", "plan-change*", "unsubscribe", "report-mails", "tracker", "tracker-flags"),
    ),
)
ORDERING = Urgency(
    "ordering",
    "Orders, payments and what payment providers tell; keys that partners validate.",
    busy_share=1.0,
    seconds=10,
    routes=(
        *("checkout", "shop:checkout", "shop:thank_you", "orders", "order", "invoice", "returns", "payments"),
        *("payment", "payment-methods", "webhook-*", "subscription-card", "subscription-charge", "keys-validate"),
    ),
)
URGENCIES = (SPARE, BROWSING, BUYING, ORDERING)
