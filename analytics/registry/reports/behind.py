"""The rows behind figures, by what they are a list of; reports name these beside their columns."""

from __future__ import annotations

from dataclasses import replace

from analytics.registry.reports.forms import Behind

PLACED, PAID, DELIVERED = (Behind("order_list", (("moment", moment),)) for moment in ("placed", "paid", "delivered"))
MOVED = Behind("payment_list", adds="amount_kobo")
CAME = Behind("payment_list", (("kind", "captured"),), adds="amount_kobo")
WENT = Behind("payment_list", (("kind", "refunded"),), adds="amount_kobo")
GOODS = Behind("line_list")

VISITS = Behind("session_list")
BOUNCED, CARTED, ORDERED, SOLD = (
    Behind("session_list", (("outcome", outcome),)) for outcome in ("bounced", "cart", "ordered", "sold")
)
SIGNED_UP = Behind("signup_list")
EVENTS = Behind("recent_events", (("marks", "people"),))
CLAIMS = Behind("recent_events", (("marks", "claimed"),))
SEARCHED = Behind("search_list", given=(("query", "query"),))
OF_MONTH = Behind("customers", given=(("month", "month"),), whole=(("months", "year"),))
OF_SEGMENT = Behind("customers", given=(("group", "segment"),))
CARTS = Behind("cart_list")
ATTRIBUTED = Behind("attributed_orders", given=(("label", "label"),))
SPENT = Behind("spend_list", given=(("label", "label"),), adds="spend_kobo")

RECORDS = "Each row is what there is to see: a state that the shop keeps, with no rows behind it."
PAIRED = "Counted over days and people or orders at once; each product leads to what was done with it."
TALKED = "Talks are read one by one in the back office, by who may see customers: Pets, Conversations."
REWARDED = "Points, plays, friends and rewards stand in lists of their own in the back office."
SUBSCRIBED = "Subscriptions, their invoices and charges stand in lists of their own in the back office."
ONE_BY_ONE = "Each row is one person, order or step already; what names it leads on."


def adding(behind: Behind, column: str) -> Behind:
    """Return the rows behind a figure that is the sum of a column of theirs; `-` before it turns the sign round."""
    return replace(behind, adds=column)


def of(behind: Behind, *given: tuple[str, str]) -> Behind:
    """Return rows that are asked for by the values of a figure's own row."""
    return replace(behind, given=given)
