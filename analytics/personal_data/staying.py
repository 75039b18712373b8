"""Which properties of events stay when their person is erased: what is said of goods and money, not of people."""

from __future__ import annotations

# Numbers, true and false, and short words of the shop's own under these names; all else goes, lists too. Whatever
# holds a word of the person goes as well.
STAYS = (
    *("product_id", "sku", "category", "brand", "variant", "position", "list_id", "promotion_id", "creative"),
    *("price", "quantity", "value", "value_kobo", "total", "revenue", "amount", "discount", "currency", "rating"),
    *("coupon", "shipping_method", "payment_method", "step", "method", "share_via", "results"),
    *("platform", "country", "source", "persona", "version", "previous_version", "build", "engagement_time_msec"),
    *("experiment_id", "experiment_name", "variation_id", "variation_name"),
    *("game", "level", "score", "points", "achievement", "source_type", "plan", "interval", "action", "reason"),
)
